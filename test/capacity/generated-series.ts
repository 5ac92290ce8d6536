import type { TimeSeries } from '../../src/domain/time-series.ts';

export const minute = 60_000;
const day = 1440;

/** A series of minutes from a function of the minute's index. */
export function minutes(count: number, value: (i: number) => number): TimeSeries {
  return { startMs: 0, stepMs: minute, values: Float64Array.from({ length: count }, (_, i) => value(i)) };
}

/** Reproducible noise, uniform in (−1, 1): a 32-bit linear congruential generator (Numerical Recipes). */
export function createNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Requests per second of a day between 50 and 250. */
export function dailyLoad(i: number): number {
  return 150 - 100 * Math.cos((2 * Math.PI * i) / day);
}
