/** From a series as it came to one that every member can read. */
import type { Past } from './expert.ts';

/** What is learned from, at most: with more points the newest of them. Ten weeks of five minutes, two years of hours. */
export const MOST_POINTS = 20_160;

export interface Prepared {
  /** From the first known value on, filled. */
  readonly past: Past;
  /** Missing values at the end: how old the newest true sample is. */
  readonly age: number;
  /** Older points that were left out. */
  readonly left: number;
  /** Values so far from all others that they are taken as missing: accidents of measuring, not demand. */
  readonly wild: number;
}

/** A value is wild at this many times the range of the others outside of it. A surge of ten times is none. */
const WILD_RANGES = 20;
/** Values on either side that do not count for the range: as many wild ones can be told. */
const TRIMMED = 0.005;
const LEAST_POINTS = 24;

/**
 * A hole is filled from the left only (the value a season before, else the last one), so that no member ever reads what
 * came after the point that it forecasts from.
 *
 * @param values - NaN where missing; at least one is known
 */
export function prepare(values: Float64Array, seasons: readonly number[]): Prepared {
  const left = Math.max(0, values.length - MOST_POINTS);
  const { newest, wild } = withoutWild(values.subarray(left));
  const first = newest.findIndex((y) => !Number.isNaN(y));
  if (first < 0) return { past: { values: Float64Array.of(lastKnown(values)) }, age: newest.length, left, wild };
  const filled = newest.slice(first);
  const marks = new Uint8Array(filled.length);
  const season = seasons[0] ?? 1;
  let age = 0;
  for (let t = 0; t < filled.length; t++) {
    age = Number.isNaN(filled[t]!) ? age + 1 : 0;
    if (age === 0) continue;
    marks[t] = 1;
    filled[t] = filled[t >= season ? t - season : t - 1]!;
  }
  return { past: { values: filled, ...(marks.includes(1) && { filled: marks }) }, age, left, wild };
}

/** Where the rest is constant nothing is wild: there is no range to tell it by. */
function withoutWild(values: Float64Array): { readonly newest: Float64Array; readonly wild: number } {
  const sorted = values.filter((y) => !Number.isNaN(y)).sort();
  const trimmed = Math.max(1, Math.floor(TRIMMED * sorted.length));
  if (sorted.length < LEAST_POINTS) return { newest: values, wild: 0 };
  const [low, high] = [sorted[trimmed]!, sorted[sorted.length - 1 - trimmed]!];
  const reach = WILD_RANGES * (high - low);
  if (!(reach > 0)) return { newest: values, wild: 0 };
  let wild = 0;
  const newest = values.map((y) => {
    if (!(y > high + reach || y < low - reach)) return y;
    wild += 1;
    return Number.NaN;
  });
  return { newest, wild };
}

function lastKnown(values: Float64Array): number {
  const known = values.findLast((y) => !Number.isNaN(y));
  if (known === undefined) throw new RangeError('a series without any value cannot be prepared');
  return known;
}
