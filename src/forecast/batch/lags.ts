/**
 * Which earlier values a regression reads, from the season lengths alone. D is the first season, W the last one; for an
 * hourly series with day and week these are the sets that were chosen on M4-Hourly.
 */
import type { Frame } from './expert.ts';

/** The most multiples of D that are read between two days and a week: with D = 2 and W = 2,000 there would be a thousand. */
const MOST_MULTIPLES = 12;
/** A difference at lag 1 leaves all of the day to the lags; of a longer day only these newest steps are read one by one. */
const MOST_NEAR = 48;
/** Without a season: what a regression reads of the newest steps. */
const PLAIN_NEAR = 12;

/** Ascending, each once, each ≥ 1. */
type Lags = readonly number[];

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

function around(centre: number, reach: number): number[] {
  return Array.from({ length: 2 * reach + 1 }, (_, i) => centre - reach + i);
}

function clean(lags: readonly number[]): Lags {
  return [...new Set(lags)].filter((lag) => lag >= 1).sort((a, b) => a - b);
}

interface Seasons {
  readonly day: number | undefined;
  readonly week: number | undefined;
  /** k·D for k from 3 on, below the week. */
  readonly days: readonly number[];
}

function seasonsOf({ seasons }: Frame): Seasons {
  const [day] = seasons;
  const week = seasons.length > 1 ? seasons.at(-1) : undefined;
  if (day === undefined) return { day, week, days: [] };
  const most = week === undefined ? 6 : Math.ceil(week / day) - 1;
  const days = Array.from({ length: Math.max(0, most - 2) }, (_, i) => (i + 3) * day);
  return { day, week, days: days.slice(-MOST_MULTIPLES) };
}

/** For 24 and 168: 1-6, 22-26, 47-49, 72, 96, 120, 144, 167-169, 192, 336. */
export function levelLags(frame: Frame): Lags {
  const { day, week, days } = seasonsOf(frame);
  if (day === undefined) return upTo(PLAIN_NEAR);
  const weekly = week === undefined ? [] : [...around(week, 1), week + day, 2 * week];
  return clean([...upTo(6), ...around(day, 2), ...around(2 * day, 1), ...days, ...weekly]);
}

/** For 24 and 168: 1, 2, 3, 23-25, 48, 72, 120, 144, 167-169. Read after the difference at D. */
export function dayDifferenceLags(frame: Frame): Lags {
  const { day, week, days } = seasonsOf(frame);
  if (day === undefined) return upTo(PLAIN_NEAR);
  const some = days.filter((_, i) => i !== 1);
  return clean([1, 2, 3, ...around(day, 1), 2 * day, ...some, ...(week === undefined ? [] : around(week, 1))]);
}

/** For 24 and 168: 1-4, 23-25, 48, 72, 168. Read after the difference at W. */
export function weekDifferenceLags(frame: Frame): Lags {
  const { day, week } = seasonsOf(frame);
  if (day === undefined || week === undefined) return upTo(PLAIN_NEAR);
  return clean([...upTo(4), ...around(day, 1), 2 * day, 3 * day, week]);
}

/** For 24 and 168: 1-25, 47-49, 72, 96, 120, 144, 167-169, 192. Read after the difference at lag 1. */
export function stepDifferenceLags(frame: Frame): Lags {
  const { day, week, days } = seasonsOf(frame);
  if (day === undefined) return upTo(PLAIN_NEAR);
  const near = upTo(Math.min(day + 1, MOST_NEAR));
  const weekly = week === undefined ? [] : [...around(week, 1), week + day];
  return clean([...near, ...around(day, 1), ...around(2 * day, 1), ...days, ...weekly]);
}

/** For 24 and 168: 1, 2, 3, 24, 25, 48, 168. What is left of a series after its harmonics. */
export function remainderLags(frame: Frame): Lags {
  const { day, week } = seasonsOf(frame);
  if (day === undefined) return [1, 2, 3];
  return clean([1, 2, 3, day, day + 1, 2 * day, ...(week === undefined ? [] : [week])]);
}
