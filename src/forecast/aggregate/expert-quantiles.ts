/** Quantiles of each expert's own scores, by block and level: what turns its median into a quantile forecast. */
import { LEVELS, MIXED, PRIOR_SCORES } from './mixed-levels.ts';
import type { StateStore } from './state-store.ts';

export interface ExpertQuantiles {
  /** In scales from the median. */
  at(block: number, level: number, expert: number): number;
  /** @param medians - from `from` on one per expert; NaN for one that slept */
  learn(block: number, medians: Float32Array, from: number, scale: number, z: number): void;
}

const RATE = 0.02;
const FIRST_RATE = 0.2;
/** Rounds after which quantiles follow at the slow rate. */
const SETTLED_ROUNDS = 100;

export function startExpertQuantiles(blocks: number, experts: number, store: StateStore): ExpertQuantiles {
  const levelOf = (i: number) => Math.floor(i / experts) % LEVELS;
  const quantiles = store.singles('mixture.quantiles', blocks * LEVELS * experts, (i) => PRIOR_SCORES[levelOf(i)]!);
  const rounds = store.singles('mixture.rounds', blocks * experts);
  return {
    at: (block, level, expert) => quantiles[(block * LEVELS + level) * experts + expert]!,
    learn(block, medians, from, scale, z) {
      for (let k = 0; k < experts; k++) {
        const score = (z - medians[from + k]!) / scale;
        if (Number.isNaN(score)) continue;
        const n = Math.min(SETTLED_ROUNDS, rounds[block * experts + k]! + 1);
        rounds[block * experts + k] = n;
        const rate = RATE + (FIRST_RATE - RATE) * (1 - n / SETTLED_ROUNDS);
        for (let l = 0; l < LEVELS; l++) {
          const i = (block * LEVELS + l) * experts + k;
          quantiles[i]! += rate * (MIXED[l]! - (score <= quantiles[i]! ? 1 : 0));
        }
      }
    },
  };
}
