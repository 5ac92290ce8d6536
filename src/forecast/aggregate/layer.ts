/**
 * The calibration around one contender (the aggregate, or a yardstick): how wide, and where its quantiles lie. In scores
 * of the running scale σ the quantile at level l, `h` steps ahead, is
 *
 *     u = c_l + σ·(offset[h, l] + hour[hour of the target, l] + Σ β[block, l, f]·feature_f)
 *     σ = scale[h] · shape[half-hour of the target]
 *
 * with c_l what is to be calibrated (the mixture's quantile, a yardstick's median), and features known at the origin: errors
 * of the last steps, how steep the forecast is, whether a gap lies behind. All of it follows the gradient of the pinball
 * loss of u: the quantile tracking of conformal PID with its scorecaster (Angelopoulos, Candès & Tibshirani 2023), states
 * after Mondrian (Vovk 2005) as terms of one additive model, so that coverage holds in each state and not only on average.
 */
import type { Mark } from '../../domain/forecast.ts';
import { SMALLEST_SCALE, shrunkShape } from '../calibration.ts';
import type { Tail } from '../tails.ts';
import type { HorizonPlan } from './horizon-plan.ts';
import { LEVELS, LOWER_TAIL, MEDIAN, MIXED, PRIOR_SCORES, UPPER_TAIL } from './mixed-levels.ts';
import type { StateStore } from './state-store.ts';
import { startTailTracker, type TailTracker } from './tail-tracker.ts';

/** Half-hours of a day, or as many parts of another season. */
export const PARTS = 48;
/**
 * What is known at an origin of how well it can see: mean error of the last steps and of the block's last outcomes (in
 * scales, less the 1 that is ordinary), steepness upwards and downwards in scales, and 1 behind a gap. The last one is not
 * learned: by how much the newest errors exceed all that is ordinary here, because then the world has changed and the band
 * has to reach as far as the errors do.
 */
export const FEATURES = 6;
const SHOCK = FEATURES - 1;

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
  /** As known at the origin. */
  readonly features: Float64Array;
}

export interface Layer {
  readonly upper: TailTracker;
  readonly lower: TailTracker;
  /** Quantiles at the mixed levels, ascending. @param centres - what is to be calibrated, one per level */
  quantiles(place: Place, scale: number, centres: Float64Array, out: Float64Array): void;
  /**
   * Learns from an outcome.
   * @param mark - a censored outcome only counts where it lies above; an excluded one moves offsets, not scales
   * @returns the score of the outcome against the median, in scales
   */
  learn(place: Place, centres: Float64Array, z: number, mark: Mark): number;
  scale(horizon: number, part: number): number;
  /** Scale without the shape of the season. */
  flatScale(horizon: number): number;
  /** Factor on the scale at a part of the season. */
  shapeAt(part: number): number;
  /** Makes offsets and scales follow faster for a while, on a change of the series. */
  hurry(strength: number): void;
}

