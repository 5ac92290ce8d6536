/**
 * What is known at an origin of how well it can see: mean errors of the last steps and of the block's last outcomes (in
 * scales, less the 1 that is ordinary), steepness upwards and downwards in scales, 1 behind a gap, and the shock: by how
 * much the newest errors exceed all that is ordinary here, because then the world has changed.
 */
import { CONTENDERS } from './gate.ts';
import type { HorizonPlan } from './horizon-plan.ts';
import type { StateStore } from './state-store.ts';

export const FEATURES = 6;

/** Running errors, in scales. */
export interface Errors {
  /** @param error - distance of an outcome from a contender's median, in scales; of the aggregate first */
  note(horizon: number, contender: number, error: number): void;
  /** Of the aggregate one step ahead, over the last few steps. */
  recent(): number;
  /** Of a contender, over the last outcomes of a block. */
  ofBlock(contender: number, block: number): number;
  /** How much the newest errors exceed their ordinary highest; 0 in ordinary times. */
  shock(): number;
}

const MOST_ERROR = 8;
/** About the last five steps, and about twenty outcomes of a block. */
const RECENT_RATE = 0.13;
const BLOCK_RATE = 0.05;
/** The shock is of the last two or three steps. Its limit is a quantile of itself, so that a load of waves is not always in shock. */
const SHOCK_RATE = 0.35;
const MOST_SHOCK = 40;
const LIMIT_LEVEL = 0.99;
const LIMIT_RATE = 0.1;
const LEAST_LIMIT = 2.5;
const FIRST_LIMIT = 4;

export function startErrors({ blocks, blockOf, shares }: HorizonPlan, store: StateStore): Errors {
  const byBlock = store.singles('errors.blocks', CONTENDERS.length * blocks, 1);
  const [RECENT, SHOCK, LIMIT] = [0, 1, 2] as const;
  const first = store.doubles('errors.first', 3, (i) => (i === LIMIT ? FIRST_LIMIT : 1));

  function noteFirst(error: number): void {
    first[RECENT]! += RECENT_RATE * (Math.min(MOST_ERROR, error) - first[RECENT]!);
    first[SHOCK]! += SHOCK_RATE * (Math.min(MOST_SHOCK, error) - first[SHOCK]!);
    const isOver = first[SHOCK]! > first[LIMIT]!;
    first[LIMIT] = Math.max(LEAST_LIMIT, first[LIMIT]! + LIMIT_RATE * ((isOver ? 1 : 0) - (1 - LIMIT_LEVEL)));
  }

  return {
    note(horizon, contender, error) {
      const i = contender * blocks + blockOf[horizon]!;
      byBlock[i]! += BLOCK_RATE * shares[horizon]! * (Math.min(MOST_ERROR, error) - byBlock[i]!);
      if (horizon === 0 && contender === 0) noteFirst(error);
    },
    recent: () => first[RECENT]!,
    ofBlock: (contender, block) => byBlock[contender * blocks + block]!,
    shock: () => Math.max(0, first[SHOCK]! - first[LIMIT]!),
  };
}

/** @param slope - rise of the forecast, in scales */
export function writeFeatures(
  out: Float64Array,
  recent: number,
  ofBlock: number,
  slope: number,
  isBehindGap: number,
  shock: number,
): void {
  out[0] = recent - 1;
  out[1] = ofBlock - 1;
  out[2] = Math.max(0, slope);
  out[3] = Math.max(0, -slope);
  out[4] = isBehindGap;
  out[5] = shock;
}
