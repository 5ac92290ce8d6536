/**
 * The inputs of trees and support vectors: recent means, slopes, the same time in earlier seasons, the calendar, the
 * horizon. Levels are distances from z at the origin over the workload's own unit, so that one model can serve many.
 */
import type { Past } from '../experts/past.ts';
import { seasonWaves } from '../features/calendar.ts';
import { type FeatureSet, joinFeatures, type Moment } from '../features/feature-set.ts';
import { slopes, windowMeans } from '../features/recent.ts';
import { type SeasonalLag, seasonalLags, seasonalLagsOfOrigin } from '../features/seasonal.ts';

const HOUR_MS = 3_600_000;
const WINDOW_EDGES = [0, 1, 2, 3, 5, 8, 15, 30, 60, 120];
const SLOPE_SPANS = [5, 15];
const SEASON_WAVES = 2;
/** Loads move with the hour (scheduled jobs, programmes on the air), and more sharply than with the day. */
const HOUR_WAVES = 3;
const FEWEST_STEPS_AN_HOUR = 4;
/** A season with many slots is read as the mean of five neighbours, against noise. */
const SMOOTHED_FROM_SLOTS = 600;
const HALF_WIDTH = 2;

export interface InputSettings {
  readonly stepMs: number;
  /** In steps, ascending. */
  readonly seasons: readonly number[];
}

/** Describes moments of one workload. */
export interface Describer {
  readonly names: readonly string[];
  /** Inputs that come first in every row and depend on the origin alone. */
  readonly originWidth: number;
  /** Turns to an origin. @returns z there, the base that levels are measured from; NaN where nothing is kept */
  turnTo(origin: number): number;
  /** The row for a target after that origin; NaN where the past does not reach. The array is reused. */
  describe(target: number): Float32Array;
}

interface Layout extends Pick<Describer, 'names' | 'originWidth'> {
  readonly atOrigin: FeatureSet;
  readonly atTarget: FeatureSet;
  readonly calendar: FeatureSet;
}

/** Which inputs there are, whatever the workload. */
export function layInputs({ stepMs, seasons }: InputSettings): Layout {
  const lags = seasons.flatMap(seasonalPlaces);
  const atOrigin = joinFeatures([windowMeans(WINDOW_EDGES), slopes(SLOPE_SPANS), seasonalLagsOfOrigin(lags)]);
  const atTarget = seasonalLags(lags);
  const calendar = joinFeatures([
    ...seasons.map((season) => seasonWaves([season], SEASON_WAVES)),
    ...hourWaves(stepMs),
  ]);
  const names = [...atOrigin.names, ...atTarget.names, ...calendar.names, 'log horizon'];
  return { atOrigin, atTarget, calendar, names, originWidth: atOrigin.names.length };
}

/** @param unit - of this workload's changes, on z; > 0 */
export function startDescriber(past: Past, unit: number, settings: InputSettings): Describer {
  const { atOrigin, atTarget, calendar, names, originWidth } = layInputs(settings);
  const levels = originWidth + atTarget.names.length;
  const written = new Float64Array(names.length);
  const row = new Float32Array(names.length);
  const moment: Moment = { origin: 0, target: 0, base: 0 };
  return {
    names,
    originWidth,
    turnTo(origin) {
      moment.origin = origin;
      moment.target = origin + 1;
      moment.base = past.filled(origin);
      atOrigin.write(past, moment, written, 0);
      for (let j = 0; j < originWidth; j++) row[j] = written[j]! / unit;
      return moment.base;
    },
    describe(target) {
      moment.target = target;
      atTarget.write(past, moment, written, originWidth);
      calendar.write(past, moment, written, levels);
      for (let j = originWidth; j < levels; j++) row[j] = written[j]! / unit;
      for (let j = levels; j < names.length - 1; j++) row[j] = written[j]!;
      row[names.length - 1] = Math.log(target - moment.origin);
      return row;
    },
  };
}

/** The last two days, and the last week: Past keeps no more than two weeks. */
function seasonalPlaces(season: number, index: number): readonly SeasonalLag[] {
  const place = { season, shift: 0, halfWidth: season >= SMOOTHED_FROM_SLOTS ? HALF_WIDTH : 0 };
  return index === 0 ? [1, 2].map((ago) => ({ ...place, ago })) : [{ ...place, ago: 1 }];
}

function hourWaves(stepMs: number) {
  const hour = HOUR_MS / stepMs;
  return Number.isInteger(hour) && hour >= FEWEST_STEPS_AN_HOUR ? [seasonWaves([hour], HOUR_WAVES)] : [];
}
