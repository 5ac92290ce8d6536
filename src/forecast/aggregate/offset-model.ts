/**
 * Where the quantiles lie, in scores: for each level a sum of terms that all follow the gradient of the pinball loss.
 *
 *     offset[h, l] + span[near or far, two hours of the target, l] + Σ β[reach, l, f]·feature_f + shock
 *
 * The first term is the quantile tracker of conformal PID, the features are its scorecaster (Angelopoulos, Candès &
 * Tibshirani 2023); spans of the day and features are Mondrian states (Vovk 2005) as terms of one additive model: coverage then holds
 * in each state, and a state that is rare leans on the rest.
 */
import { FEATURES } from './features.ts';
import type { HorizonPlan } from './horizon-plan.ts';
import { LEVELS, MEDIAN, MIXED, PRIOR_SCORES } from './mixed-levels.ts';
import { PARTS } from './scale-tracker.ts';
import type { StateStore } from './state-store.ts';

/** Where a target lies, and what was known at its origin. */
export interface Place {
  /** Index among the tracked horizons. */
  horizon: number;
  /** Part of the season that the target lies in, 0 … PARTS − 1. */
  part: number;
  readonly features: Float64Array;
}

export interface OffsetModel {
  at(place: Place, level: number): number;
  /**
   * @param scores - of the outcome against the centre of each level
   * @param isLowerBound - the outcome was cut off: it counts only where it lies above a quantile
   */
  learn(place: Place, scores: Float64Array, isLowerBound: boolean): void;
  /** Follows faster for a while. @param strength - in (0, 1] */
  hurry(strength: number): void;
}

const RATE = 0.03;
/** While a horizon is young, and at first after a change. */
const YOUNG_RATE = 0.165;
const HURRIED_RATE = 0.3;
const YOUNG_ROUNDS = 60;
/** Haste fades by this share with each outcome: half of it within a few steps. */
const HASTE_KEPT = 0.98;
/** Two hours of a day, or as many parts of another season. */
const SPANS = 12;
const PARTS_PER_SPAN = PARTS / SPANS;
const SPAN_RATE = 0.02;
/** The larger a feature is, the smaller the step of its weight. */
const FEATURE_RATE = 0.03;
/** The middle has less to learn from them than the ends: what moves it with the time and the slope the experts know. */
const PACES = MIXED.map((level) => (level > 0.1 && level < 0.9 ? 0.5 : 1));
/** Terms of spans and features lean back to 0 by this share of their rate. */
const LEAN = 0.02;
/**
 * Before it is learned: shares of an ordinary quantile that one scale more of recent error adds, by either of two features,
 * and that a gap adds.
 */
const FIRST_WEIGHTS = [0.1, 0.1, 0, 0, 0.75] as const;
/** The ends of a central 90 % band of Student's t lie 2.1 scales out: errors of a shock of the same size come to lie within. */
const SHOCK_WEIGHT = 0.7;
/** The shock, which comes last, is not learned. */
const LEARNED = FEATURES - 1;
/**
 * A quantile from few outcomes is uncertain: it lies further out by this share of an ordinary one, half of it after so many
 * outcomes of its horizon. It goes by itself, because hits bring a quantile at 0.99 back within weeks only.
 */
const DOUBT = 0.4;
const DOUBT_ROUNDS = 300;

export interface OffsetSettings {
  /** At the mixed levels, before anything was learned. */
  readonly prior: readonly number[];
  /** The farthest that the median may come to lie from its centre; 0 leaves it there. */
  readonly mostShift: number;
  /** 1: spans of the day are common to all horizons; 2: the nearest reach, which learns most, has its own. */
  readonly spanTables: 1 | 2;
  /** 1: weights of features are common to all horizons; otherwise each of so many reaches has its own. */
  readonly featureTables: number;
}

export function startOffsetModel(
  name: string,
  { horizons, reachOf, shares }: HorizonPlan,
  { prior, mostShift, spanTables, featureTables }: OffsetSettings,
  store: StateStore,
): OffsetModel {
  const rounds = store.singles(`${name}.rounds`, horizons.length);
  const offsets = store.singles(`${name}.offsets`, horizons.length * LEVELS, (i) => prior[i % LEVELS]!);
  const spans = store.singles(`${name}.spans`, spanTables * SPANS * LEVELS);
  const betas = store.singles(`${name}.betas`, featureTables * LEVELS * LEARNED, firstBeta);
  const haste = store.doubles(`${name}.haste`, 1);

  function spanAt({ horizon, part }: Place): number {
    const table = Math.min(reachOf[horizon]!, spanTables - 1);
    return (table * SPANS + Math.floor(part / PARTS_PER_SPAN)) * LEVELS;
  }

  const betaAt = ({ horizon }: Place, l: number) =>
    (Math.min(reachOf[horizon]!, featureTables - 1) * LEVELS + l) * LEARNED;
  const isFixed = (l: number) => l === MEDIAN && mostShift === 0;
  const bounded = (l: number, offset: number) =>
    l === MEDIAN ? Math.min(mostShift, Math.max(-mostShift, offset)) : offset;

  function at(place: Place, l: number): number {
    if (isFixed(l)) return 0;
    const { horizon, features } = place;
    const doubt = (DOUBT * DOUBT_ROUNDS) / (DOUBT_ROUNDS + rounds[horizon]!);
    let sum = offsets[horizon * LEVELS + l]! + spans[spanAt(place) + l]! + doubt * PRIOR_SCORES[l]!;
    const base = betaAt(place, l);
    for (let f = 0; f < LEARNED; f++) sum += betas[base + f]! * features[f]!;
    return bounded(l, sum + SHOCK_WEIGHT * PRIOR_SCORES[l]! * features[LEARNED]!);
  }

  function move(place: Place, l: number, rate: number, step: number): void {
    const { horizon, features } = place;
    const share = shares[horizon]!;
    const own = horizon * LEVELS + l;
    offsets[own] = bounded(l, offsets[own]! + rate * share * step);
    const pace = PACES[l]! * share;
    lean(spans, spanAt(place) + l, SPAN_RATE * pace, step);
    const base = betaAt(place, l);
    for (let f = 0; f < LEARNED; f++) {
      const x = features[f]!;
      if (x !== 0) lean(betas, base + f, (FEATURE_RATE * pace) / (1 + x * x), step * x);
    }
  }

  return {
    at,
    learn(place, scores, isLowerBound) {
      const youth = Math.max(0, 1 - rounds[place.horizon]! / YOUNG_ROUNDS);
      const rate = Math.max(RATE + youth * (YOUNG_RATE - RATE), haste[0]! * HURRIED_RATE);
      for (let l = 0; l < LEVELS; l++) {
        if (isFixed(l)) continue;
        const isAbove = scores[l]! > at(place, l);
        if (isAbove || !isLowerBound) move(place, l, rate, (isAbove ? 1 : 0) - (1 - MIXED[l]!));
      }
      const share = shares[place.horizon]!;
      if (!isLowerBound) rounds[place.horizon]! += share;
      haste[0]! *= HASTE_KEPT ** share;
    },
    hurry(strength) {
      haste[0] = Math.min(1, Math.max(haste[0]!, strength));
    },
  };
}

/** Recent errors and gaps widen: each quantile by a share of what it is ordinarily. */
function firstBeta(i: number): number {
  return FIRST_WEIGHTS[i % LEARNED]! * PRIOR_SCORES[Math.floor(i / LEARNED) % LEVELS]!;
}

function lean(terms: Float32Array, at: number, rate: number, step: number): void {
  terms[at]! += rate * (step - LEAN * terms[at]!);
}
