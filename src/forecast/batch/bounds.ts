/** What no forecast may leave: far outside of everything seen is a model that ran away. */

const WIDEN = 0.5;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The range of the values widened by half on either side; a load that never was below zero stays at or above it. */
export function boundsOf(values: Float64Array): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let t = 0; t < values.length; t++) {
    low = Math.min(low, values[t]!);
    high = Math.max(high, values[t]!);
  }
  // Not high − low: the difference of two finite numbers may not be finite.
  const margin = Math.min(WIDEN * high - WIDEN * low, Number.MAX_VALUE);
  const least = low >= 0 ? 0 : -Number.MAX_VALUE;
  return { low: Math.max(least, low - margin), high: Math.min(Number.MAX_VALUE, high + margin) };
}

/** In place. What is not finite stays so: a member that has nothing to say is left out, not replaced. */
export function bound(values: Float64Array, { low, high }: Range): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) values[i] = Number.NaN;
    else values[i] = Math.min(high, Math.max(low, values[i]!));
  }
}
