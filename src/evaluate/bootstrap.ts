/** How sure a ratio of sums is, when neighbouring origins are alike and days are not. */
import { seededRandom } from '../forecast/random.ts';

const RESAMPLES = 10_000;
/** With fewer blocks the resamples repeat themselves and the interval would feign certainty. */
const FEWEST_BLOCKS = 4;

/** Sums over one block, a day of one series. */
export interface Block {
  readonly own: number;
  readonly other: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * 95 % interval of `1 − Σown/Σother` by resampling whole blocks with replacement, the same blocks for both sums
 * (Künsch 1989; percentile interval). Undefined with fewer than four blocks.
 */
export function bootstrapGain(blocks: readonly Block[], seed: number): Interval | undefined {
  if (blocks.length < FEWEST_BLOCKS) return undefined;
  const random = seededRandom(seed);
  const gains = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    let [own, other] = [0, 0];
    for (let k = 0; k < blocks.length; k++) {
      const block = blocks[random.below(blocks.length)]!;
      own += block.own;
      other += block.other;
    }
    gains[r] = gainOf(own, other);
  }
  gains.sort();
  return { low: gains[Math.floor(0.025 * RESAMPLES)]!, high: gains[Math.ceil(0.975 * RESAMPLES) - 1]! };
}

/** Share of the other's loss that is saved; negative when worse. Nothing can be saved from a loss of 0. */
export function gainOf(own: number, other: number): number {
  if (other > 0) return 1 - own / other;
  return own > 0 ? Number.NEGATIVE_INFINITY : 0;
}
