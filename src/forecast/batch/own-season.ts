/**
 * The season that the newest points themselves show. Hours go missing where a day changes, a clock runs fast, a job that
 * gives the load its shape starts every 23 hours: then a series goes on repeating itself, but not at the season it was said
 * to have, and everything learned at that season is wrong by a little more every day.
 */

/** Points that have to repeat, in seasons: fewer and chance does it. */
const REPEATED = 2;
/** Distances that are tried, in seasons. Half a season is none: a day with two peaks is no day of twelve hours. */
const NEAREST = 2 / 3;
const FURTHEST = 5 / 4;
/** A distance has to be better than the season by this much: in smooth series its neighbours are nearly as good. */
const MOST_ERROR = 0.3;
/** And over the newest season alone: a spike or a leap of the level just before these points is in the older half of the error. */
const MOST_NEWEST_ERROR = 0.6;

/** @returns the distance at which the newest two seasons repeat what was before; `season` unless another one is plainly better */
export function ownSeason(values: Float64Array, season: number): number {
  const points = REPEATED * season;
  const furthest = Math.floor(FURTHEST * season);
  if (values.length < points + furthest) return season;
  const most = MOST_NEWEST_ERROR * errorAt(values, season, season);
  let [best, least] = [season, MOST_ERROR * errorAt(values, season, points)];
  for (let distance = Math.ceil(NEAREST * season); distance <= furthest; distance++) {
    const error = errorAt(values, distance, points, least);
    if (error < least && errorAt(values, distance, season, most) < most) [best, least] = [distance, error];
  }
  return best;
}

/** Over the newest points; what reaches `enough` is not added up any further. */
function errorAt(values: Float64Array, distance: number, points: number, enough = Number.POSITIVE_INFINITY): number {
  let sum = 0;
  for (let t = values.length - points; t < values.length && sum < enough; t++) {
    sum += Math.abs(values[t]! - values[t - distance]!);
  }
  return sum;
}
