/** Quantiles of each expert's own scores, by block and level: what turns its median into a quantile forecast. */
import { LEVELS, MEDIAN, MIXED, PRIOR_SCORES } from './mixed-levels.ts';
import type { StateStore } from './state-store.ts';

export interface ExpertQuantiles {
  /** Of the last outcomes of a block: the unit of what does not follow the time of day. @param scale - before the first */
  usualScale(block: number, scale: number): number;
  /** From the median, on z. @param scale - of the forecast */
  distance(block: number, level: number, expert: number, scale: number): number;
  /** @param medians - from `from` on one per expert; NaN for one that slept */
  learn(block: number, medians: Float32Array, from: number, scale: number, z: number): void;
}

const RATE = 0.01;
const FIRST_RATE = 0.2;
/** Rounds after which quantiles follow at the slow rate. */
const SETTLED_ROUNDS = 100;
/** The usual scale is that of about the last fifty outcomes of a block. */
const USUAL_RATE = 0.02;

/**
 * How wide an expert is follows the scale of the time of day. Its bias does not: it is in units of the usual scale, for
 * where a load leaps once a day, what was learned in all other hours would be multiplied there.
 */
export function startExpertQuantiles(blocks: number, experts: number, store: StateStore): ExpertQuantiles {
  const levelOf = (i: number) => Math.floor(i / experts) % LEVELS;
  const quantiles = store.singles('mixture.quantiles', blocks * LEVELS * experts, (i) => PRIOR_SCORES[levelOf(i)]!);
  const rounds = store.halves('mixture.rounds', blocks * experts);
  const usual = store.singles('mixture.usualScale', blocks);

  const usualScale = (block: number, scale: number) => usual[block] || scale;
  /** The unit of a level. */
  const unit = (block: number, level: number, scale: number) => (level === MEDIAN ? usualScale(block, scale) : scale);

  function move(block: number, k: number, distance: number, scale: number, rate: number): void {
    for (let l = 0; l < LEVELS; l++) {
      const i = (block * LEVELS + l) * experts + k;
      quantiles[i]! += rate * (MIXED[l]! - (distance <= quantiles[i]! * unit(block, l, scale) ? 1 : 0));
    }
  }

  return {
    usualScale,
    distance: (block, level, expert, scale) =>
      quantiles[(block * LEVELS + level) * experts + expert]! * unit(block, level, scale),
    learn(block, medians, from, scale, z) {
      usual[block]! += usual[block] === 0 ? scale : USUAL_RATE * (scale - usual[block]!);
      for (let k = 0; k < experts; k++) {
        const distance = z - medians[from + k]!;
        if (Number.isNaN(distance)) continue;
        const n = Math.min(SETTLED_ROUNDS, rounds[block * experts + k]! + 1);
        rounds[block * experts + k] = n;
        move(block, k, distance, scale, RATE + (FIRST_RATE - RATE) * (1 - n / SETTLED_ROUNDS));
      }
    },
  };
}
