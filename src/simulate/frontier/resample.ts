import { uniformAt } from '../random.ts';

const RESAMPLES = 10_000;
/** With fewer days the resamples repeat themselves and an interval would feign certainty. */
const FEWEST_DAYS = 4;

/**
 * Draws as many days with replacement as there are, again and again (block bootstrap, Künsch 1989): neighbouring rows
 * are alike, days much less so.
 *
 * @param visit - gets how often each day was drawn, and the share of the work that is done; the array is used again
 * @returns false with fewer than four days, of which nothing is drawn
 */
export function resampleDays(days: number, seed: number, visit: (times: Float64Array, done: number) => void): boolean {
  if (days < FEWEST_DAYS) return false;
  const times = new Float64Array(days);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    times.fill(0);
    for (let k = 0; k < days; k++) times[Math.floor(uniformAt(seed, resample, k) * days)]!++;
    visit(times, (resample + 1) / RESAMPLES);
  }
  return true;
}

export interface Interval {
  readonly low: number;
  /** Infinite where more than a fortieth of the resamples is. */
  readonly high: number;
}

/** The span of the middle 95 %. @param values - at least one, without NaN; sorted on the way */
export function middleOf(values: Float64Array): Interval {
  values.sort();
  return {
    low: values[Math.floor(0.025 * values.length)]!,
    high: values[Math.ceil(0.975 * values.length) - 1]!,
  };
}
