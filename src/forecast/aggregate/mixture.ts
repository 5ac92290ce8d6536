/**
 * One mixture of expert quantiles for each block of horizons and each level: `s(q̄) = Σ p_k·s(x_k)`, an expert's quantile x
 * being its median plus a quantile of its own scores times a scale that all share, and s what errors count by: the square root
 * of the load as the transform has it, `exp(z/2)`. Weights by linearised pinball regret on s in usual scales of the block,
 * `r = (1{z < q̄} − τ)·(s(q̄) − s(x)) / σ`, which competes with the best fixed convex combination.
 *
 * An outcome is one round: the experts' medians as they were stored at the origin, mixed with the weights of before this
 * outcome. Horizons of a block are rounds of their own (Joulani, György & Szepesvári 2013: late feedback costs a constant).
 */
import { startBoa } from './boa.ts';
import { startExpertQuantiles } from './expert-quantiles.ts';
import { GROUP_OF, GROUPS, LEVELS, MIXED } from './mixed-levels.ts';
import type { StateStore } from './state-store.ts';

/** An outcome, and what the experts had said of it. */
export interface Round {
  /** From `at` on one per expert, on z; NaN for one that slept. */
  readonly medians: Float32Array;
  readonly at: number;
  /** Of the forecast. */
  readonly scale: number;
  readonly z: number;
  /** How much older rounds count against this one. */
  readonly keep: number;
  /** z of the load whose errors count as they are; NaN where it is not known, and this one's do. */
  readonly ordinary: number;
}

export interface Mixture {
  /**
   * @param medians - from `at` on one per expert, on z; NaN for one that sleeps
   * @param out - quantile at each mixed level. NaN when all sleep
   */
  mix(block: number, medians: Float32Array, at: number, scale: number, out: Float64Array): void;
  learn(block: number, round: Round): void;
  /** Weights of the experts that are awake, summing to 1. */
  weights(block: number, level: number, isAwake: (expert: number) => boolean): Float64Array;
  /** Forgets the share `1 − keep` of what weights rest on. */
  fade(keep: number): void;
  /** What weights rest on is another series' now. */
  wake(): void;
}

/** Share of the weight that is always spread evenly over those awake, so that nobody is ever out (Herbster & Warmuth 1998). */
const FIXED_SHARE = 0.01;
/**
 * A single regret counts at most this many usual scales. Not fewer: where a load leaps, what is worth most was cut to what is
 * worth little, and an expert that was wrong by the most lost no more than others.
 */
const MOST_REGRET = 60;
/** Weights that have all but vanished say nothing about those awake. */
const LEAST_TOTAL = 1e-9;

/** @param power - of the load, that experts are averaged on and errors count by: z is its logarithm, or with power 0 the load */
export function startMixture(
  blocks: number,
  experts: number,
  store: StateStore,
  power: () => number,
  startRule = startBoa,
): Mixture {
  const rule = startRule(blocks * GROUPS, experts, store);
  const quantiles = startExpertQuantiles(blocks, experts, store);
  const weights = new Float64Array(blocks * GROUPS * experts);
  const isFresh = new Uint8Array(blocks);
  const regrets = new Float64Array(experts);
  const said = new Float64Array(experts);
  const weightsAt = (block: number, l: number) => (block * GROUPS + GROUP_OF[l]!) * experts;

  function refresh(block: number): void {
    if (isFresh[block]) return;
    for (let g = 0; g < GROUPS; g++) rule.weigh(block * GROUPS + g, weights, (block * GROUPS + g) * experts);
    isFresh[block] = 1;
  }

  /** Leaves what each expert says in `said`. */
  function mixed(block: number, l: number, medians: Float32Array, at: number, scale: number): number {
    for (let k = 0; k < experts; k++) said[k] = medians[at + k]! + quantiles.distance(block, l, k, scale);
    return average(said, weights, weightsAt(block, l), power());
  }

  function addRegrets(block: number, l: number, { medians, at, scale, z, ordinary }: Round): void {
    const q = mixed(block, l, medians, at, scale);
    const p = power();
    const worth = Number.isNaN(ordinary) ? 1 : Math.exp(p * (q - ordinary));
    const slope = (((z < q ? 1 : 0) - MIXED[l]!) * worth) / quantiles.usualScale(block, scale);
    for (let k = 0; k < experts; k++) {
      const r = -slope * raised(said[k]! - q, p);
      regrets[k]! += Math.min(MOST_REGRET, Math.max(-MOST_REGRET, r));
    }
  }

  return {
    mix(block, medians, at, scale, out) {
      refresh(block);
      for (let l = 0; l < LEVELS; l++) out[l] = mixed(block, l, medians, at, scale);
    },
    learn(block, round) {
      refresh(block);
      for (let g = 0; g < GROUPS; g++) {
        regrets.fill(0);
        for (let l = 0; l < LEVELS; l++) if (GROUP_OF[l] === g) addRegrets(block, l, round);
        rule.learn(block * GROUPS + g, regrets, round.keep);
      }
      quantiles.learn(block, round.medians, round.at, round.scale, round.z);
      isFresh[block] = 0;
    },
    weights(block, level, isAwake) {
      refresh(block);
      return awakeWeights(weights.subarray(weightsAt(block, level), weightsAt(block, level) + experts), isAwake);
    },
    fade(keep) {
      rule.fade(keep);
      isFresh.fill(0);
    },
    wake: () => void isFresh.fill(0),
  };
}

/** On the p-th power of the load, by weights from `base` on; NaN where all sleep. */
function average(said: Float64Array, weights: Float64Array, base: number, p: number): number {
  const first = said.find((x) => !Number.isNaN(x));
  if (first === undefined) return Number.NaN;
  let [sum, total, even, awake] = [0, 0, 0, 0];
  for (let k = 0; k < said.length; k++) {
    if (Number.isNaN(said[k]!)) continue;
    const above = raised(said[k]! - first, p);
    sum += weights[base + k]! * above;
    total += weights[base + k]!;
    even += above;
    awake += 1;
  }
  const learned = total > LEAST_TOTAL ? sum / total : even / awake;
  return first + lowered((1 - FIXED_SHARE) * learned + (FIXED_SHARE * even) / awake, p);
}

function awakeWeights(weights: Float64Array, isAwake: (expert: number) => boolean): Float64Array {
  const awake = weights.map((w, k) => (isAwake(k) ? w : 0));
  const total = awake.reduce((sum, w) => sum + w, 0);
  return total > 0 ? awake.map((w) => w / total) : awake;
}

/** `(eᵖᵈ − 1) / p`: a distance on z as one on the p-th power of the load (Box & Cox 1964). */
function raised(distance: number, p: number): number {
  return p === 0 ? distance : Math.expm1(p * distance) / p;
}

function lowered(distance: number, p: number): number {
  return p === 0 ? distance : Math.log1p(p * distance) / p;
}
