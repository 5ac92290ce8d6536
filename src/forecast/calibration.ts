/**
 * What out-of-sample residuals say about the spread of a forecaster: a scale per horizon, its shape over the day, the
 * quantiles of the scores `s = (z − median) / scale`, and tails beyond the grid. `calibrator.ts` keeps it up to date.
 */
import { trackedHorizons } from './horizons.ts';
import { GRID, LOWER_TAIL_INDEX, PRIOR_QUANTILES, UPPER_TAIL_INDEX } from './levels.ts';
import { arrayIn, numberIn, type Parameters } from './parameters.ts';
import { type PointForecaster, slotOf, type Transformed } from './point-forecaster.ts';
import { fitTail, type Tail } from './tails.ts';

export interface Calibration {
  /** Tracked horizons in steps, ascending. */
  readonly horizons: Float64Array;
  /** Season that the shape runs over, in steps; 1 for none. */
  readonly season: number;
  /** Mean absolute residual per horizon, on z. */
  readonly scale: Float64Array;
  /** Factor on the scale per part of the season (half-hours of a day), before shrinkage, and how many steps it rests on. */
  readonly shape: Float64Array;
  readonly shapeCount: Float64Array;
  /** `horizons × GRID`, row-major: quantiles of the scores. */
  readonly quantiles: Float64Array;
  /** Beyond the 0.05 and 0.95 quantiles, in scores, common to all horizons. */
  readonly lower: Tail;
  readonly upper: Tail;
}

const PARTS_OF_SEASON = 48;
/** A part of the season counts half when it rests on this many steps. */
const SHAPE_SHRINKAGE = 20;
/** Observed quantiles count half when there are this many scores. */
const PRIOR_COUNT = 20;
/** Scale of a series that never changes, on z: a hundredth of a percent. Keeps scores finite. */
export const SMALLEST_SCALE = 1e-4;
/** Without any residual the scale is this share of the deviation of the series. */
const BLIND_SHARE = 1;

/** Out-of-sample medians by horizon (row) and target (column); NaN where none was made. */
export interface BackTest {
  readonly horizons: readonly number[];
  readonly medians: readonly Float64Array[];
}

/** Walks the forecaster over the series and notes its medians for every target in `[from, z.length)`; origins start at `from`. */
export function backTest(
  point: PointForecaster,
  series: Transformed,
  fromIndex: number,
  horizonSteps: number,
): BackTest {
  const horizons = trackedHorizons(horizonSteps);
  const medians = horizons.map(() => new Float64Array(series.z.length).fill(Number.NaN));
  const ahead = new Float64Array(horizonSteps);
  for (let t = 0; t < series.z.length; t++) {
    point.observe(series.z[t]!);
    if (t < fromIndex - 1) continue;
    point.predict(ahead);
    for (let i = 0; i < horizons.length; i++) {
      const target = t + horizons[i]!;
      if (target < series.z.length) medians[i]![target] = ahead[horizons[i]! - 1]!;
    }
  }
  return { horizons, medians };
}

/** Index of the part of the season that a step lies in. */
export function partOfSeason(step: number, season: number, parts: number): number {
  return Math.floor((slotOf(step, season) * parts) / season);
}

/** `(n·shape + κ) / (n + κ)`: a part of the season that was hardly seen gets the common scale. */
export function shrunkShape(shape: number, count: number): number {
  return (count * shape + SHAPE_SHRINKAGE) / (count + SHAPE_SHRINKAGE);
}

/** Calibrates on the targets before `toIndex`. With few or no residuals the answer leans on a heavy-tailed prior and stays wide. */
export function fitCalibration(
  series: Transformed,
  test: BackTest,
  seasons: readonly number[],
  toIndex: number,
): Calibration {
  const season = seasons.find((m) => m > 1 && m < series.z.length) ?? 1;
  const residuals = test.medians.map((row) => residualsOf(series.z, row, toIndex));
  const scale = scales(residuals, series.z);
  const { shape, shapeCount } = shapeOverSeason(residuals, scale, series.firstStep, season);
  const scores = residuals.map((row, i) =>
    scoresOf(row, (t) => {
      const part = partOfSeason(series.firstStep + t, season, shape.length);
      return scale[i]! * shrunkShape(shape[part]!, shapeCount[part]!);
    }),
  );
  const quantiles = new Float64Array(scores.length * GRID.length);
  for (let i = 0; i < scores.length; i++) {
    quantiles.set(scoreQuantiles(scores.slice(Math.max(0, i - 1), i + 2).flat()), i * GRID.length);
  }
  const pooled = Float64Array.from(scores.flat()).sort();
  return {
    horizons: Float64Array.from(test.horizons),
    season,
    scale,
    shape,
    shapeCount,
    quantiles,
    lower: tailOf(pooled.map((s) => -s).reverse()),
    upper: tailOf(pooled),
  };
}

function residualsOf(z: Float64Array, medians: Float64Array, toIndex: number): Float64Array {
  return medians.map((m, t) => (t < toIndex ? z[t]! - m : Number.NaN));
}

