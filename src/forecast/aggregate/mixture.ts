/**
 * One mixture of expert quantiles for each block of horizons and each level: `q̄ = Σ p_k·x_k`, an expert's quantile x being
 * its median plus a quantile of its own scores times a scale that all share. Weights by linearised pinball regret in usual
 * scales of the block, `r = √(load at q̄)·(1{z < q̄} − τ)·(q̄ − x) / σ`, which competes with the best fixed convex combination.
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
  /** z of the ordinary load; NaN where z is no logarithm of it, and all errors count alike. */
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
/**
 * A regret counts by the square root of the load that was said, in ordinary loads. On z alone a burst counts no more than the
 * noise of a quiet night, though it is nearly all of the error; by the load itself a few bursts decide alone.
 */
const WORTH = 0.5;
/** Twenty-fold at most, and a twentieth at least. */
const MOST_WORTH = 3;
/** Weights that have all but vanished say nothing about those awake. */
const LEAST_TOTAL = 1e-9;

export function startMixture(blocks: number, experts: number, store: StateStore, startRule = startBoa): Mixture {
  const rule = startRule(blocks * GROUPS, experts, store);
  const quantiles = startExpertQuantiles(blocks, experts, store);
  const weights = new Float64Array(blocks * GROUPS * experts);
  const isFresh = new Uint8Array(blocks);
  const regrets = new Float64Array(experts);
  const weightsAt = (block: number, l: number) => (block * GROUPS + GROUP_OF[l]!) * experts;

  function refresh(block: number): void {
    if (isFresh[block]) return;
    for (let g = 0; g < GROUPS; g++) rule.weigh(block * GROUPS + g, weights, (block * GROUPS + g) * experts);
    isFresh[block] = 1;
  }

  function mixed(block: number, l: number, medians: Float32Array, at: number, scale: number): number {
    let [sum, total, even, awake] = [0, 0, 0, 0];
    const base = weightsAt(block, l);
    for (let k = 0; k < experts; k++) {
      const x = medians[at + k]! + quantiles.distance(block, l, k, scale);
      if (Number.isNaN(x)) continue;
      const w = weights[base + k]!;
      sum += w * x;
      total += w;
      even += x;
      awake += 1;
    }
    if (awake === 0) return Number.NaN;
    const learned = total > LEAST_TOTAL ? sum / total : even / awake;
    return (1 - FIXED_SHARE) * learned + (FIXED_SHARE * even) / awake;
  }

  function addRegrets(block: number, l: number, { medians, at, scale, z, ordinary }: Round): void {
    const q = mixed(block, l, medians, at, scale);
    const slope = ((z < q ? 1 : 0) - MIXED[l]!) * worth(q - ordinary);
    const unit = quantiles.usualScale(block, scale);
    for (let k = 0; k < experts; k++) {
      const r = (slope * (q - medians[at + k]! - quantiles.distance(block, l, k, scale))) / unit;
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

function awakeWeights(weights: Float64Array, isAwake: (expert: number) => boolean): Float64Array {
  const awake = weights.map((w, k) => (isAwake(k) ? w : 0));
  const total = awake.reduce((sum, w) => sum + w, 0);
  return total > 0 ? awake.map((w) => w / total) : awake;
}

/** Of what was said, not of what came: so the expected loss of each quantile keeps its place. @param above - z above the ordinary load */
function worth(above: number): number {
  return Number.isNaN(above) ? 1 : Math.exp(Math.max(-MOST_WORTH, Math.min(MOST_WORTH, WORTH * above)));
}
