/** The quantile levels at which experts are mixed and calibrated; what lies between is interpolated, beyond are tails. */
import { normalScore, studentQuantile } from '../levels.ts';

export const MIXED = [0.01, 0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99] as const;
export const LEVELS = MIXED.length;
/** Neighbouring levels share their weights: what is good at 0.9 is good at 0.95. Tails and middle differ. */
export const GROUP_OF = [0, 0, 1, 1, 1, 2, 2, 3] as const;
export const GROUPS = 4;
export const MEDIAN = MIXED.indexOf(0.5);
export const LOWER_TAIL = MIXED.indexOf(0.05);
export const UPPER_TAIL = MIXED.indexOf(0.95);

/** What scores look like before there are enough of them: Student's t with 4 degrees of freedom, mean magnitude 1. */
export const PRIOR_SCORES: readonly number[] = MIXED.map(studentQuantile);

const NORMAL_SCORES = MIXED.map(normalScore);

/** Where a level lies: inside between `index` and `index + 1`, `share` of the way; −1 and LEVELS − 1 stand for the tails. */
export interface MixedPlace {
  readonly index: number;
  readonly share: number;
  readonly level: number;
}

/** Interpolation is linear in the normal score of the level, which makes a Gaussian exact. */
export function placeMixed(level: number): MixedPlace {
  if (!(level > 0 && level < 1)) throw new RangeError(`quantile level ${level}: expected a number in (0, 1)`);
  if (level < MIXED[0]) return { index: -1, share: 0, level };
  if (level > MIXED[LEVELS - 1]!) return { index: LEVELS - 1, share: 0, level };
  let index = 0;
  while (index < LEVELS - 2 && level > MIXED[index + 1]!) index += 1;
  const from = NORMAL_SCORES[index]!;
  return { index, share: (normalScore(level) - from) / (NORMAL_SCORES[index + 1]! - from), level };
}
