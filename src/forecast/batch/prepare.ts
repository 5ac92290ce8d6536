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
}

/**
 * A hole is filled from the left only (the value a season before, else the last one), so that no member ever reads what
 * came after the point that it forecasts from.
 *
 * @param values - NaN where missing; at least one is known
 */
export function prepare(values: Float64Array, seasons: readonly number[]): Prepared {
  const left = Math.max(0, values.length - MOST_POINTS);
  const newest = values.subarray(left);
  const first = newest.findIndex((y) => !Number.isNaN(y));
  if (first < 0) return { past: { values: Float64Array.of(lastKnown(values)) }, age: newest.length, left };
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
  return { past: { values: filled, ...(marks.includes(1) && { filled: marks }) }, age, left };
}

function lastKnown(values: Float64Array): number {
  const known = values.findLast((y) => !Number.isNaN(y));
  if (known === undefined) throw new RangeError('a series without any value cannot be prepared');
  return known;
}
