/**
 * Keeps the spread of a running forecaster honest: after every sample the scale, its shape over the season, the tracked
 * quantiles and the tails move a little towards what was seen.
 *
 * Quantiles follow the proportional part of conformal PID (Angelopoulos, Candès & Tibshirani 2023):
 * `q ← q + η·(1{s > q} − α)`, only up to level 0.99. Beyond it one miss would take 1/α steps to undo, so the tail is
 * extrapolated by a generalised Pareto law whose scale follows the mean excess.
 */
import { type Calibration, partOfSeason, SMALLEST_SCALE, shrunkShape, tailThresholds } from './calibration.ts';
import { placeHorizon } from './horizons.ts';
import { GRID, HIGHEST, type LevelPlace, LOWER_TAIL_INDEX, LOWEST, UPPER_TAIL_INDEX } from './levels.ts';
import { shiftTail, tailExcess } from './tails.ts';

const WIDTH = GRID.length;
/** Rate of the quantile trackers, as a share of the distance between the 0.01 and 0.99 quantiles. */
const TRACKING_RATE = 0.005;
const TAIL_RATE = 0.02;
const SHORTEST_SCALE_HALF_LIFE = 96;
const SHAPE_HALF_LIFE_SEASONS = 7;
const LEAST_SHAPE_HALF_LIFE = 30;
/** A single residual counts at most this many scales in the running scale, so that one spike does not set it. */
const MOST_SCALES = 8;

/** Quantiles of the score at one horizon, and the scale that turns them into z. */
export interface Spread {
  readonly scale: number;
  /** Score at a level placed on the grid. Ascending in the level. */
  score(place: LevelPlace): number;
}

export interface Calibrator {
  /**
   * Learns from a true sample.
   * @param medianAt - the median made `horizons[i]` steps ago for this step; NaN when there was none.
   */
  learn(z: number, step: number, medianAt: (i: number) => number): void;
  /**
   * Spread at `ahead` steps for the target step. When the last true sample is `age` steps old it is wider by
   * √(1 + age/ahead), up to `widest`: the scale of a forecast that knows nothing of today.
   */
  spread(ahead: number, targetStep: number, age: number, widest: number): Spread;
  /** Sorts the tracked quantiles for the `spread` calls that follow. Sorting never raises pinball loss (Chernozhukov et al. 2010). */
  settle(): void;
}

export function startCalibrator(calibration: Calibration): Calibrator {
  const { horizons, season, scale, shape, shapeCount, quantiles } = calibration;
  const rows = horizons.length;
  const settled = quantiles.slice();
  const tails = { lower: calibration.lower, upper: calibration.upper };
  const rates = learningRates(season, shape.length);

  function scaleAt(i: number, part: number): number {
    return scale[i]! * shrunkShape(shape[part]!, shapeCount[part]!);
  }

  function learnOne(i: number, part: number, residual: number): number {
    const score = residual / scaleAt(i, part);
    trackQuantiles(quantiles, i, score);
    trackTails(tails, tailThresholds(quantiles, i), score, rows);
    const magnitude = Math.abs(residual) / scale[i]!;
    const bounded = Math.min(MOST_SCALES, magnitude / shrunkShape(shape[part]!, shapeCount[part]!));
    scale[i] = Math.max(SMALLEST_SCALE, scale[i]! * (1 + rates.scale * (bounded - 1)));
    return Math.min(MOST_SCALES, magnitude);
  }

  return {
    learn(z, step, medianAt) {
      const part = partOfSeason(step, season, shape.length);
      let [sum, n] = [0, 0];
      for (let i = 0; i < rows; i++) {
        const residual = z - medianAt(i);
        if (Number.isNaN(residual)) continue;
        sum += learnOne(i, part, residual);
        n += 1;
      }
      if (n === 0) return;
      shapeCount[part] = Math.min(shapeCount[part]! + 1, 1 / rates.shape);
      shape[part]! += (sum / n - shape[part]!) / Math.max(1, shapeCount[part]!);
    },
    settle() {
      settled.set(quantiles);
      for (let i = 0; i < rows; i++) settled.subarray(i * WIDTH, (i + 1) * WIDTH).sort();
    },
    spread(ahead, targetStep, age, widest) {
      const { index, share } = placeHorizon(horizons, ahead);
      const part = partOfSeason(targetStep, season, shape.length);
      const next = Math.min(index + 1, rows - 1);
      const plain = scaleAt(index, part) * (1 - share) + scaleAt(next, part) * share;
      const fresh = plain * Math.sqrt(Math.max(1, ahead / horizons[rows - 1]!));
      const scale = Math.min(fresh * Math.sqrt(1 + age / ahead), Math.max(fresh, widest));
      const at = (j: number) => settled[index * WIDTH + j]! * (1 - share) + settled[next * WIDTH + j]! * share;
      return { scale, score: (place) => scoreAt(place, at, tails) };
    },
  };
}

/** The scale follows within a season or 96 steps, whichever is longer; its shape within seven seasons. */
function learningRates(season: number, parts: number): { scale: number; shape: number } {
  const shapeHalfLife = Math.max(LEAST_SHAPE_HALF_LIFE, (SHAPE_HALF_LIFE_SEASONS * season) / parts);
  return { scale: Math.LN2 / Math.max(SHORTEST_SCALE_HALF_LIFE, season), shape: Math.LN2 / shapeHalfLife };
}

function trackQuantiles(quantiles: Float64Array, row: number, score: number): void {
  const base = row * WIDTH;
  const rate = TRACKING_RATE * Math.abs(quantiles[base + WIDTH - 1]! - quantiles[base]!);
  for (let j = 0; j < WIDTH; j++) {
    const miss = score > quantiles[base + j]! ? 1 : 0;
    quantiles[base + j]! += rate * (miss - (1 - GRID[j]!));
  }
}

interface Tails {
  lower: Calibration['lower'];
  upper: Calibration['upper'];
}

/** Mean excess of a GPD is β/(1−ξ); β follows it. The rate is shared by the horizons, whose misses come together. */
function trackTails(tails: Tails, threshold: { lower: number; upper: number }, score: number, rows: number): void {
  const rate = TAIL_RATE / rows;
  const over = score - threshold.upper;
  const under = threshold.lower - score;
  if (over > 0) tails.upper = follow(tails.upper, over, rate);
  if (under > 0) tails.lower = follow(tails.lower, under, rate);
}

function follow(tail: Calibration['upper'], excess: number, rate: number): Calibration['upper'] {
  return { shape: tail.shape, scale: tail.scale + rate * ((1 - tail.shape) * excess - tail.scale) };
}

function scoreAt(place: LevelPlace, at: (j: number) => number, tails: Tails): number {
  switch (place.kind) {
    case 'inside':
      return at(place.index) * (1 - place.share) + at(place.index + 1) * place.share;
    case 'upper-tail': {
      const edge = at(WIDTH - 1);
      return edge + tailExcess(shiftTail(tails.upper, edge - at(UPPER_TAIL_INDEX)), (1 - place.level) / (1 - HIGHEST));
    }
    case 'lower-tail': {
      const edge = at(0);
      return edge - tailExcess(shiftTail(tails.lower, at(LOWER_TAIL_INDEX) - edge), place.level / LOWEST);
    }
  }
}
