/** A forecast of hourly loads from their daily and weekly patterns: same hours of the past, the newest weighing most. */

const DAY = 24;
const WEEK = 7 * DAY;
/** Weight of a cycle against the one after it. */
const FADING = 0.7;

/** Periods whose same hours are averaged; a pattern with both takes the mean of the two. */
const patterns: readonly (readonly number[])[] = [[DAY], [WEEK], [DAY, WEEK]];

/**
 * The pattern that fitted the last week best, an hour at a time from what was known a cycle before, goes on.
 *
 * @param hours - oldest first, NaN where nothing was seen
 * @param ahead - at most 24
 * @returns loads of the next hours; 0 where no hour of the past matches
 */
export function forecastHours(hours: Float64Array, ahead: number): Float64Array {
  const errors = patterns.map((periods) => hindcastError(hours, periods));
  const best = patterns[errors.indexOf(Math.min(...errors))]!;
  return Float64Array.from({ length: ahead }, (_, i) => {
    const load = expected(hours, hours.length + i, best);
    return Number.isNaN(load) ? 0 : load;
  });
}

/** Mean absolute error over the last week, at least a day of hours; infinite for a pattern without so much history. */
function hindcastError(hours: Float64Array, periods: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (let hour = Math.max(0, hours.length - WEEK); hour < hours.length; hour++) {
    const error = Math.abs(hours[hour]! - expected(hours, hour, periods));
    if (Number.isNaN(error)) continue;
    sum += error;
    count++;
  }
  // The daily pattern needs no proof: it is what is left while there is less than a week.
  if (count < DAY) return periods.length === 1 && periods[0] === DAY ? Number.MAX_VALUE : Number.POSITIVE_INFINITY;
  return sum / count;
}

function expected(hours: Float64Array, hour: number, periods: readonly number[]): number {
  let sum = 0;
  for (const period of periods) sum += sameHours(hours, hour, period);
  return sum / periods.length;
}

/** Weighted mean of the hours one, two, … periods before; NaN without any. */
function sameHours(hours: Float64Array, hour: number, period: number): number {
  let [sum, weights, weight] = [0, 0, 1];
  for (let past = hour - period; past >= 0; past -= period) {
    if (!Number.isNaN(hours[past]!)) {
      sum += weight * hours[past]!;
      weights += weight;
    }
    weight *= FADING;
  }
  return sum / weights;
}
