/**
 * The calibration around one contender (the aggregate, or a yardstick): how wide, and where its quantiles lie. In scores
 * of the running scale σ the quantile at level l, `h` steps ahead, in a state that is known at the origin, is
 *
 *     u = c_l + σ·(offset[h, l] + bin[block, state, l] + hour[hour of the target, l])
 *     σ = scale[h] · shape[half-hour of the target] · exp(Σ θ[block, f]·feature_f)
 *
 * with c_l what is to be calibrated (the mixture's quantile, a yardstick's median). All offsets follow one gradient, that of
 * the pinball loss of u: quantile tracking of conformal PID (Angelopoulos, Candès & Tibshirani 2023) with states after
 * Mondrian (Vovk 2005) as an additive model, so that coverage holds in each state and not only on average. θ follows the
 * gradient of `log σ + |z − median|/σ`: how much of a burst of errors, or of a ramp, carries over is learned by block.
 */
import type { Mark } from '../../domain/forecast.ts';
import { SMALLEST_SCALE, shrunkShape } from '../calibration.ts';
import type { Tail } from '../tails.ts';
import type { HorizonPlan } from './horizon-plan.ts';
import { LEVELS, LOWER_TAIL, MEDIAN, MIXED, UPPER_TAIL } from './mixed-levels.ts';
import type { StateStore } from './state-store.ts';
import { startTailTracker, type TailTracker } from './tail-tracker.ts';

/** Half-hours of a day, or as many parts of another season. */
export const PARTS = 48;
/** States known at the origin; the first one is the ordinary one and has no offsets of its own. */
export const STATES = ['flat', 'up', 'down', 'gap'] as const;
/** Features of the scale: errors of the last steps, errors of this block lately, steepness. */
export const FEATURES = 3;

export interface LayerSettings {
  readonly name: string;
  readonly plan: HorizonPlan;
  readonly season: number;
  readonly stepMs: number;
  /** Offsets at the mixed levels before anything was learned. */
  readonly prior: readonly number[];
  readonly priorTail: Tail;
  /** Scale on z before anything was learned. */
  readonly firstScale: number;
}

/** Where a target lies and in which state its origin was. */
export interface Place {
  horizon: number;
  /** Half-hour of the target in its season, 0 … PARTS − 1. */
  part: number;
  /** Index into STATES. */
  state: number;
  /** As known at the origin. */
  readonly features: Float64Array;
}

export interface Layer {
  readonly upper: TailTracker;
  readonly lower: TailTracker;
  scale(place: Place): number;
  /** Quantiles at the mixed levels, ascending. @param centres - what is to be calibrated, one per level */
  quantiles(place: Place, scale: number, centres: Float64Array, out: Float64Array): void;
  /**
   * Learns from an outcome.
   * @param mark - a censored outcome only counts where it lies above; an excluded one moves offsets, not scales
   * @returns the score of the outcome against the median, in scales
   */
  learn(place: Place, centres: Float64Array, z: number, mark: Mark): number;
  /** Scale without what the features add, for the features themselves. */
  slowScale(horizon: number, part: number): number;
  /** Scale without features and without the shape of the season. */
  flatScale(horizon: number): number;
  /** Factor on the scale at a part of the season. */
  shapeAt(part: number): number;
  /** Makes offsets and scales follow faster for a while, on a change of the series. */
  hurry(strength: number): void;
}

const OFFSET_RATE = 0.03;
const HURRIED_RATE = 0.3;
const BIN_RATE = 0.01;
const HOUR_RATE = 0.01;
/** Offsets of states and hours lean back to 0 by this share of their rate. */
const LEAN = 0.02;
const FEATURE_RATE = 0.002;
const MOST_FEATURE_WEIGHT = 1.2;
const FIRST_FEATURE_WEIGHT = 0.2;
/** Logarithm of the most that features widen, and of the least. */
const FEATURE_BOUNDS = [-0.7, 2.5] as const;
const MOST_SCALES = 8;
const SHORTEST_SCALE_HALF_LIFE = 96;
const SHAPE_HALF_LIFE_SEASONS = 7;
const LEAST_SHAPE_HALF_LIFE = 30;
const SETTLED = 60;