/** Scale of each horizon, never below that of a shorter one by more than noise explains: a horizon without residuals borrows. */
function scales(residuals: readonly Float64Array[], z: Float64Array): Float64Array {
  const scale = new Float64Array(residuals.length);
  let previous = Number.NaN;
  for (let i = 0; i < residuals.length; i++) {
    const { mean, count } = meanMagnitude(residuals[i]!);
    if (count > 0) previous = count < 10 && previous > mean ? previous : mean;
    if (Number.isNaN(previous)) previous = BLIND_SHARE * deviation(z);
    scale[i] = Math.max(SMALLEST_SCALE, previous);
  }
  return scale;
}

function meanMagnitude(values: Float64Array): { mean: number; count: number } {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += Math.abs(value);
    count += 1;
  }
  return { mean: count > 0 ? sum / count : Number.NaN, count };
}

function deviation(z: Float64Array): number {
  const present = z.filter((value) => !Number.isNaN(value));
  const mean = present.reduce((sum, value) => sum + value, 0) / Math.max(1, present.length);
  return Math.sqrt(present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, present.length));
}

function shapeOverSeason(
  residuals: readonly Float64Array[],
  scale: Float64Array,
  firstStep: number,
  season: number,
): { shape: Float64Array; shapeCount: Float64Array } {
  const parts = Math.min(PARTS_OF_SEASON, season);
  const sums = new Float64Array(parts);
  const shapeCount = new Float64Array(parts);
  for (let i = 0; i < residuals.length; i++) {
    for (let t = 0; t < residuals[i]!.length; t++) {
      const r = residuals[i]![t]!;
      if (Number.isNaN(r)) continue;
      const part = partOfSeason(firstStep + t, season, parts);
      // Residuals of one target at several horizons are nearly one observation.
      sums[part]! += Math.abs(r) / scale[i]! / residuals.length;
      shapeCount[part]! += 1 / residuals.length;
    }
  }
  return { shape: sums.map((sum, part) => (shapeCount[part]! > 0 ? sum / shapeCount[part]! : 1)), shapeCount };
}

function scoresOf(residuals: Float64Array, scaleAt: (t: number) => number): number[] {
  const scores: number[] = [];
  for (let t = 0; t < residuals.length; t++) {
    if (!Number.isNaN(residuals[t]!)) scores.push(residuals[t]! / scaleAt(t));
  }
  return scores;
}

/** Empirical quantiles at the conformal rank `⌈τ(n+1)⌉`, mixed with the prior by their count. */
function scoreQuantiles(scores: readonly number[]): number[] {
  const sorted = Float64Array.from(scores).sort();
  const n = sorted.length;
  const trust = n / (n + PRIOR_COUNT);
  return GRID.map((level, j) => {
    if (n === 0) return PRIOR_QUANTILES[j]!;
    return trust * conformalQuantile(sorted, level) + (1 - trust) * PRIOR_QUANTILES[j]!;
  });
}

/** Interpolated between ranks; symmetrical, so that lower levels are conformal too. */
function conformalQuantile(sorted: Float64Array, level: number): number {
  const rank = Math.min(sorted.length, Math.max(1, level * (sorted.length + 1)));
  const below = Math.floor(rank);
  const low = sorted[below - 1]!;
  return low + (rank - below) * (sorted[Math.min(sorted.length, below + 1) - 1]! - low);
}

/** @param sorted - scores ascending; the tail is the newest end. */
function tailOf(sorted: Float64Array): Tail {
  if (sorted.length < 2 * PRIOR_COUNT) return { shape: 0.2, scale: 0.8 };
  const threshold = conformalQuantile(sorted, 0.95);
  const excesses = Array.from(
    sorted.filter((s) => s > threshold),
    (s) => s - threshold,
  );
  return excesses.length > 0 ? fitTail(excesses) : { shape: 0, scale: 0 };
}

export function calibrationParameters(calibration: Calibration): Parameters {
  const { horizons, season, scale, shape, shapeCount, quantiles, lower, upper } = calibration;
  return {
    'calibration.horizons': horizons,
    'calibration.season': season,
    'calibration.scale': scale,
    'calibration.shape': shape,
    'calibration.shapeCount': shapeCount,
    'calibration.quantiles': quantiles,
    'calibration.tails': [lower.shape, lower.scale, upper.shape, upper.scale],
  };
}

export function readCalibration(parameters: Parameters): Calibration {
  const tails = arrayIn(parameters, 'calibration.tails');
  return {
    horizons: arrayIn(parameters, 'calibration.horizons'),
    season: numberIn(parameters, 'calibration.season'),
    scale: arrayIn(parameters, 'calibration.scale'),
    shape: arrayIn(parameters, 'calibration.shape'),
    shapeCount: arrayIn(parameters, 'calibration.shapeCount'),
    quantiles: arrayIn(parameters, 'calibration.quantiles'),
    lower: { shape: tails[0]!, scale: tails[1]! },
    upper: { shape: tails[2]!, scale: tails[3]! },
  };
}

/** The quantiles of the scores at the thresholds of the tails, for one horizon. */
export function tailThresholds(quantiles: Float64Array, row: number): { lower: number; upper: number } {
  return {
    lower: quantiles[row * GRID.length + LOWER_TAIL_INDEX]!,
    upper: quantiles[row * GRID.length + UPPER_TAIL_INDEX]!,
  };
}
