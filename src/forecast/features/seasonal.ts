import type { Past } from '../experts/past.ts';
import type { FeatureSet } from './feature-set.ts';
import { meanOver } from './recent.ts';

export interface SeasonalLag {
  /** In steps. */
  readonly season: number;
  /** 1 is the newest season that was known at the origin, 2 the one before. */
  readonly ago: number;
  /** Steps after the same place of the season: 5 tells what comes next. */
  readonly shift: number;
  /** Mean over this many steps either side. */
  readonly halfWidth: number;
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

/** Mean about the place of `step` in an earlier season, known at the origin; NaN when nothing is kept there. */
function seasonal(past: Past, origin: number, step: number, { season, ago, shift, halfWidth }: SeasonalLag): number {
  let place = past.before(step, season);
  while (place + shift + halfWidth > origin) place = past.before(place, season);
  for (let k = 1; k < ago; k++) place = past.before(place, season);
  return meanOver(past, place + shift - halfWidth, place + shift + halfWidth);
}

function nameOf({ season, ago, shift }: SeasonalLag): string {
  return `− ${ago === 1 ? '' : `${ago} × `}${season}${shift === 0 ? '' : ` + ${shift}`}`;
}