export function startLayer(settings: LayerSettings, store: StateStore): Layer {
  const { name, plan, season, prior, firstScale } = settings;
  const { horizons, blockOf, blocks, strides } = plan;
  const H = horizons.length;
  const scale = store.singles(`${name}.scale`, H, firstScale);
  const rounds = store.singles(`${name}.rounds`, H);
  const shape = store.singles(`${name}.shape`, PARTS, 1);
  const shapeCount = store.singles(`${name}.shapeCount`, PARTS);
  const offsets = store.singles(`${name}.offsets`, H * LEVELS, Number.NaN);
  const bins = store.singles(`${name}.bins`, blocks * STATES.length * LEVELS);
  const hours = store.singles(`${name}.hours`, (PARTS / 2) * LEVELS);
  const theta = store.singles(`${name}.theta`, blocks * FEATURES, FIRST_FEATURE_WEIGHT);
  const haste = store.doubles(`${name}.haste`, 1);
  for (let i = 0; i < offsets.length; i++) if (Number.isNaN(offsets[i]!)) offsets[i] = prior[i % LEVELS]!;
  const upper = startTailTracker(`${name}.upper`, settings.priorTail, store);
  const lower = startTailTracker(`${name}.lower`, settings.priorTail, store);
  const shapeHalfLife = Math.max(LEAST_SHAPE_HALF_LIFE, (SHAPE_HALF_LIFE_SEASONS * season) / PARTS);
  const shapeRate = Math.LN2 / shapeHalfLife / H;
  const scaleRates = strides.map((stride) =>
    Math.min(0.2, (Math.LN2 * stride) / Math.max(SHORTEST_SCALE_HALF_LIFE, season)),
  );
  const us = new Float64Array(LEVELS);

  function slowScale(i: number, part: number): number {
    return Math.max(SMALLEST_SCALE, scale[i]! * shrunkShape(shape[part]!, shapeCount[part]!));
  }

  function factor(block: number, features: Float64Array): number {
    let sum = 0;
    for (let f = 0; f < FEATURES; f++) sum += theta[block * FEATURES + f]! * features[f]!;
    return Math.exp(Math.min(FEATURE_BOUNDS[1], Math.max(FEATURE_BOUNDS[0], sum)));
  }

  function offsetAt(place: Place, l: number): number {
    const { horizon, part, state } = place;
    return (
      offsets[horizon * LEVELS + l]! +
      bins[(blockOf[horizon]! * STATES.length + state) * LEVELS + l]! +
      hours[(part >> 1) * LEVELS + l]!
    );
  }

  function learnScale(place: Place, magnitude: number, sigma: number): void {
    const { horizon: i, part, features } = place;
    const block = blockOf[i]!;
    const score = Math.min(MOST_SCALES, magnitude / sigma);
    const rate = Math.max(scaleRates[i]!, 1 / (rounds[i]! + 3), haste[0]! * 0.1);
    scale[i] = Math.max(SMALLEST_SCALE, scale[i]! * (1 + rate * (score - 1)));
    // A part of the season is judged against the scale without its own shape.
    const relative = Math.min(MOST_SCALES, score * shrunkShape(shape[part]!, shapeCount[part]!));
    shapeCount[part] = Math.min(shapeCount[part]! + 1 / H, 1 / (shapeRate * H));
    shape[part]! += (relative - shape[part]!) * Math.max(shapeRate, Math.min(1, 1 / (H * shapeCount[part]!)));
    for (let f = 0; f < FEATURES; f++) {
      const at = block * FEATURES + f;
      const moved = theta[at]! + FEATURE_RATE * (score - 1) * features[f]!;
      theta[at] = Math.min(MOST_FEATURE_WEIGHT, Math.max(0, moved));
    }
  }

  function learnOffsets(place: Place, centres: Float64Array, z: number, sigma: number, isLowerBound: boolean): void {
    const { horizon: i, part, state } = place;
    const settled = Math.min(1, rounds[i]! / SETTLED);
    const rate = Math.max(OFFSET_RATE + (1 - settled) * (HURRIED_RATE - OFFSET_RATE) * 0.5, haste[0]! * HURRIED_RATE);
    for (let l = 0; l < LEVELS; l++) {
      const isAbove = z > centres[l]! + sigma * offsetAt(place, l);
      if (isLowerBound && !isAbove) continue;
      const step = (isAbove ? 1 : 0) - (1 - MIXED[l]!);
      offsets[i * LEVELS + l]! += rate * step;
      if (state > 0) lean(bins, (blockOf[i]! * STATES.length + state) * LEVELS + l, BIN_RATE, step);
      lean(hours, (part >> 1) * LEVELS + l, HOUR_RATE, step);
    }
  }

  return {
    upper,
    lower,
    slowScale,
    flatScale: (i) => scale[i]!,
    shapeAt: (part) => shrunkShape(shape[part]!, shapeCount[part]!),
    scale: (place) => slowScale(place.horizon, place.part) * factor(blockOf[place.horizon]!, place.features),
    quantiles(place, sigma, centres, out) {
      for (let l = 0; l < LEVELS; l++) out[l] = centres[l]! + sigma * offsetAt(place, l);
      out.sort();
    },
    learn(place, centres, z, mark) {
      const isLowerBound = mark === 'censored';
      const sigma = this.scale(place);
      this.quantiles(place, sigma, centres, us);
      const score = (z - us[MEDIAN]!) / sigma;
      const over = (z - us[UPPER_TAIL]!) / sigma;
      const under = (us[LOWER_TAIL]! - z) / sigma;
      if (over > 0) upper.learn(over);
      if (under > 0 && !isLowerBound) lower.learn(under);
      if (mark === 'ok' || (isLowerBound && score > 0)) learnScale(place, Math.abs(z - us[MEDIAN]!), sigma);
      learnOffsets(place, centres, z, sigma, isLowerBound);
      rounds[place.horizon]! += 1;
      haste[0]! *= 0.98;
      return score;
    },
    hurry(strength) {
      haste[0] = Math.min(1, Math.max(haste[0]!, strength));
    },
  };
}

function lean(offsets: Float32Array, at: number, rate: number, step: number): void {
  offsets[at]! += rate * (step - LEAN * offsets[at]!);
}
