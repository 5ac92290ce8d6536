/**
 * Bounds what one sample can do. Spikes of demand are data, so none is deleted: samples far beyond everything of the last
 * weeks are learned as the most that is believed, and every third in a row lifts that tenfold. A true launch is learned three
 * steps late (the reactive floor serves it meanwhile); a counter that ran over, a unit that was mistaken for one scrape, a
 * million requests that nobody sent move no scale and no shape for weeks.
 */

/** Of the largest magnitude of the last weeks: nothing that grew within a step was seen to grow by more. */
const BELIEVED_FACTOR = 10;
const LIFTED_AFTER = 3;
const HALF_LIFE_MS = 14 * 86_400_000;
/** Samples, zeros not counted, before anything is bounded. */
const FIRST_SAMPLES = 10;

export interface OutlierBound {
  /** @returns the value, what is believed of it, or NaN for one that is no number: missing. Twice is the same as once. */
  bound(value: number): number;
  save(): Float64Array;
}

/** @param saved - from `save` */
export function startOutlierBound(stepMs: number, saved?: Float64Array): OutlierBound {
  const keep = 2 ** (-stepMs / HALF_LIFE_MS);
  let [highest = 0, run = 0, seen = 0] = saved ?? [];
  return {
    bound(value) {
      highest *= keep;
      if (!Number.isFinite(value)) return Number.NaN;
      const most = BELIEVED_FACTOR * highest;
      const magnitude = Math.abs(value);
      if (seen >= FIRST_SAMPLES && magnitude >= most && magnitude > 0) {
        run = (run + 1) % LIFTED_AFTER;
        if (run === 0) highest = most;
        return Math.sign(value) * most;
      }
      run = 0;
      if (value !== 0) seen = Math.min(FIRST_SAMPLES, seen + 1);
      highest = Math.max(highest, magnitude);
      return value;
    },
    save: () => Float64Array.of(highest, run, seen),
  };
}

/** A history with every sample bounded by those before it. */
export function boundOutliers(values: Float64Array, stepMs: number): Float64Array {
  const { bound } = startOutlierBound(stepMs);
  return values.map(bound);
}