const OFFSET_RATE = 0.03;
const HURRIED_RATE = 0.3;
const HOUR_RATE = 0.01;
/** Offsets of hours and weights of features lean back to 0 by this share of their rate. */
const LEAN = 0.02;
/** The larger a feature is, the smaller the step of its weight. */
const FEATURE_RATE = 0.01;
/** Share of an ordinary quantile that one scale more of recent error adds, before it is learned. */
const FIRST_FEATURE_WEIGHT = 0.2;
/** The ends of a central 90 % band of Student's t lie 2.1 scales out; a shock is to lie within them. */
const SHOCK_WEIGHT = 0.7;
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
  const hours = store.singles(`${name}.hours`, (PARTS / 2) * LEVELS);
  const betas = store.singles(`${name}.betas`, blocks * LEVELS * FEATURES, Number.NaN);
  const haste = store.doubles(`${name}.haste`, 1);
  for (let i = 0; i < offsets.length; i++) if (Number.isNaN(offsets[i]!)) offsets[i] = prior[i % LEVELS]!;
  for (let i = 0; i < betas.length; i++) if (Number.isNaN(betas[i]!)) betas[i] = firstBeta(i);
  const upper = startTailTracker(`${name}.upper`, settings.priorTail, store);
  const lower = startTailTracker(`${name}.lower`, settings.priorTail, store);
  const shapeHalfLife = Math.max(LEAST_SHAPE_HALF_LIFE, (SHAPE_HALF_LIFE_SEASONS * season) / PARTS);
  const shapeRate = Math.LN2 / shapeHalfLife / H;
  const scaleRates = strides.map((stride) =>
    Math.min(0.2, (Math.LN2 * stride) / Math.max(SHORTEST_SCALE_HALF_LIFE, season)),
  );
  const us = new Float64Array(LEVELS);

  function scaleAt(i: number, part: number): number {
    return Math.max(SMALLEST_SCALE, scale[i]! * shrunkShape(shape[part]!, shapeCount[part]!));
  }

  function offsetAt({ horizon, part, features }: Place, l: number): number {
    let sum = offsets[horizon * LEVELS + l]! + hours[(part >> 1) * LEVELS + l]!;
    const base = (blockOf[horizon]! * LEVELS + l) * FEATURES;
    for (let f = 0; f < FEATURES; f++) sum += betas[base + f]! * features[f]!;
    return sum;
  }

  function learnScale(place: Place, magnitude: number, sigma: number): void {
    const { horizon: i, part } = place;
    const score = Math.min(MOST_SCALES, magnitude / sigma);
    const rate = Math.max(scaleRates[i]!, 1 / (rounds[i]! + 3));
    scale[i] = Math.max(SMALLEST_SCALE, scale[i]! * (1 + rate * (score - 1)));
    // A part of the season is judged against the scale without its own shape.
    const relative = Math.min(MOST_SCALES, score * shrunkShape(shape[part]!, shapeCount[part]!));
    shapeCount[part] = Math.min(shapeCount[part]! + 1 / H, 1 / (shapeRate * H));
    shape[part]! += (relative - shape[part]!) * Math.max(shapeRate, Math.min(1, 1 / (H * shapeCount[part]!)));
  }

  function learnOffsets(place: Place, centres: Float64Array, z: number, sigma: number, isLowerBound: boolean): void {
    const { horizon: i, part, features } = place;
    const settled = Math.min(1, rounds[i]! / SETTLED);
    const rate = Math.max(OFFSET_RATE + (1 - settled) * (HURRIED_RATE - OFFSET_RATE) * 0.5, haste[0]! * HURRIED_RATE);
    for (let l = 0; l < LEVELS; l++) {
      const isAbove = z > centres[l]! + sigma * offsetAt(place, l);
      if (isLowerBound && !isAbove) continue;
      const step = (isAbove ? 1 : 0) - (1 - MIXED[l]!);
      offsets[i * LEVELS + l]! += rate * step;
      lean(hours, (part >> 1) * LEVELS + l, HOUR_RATE, step);
      const base = (blockOf[i]! * LEVELS + l) * FEATURES;
      for (let f = 0; f < SHOCK; f++) {
        const x = features[f]!;
        if (x !== 0) lean(betas, base + f, FEATURE_RATE / (1 + x * x), step * x);
      }
    }
  }

  return {
    upper,
    lower,
    scale: scaleAt,
    flatScale: (i) => scale[i]!,
    shapeAt: (part) => shrunkShape(shape[part]!, shapeCount[part]!),
    quantiles(place, sigma, centres, out) {
      for (let l = 0; l < LEVELS; l++) out[l] = centres[l]! + sigma * offsetAt(place, l);
      out.sort();
    },
    learn(place, centres, z, mark) {
      const isLowerBound = mark === 'censored';
      const sigma = scaleAt(place.horizon, place.part);
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

/** Recent errors widen: each quantile by a share of what it is ordinarily. */
function firstBeta(i: number): number {
  const f = i % FEATURES;
  const level = PRIOR_SCORES[Math.floor(i / FEATURES) % LEVELS]!;
  return f === SHOCK ? SHOCK_WEIGHT * level : f < 2 ? (FIRST_FEATURE_WEIGHT / 2) * level : 0;
}

function lean(offsets: Float32Array, at: number, rate: number, step: number): void {
  offsets[at]! += rate * (step - LEAN * offsets[at]!);
}
