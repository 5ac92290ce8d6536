/**
 * One mixture of expert quantiles for each block of horizons and each level. An expert's quantile is its median plus
 * the quantile of its own scores, tracked while it is awake, times a scale that all experts share. Weights by linearised
 * pinball regret: `r = (1{z < q̄} − τ)·(q̄ − x) / σ`, which competes with the best fixed convex combination.
 *
 * An outcome is one round: the experts' medians as they were stored at the origin, mixed with the weights of before this
 * outcome. Horizons of a block are rounds of their own (Joulani, György & Szepesvári 2013: late feedback costs a constant).
 */
import { startBoa, type WeightRule } from './boa.ts';
import { LEVELS, MIXED } from './mixed-levels.ts';
import type { StateStore } from './state-store.ts';

export interface Mixture {
  /**
   * @param medians - from `at` on one per expert, on z; NaN for one that sleeps
   * @param out - quantile at each mixed level. NaN when all sleep
   */
  mix(block: number, medians: Float32Array, at: number, scale: number, out: Float64Array): void;
  /** @param keep - how much older rounds count against this one */
  learn(block: number, medians: Float32Array, at: number, scale: number, z: number, keep: number): void;
  /** Weights of the experts that `isAwake`, summing to 1. */
  weights(block: number, level: number, isAwake: (expert: number) => boolean): Float64Array;
  fade(keep: number): void;
}

/** Share of the weight that is always spread evenly over those awake, so that nobody is ever out (Herbster & Warmuth 1998). */
const FIXED_SHARE = 0.01;
/** A single regret counts at most this many scales. */
const MOST_REGRET = 6;
const QUANTILE_RATE = 0.02;
const FIRST_QUANTILE_RATE = 0.2;
/** Rounds after which an expert's quantiles follow at the slow rate. */
const SETTLED_ROUNDS = 100;

export function startMixture(
  blocks: number,
  experts: number,
  priorQuantiles: readonly number[],
  store: StateStore,
): Mixture {
  const rule: WeightRule = startBoa(blocks * LEVELS, experts, store);
  const quantiles = store.singles('mixture.quantiles', blocks * LEVELS * experts, Number.NaN);
  const rounds = store.singles('mixture.rounds', blocks * experts);
  for (let i = 0; i < quantiles.length; i++) {
    if (Number.isNaN(quantiles[i]!)) quantiles[i] = priorQuantiles[Math.floor(i / experts) % LEVELS]!;
  }
  const weights = new Float64Array(blocks * LEVELS * experts);
  const isFresh = new Uint8Array(blocks);
  const regrets = new Float64Array(experts);

  function refresh(block: number): void {
    if (isFresh[block]) return;
    for (let l = 0; l < LEVELS; l++) rule.weigh(block * LEVELS + l, weights, (block * LEVELS + l) * experts);
    isFresh[block] = 1;
  }

  function mixed(row: number, medians: Float32Array, at: number, scale: number): number {
    let [sum, total, even, awake] = [0, 0, 0, 0];
    const base = row * experts;
    for (let k = 0; k < experts; k++) {
      const median = medians[at + k]!;
      if (Number.isNaN(median)) continue;
      const x = median + scale * quantiles[base + k]!;
      const w = weights[base + k]!;
      sum += w * x;
      total += w;
      even += x;
      awake += 1;
    }
    if (awake === 0) return Number.NaN;
    // Weights that have all but vanished say nothing about those awake.
    const learned = total > 1e-9 ? sum / total : even / awake;
    return (1 - FIXED_SHARE) * learned + (FIXED_SHARE * even) / awake;
  }

  function learnRow(row: number, level: number, medians: Float32Array, at: number, scale: number, z: number): void {
    const q = mixed(row, medians, at, scale);
    const slope = (z < q ? 1 : 0) - level;
    const base = row * experts;
    for (let k = 0; k < experts; k++) {
      const x = medians[at + k]! + scale * quantiles[base + k]!;
      const r = (slope * (q - x)) / scale;
      regrets[k] = Number.isNaN(r) ? Number.NaN : Math.min(MOST_REGRET, Math.max(-MOST_REGRET, r));
    }
  }

  function track(block: number, medians: Float32Array, at: number, scale: number, z: number): void {
    for (let k = 0; k < experts; k++) {
      const score = (z - medians[at + k]!) / scale;
      if (Number.isNaN(score)) continue;
      const n = Math.min(SETTLED_ROUNDS, rounds[block * experts + k]! + 1);
      rounds[block * experts + k] = n;
      const rate = QUANTILE_RATE + (FIRST_QUANTILE_RATE - QUANTILE_RATE) * (1 - n / SETTLED_ROUNDS);
      for (let l = 0; l < LEVELS; l++) {
        const i = (block * LEVELS + l) * experts + k;
        quantiles[i]! += rate * (MIXED[l]! - (score <= quantiles[i]! ? 1 : 0));
      }
    }
  }

  return {
    mix(block, medians, at, scale, out) {
      refresh(block);
      for (let l = 0; l < LEVELS; l++) out[l] = mixed(block * LEVELS + l, medians, at, scale);
    },
    learn(block, medians, at, scale, z, keep) {
      refresh(block);
      for (let l = 0; l < LEVELS; l++) {
        learnRow(block * LEVELS + l, MIXED[l]!, medians, at, scale, z);
        rule.learn(block * LEVELS + l, regrets, keep);
      }
      track(block, medians, at, scale, z);
      isFresh[block] = 0;
    },
    weights(block, level, isAwake) {
      refresh(block);
      const base = (block * LEVELS + level) * experts;
      const awake = Float64Array.from({ length: experts }, (_, k) => (isAwake(k) ? weights[base + k]! : 0));
      const total = awake.reduce((sum, w) => sum + w, 0);
      return total > 0 ? awake.map((w) => w / total) : awake;
    },
    fade(keep) {
      rule.fade(keep);
      isFresh.fill(0);
    },
  };
}
