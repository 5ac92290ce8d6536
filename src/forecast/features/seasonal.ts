import type { Past } from '../experts/past.ts';
import type { FeatureSet } from './feature-set.ts';
import { meanOver } from './recent.ts';

const FEWEST_TO_TRIM = 5;

export interface SeasonalLag {
  /** In steps. */
  readonly season: number;
  /** 1 is the newest season that was known at the origin, 2 the one before. */
  readonly ago: number;
  /** Steps after the same place of the season: 5 tells what comes next. */
  readonly shift: number;
  /** Mean over this many steps either side. */
  readonly halfWidth: number;
  /** Mean of this many seasons from `ago` on, as far as they are kept: a shape without the noise of one day. 1 by default. */
  readonly cycles?: number;
}

/**
 * z one or more seasons before the target, on the wall clock. A value that lies after the origin (yesterday's 12:05 at a
 * horizon beyond 23:55) is not known yet: then it is read one season earlier still.
 */
export function seasonalLags(lags: readonly SeasonalLag[]): FeatureSet {
  return {
    names: lags.map((lag) => `target ${nameOf(lag)}`),
    write(past, { origin, target, base }, out, offset) {
      for (let i = 0; i < lags.length; i++) out[offset + i] = seasonal(past, origin, target, lags[i]!) - base;
    },
  };
}

/** The same seen from the origin: beside `seasonalLags` it tells how far today is from then. */
export function seasonalLagsOfOrigin(lags: readonly SeasonalLag[]): FeatureSet {
  return {
    names: lags.map((lag) => `origin ${nameOf(lag)}`),
    write(past, { origin, base }, out, offset) {
      for (let i = 0; i < lags.length; i++) out[offset + i] = seasonal(past, origin, origin, lags[i]!) - base;
    },
  };
}

/** The place of `step` in the newest season before it that is known at the origin, with what lies up to `reach` behind it. */
export function knownBefore(past: Past, origin: number, step: number, season: number, reach: number): number {
  let place = past.before(step, season);
  while (place + reach > origin) place = past.before(place, season);
  return place;
}

/** Mean about the place of `step` in earlier seasons, known at the origin; NaN when nothing is kept there. */
function seasonal(past: Past, origin: number, step: number, lag: SeasonalLag): number {
  const { season, ago, shift, halfWidth, cycles = 1 } = lag;
  let place = knownBefore(past, origin, step, season, shift + halfWidth);
  for (let k = 1; k < ago; k++) place = past.before(place, season);
  if (cycles === 1) return meanOver(past, place + shift - halfWidth, place + shift + halfWidth);
  return meanOfCycles(past, place, cycles, lag);
}

/**
 * Without stand-ins, and without incidents and declared events, which are no part of a shape; where nothing else is there,
 * with them. From five cycles on without the highest and the lowest: one odd day is no shape either.
 */
function meanOfCycles(past: Past, newest: number, cycles: number, { season, shift }: SeasonalLag): number {
  let [sum, n] = [0, 0];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let place = newest;
  for (let k = 0; k < cycles; k++, place = past.before(place, season)) {
    // The mean over the seasons is smooth enough, and older ones are kept as means over slots.
    const z = past.ordinary(place + shift);
    if (Number.isNaN(z)) continue;
    sum += z;
    n += 1;
    if (z < lowest) lowest = z;
    if (z > highest) highest = z;
  }
  if (n === 0) return past.filled(newest + shift);
  return n < FEWEST_TO_TRIM ? sum / n : (sum - lowest - highest) / (n - 2);
}

function nameOf({ season, ago, shift, cycles = 1 }: SeasonalLag): string {
  const past = `− ${ago === 1 ? '' : `${ago} × `}${season}${shift === 0 ? '' : ` + ${shift}`}`;
  return cycles === 1 ? past : `${past}, mean of ${cycles}`;
}
