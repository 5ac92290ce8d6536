/**
 * How far rare scores reach beyond a threshold, learned excess by excess: a generalised Pareto tail by probability-weighted
 * moments (Hosking & Wallis 1987). Of two independent excesses `a₁ = E[x·(1 − F(x))] = E[min(x, x′)] / 2`, so both moments
 * can be followed without keeping a sample; x′ is an excess from some time ago, because neighbours depend on each other.
 */
import { type Tail, tailOfMoments } from '../tails.ts';
import type { StateStore } from './state-store.ts';

export interface TailTracker {
  /** @param excess - distance beyond the threshold in scores, > 0 */
  learn(excess: number): void;
  tail(): Tail;
}

/** What scores do before there are enough of them: Student's t with 4 degrees of freedom, in scores beyond its 0.95 quantile. */
export const PRIOR_TAIL: Tail = { shape: 0.2, scale: 0.8 };
/** The prior counts as many excesses. */
export const PRIOR_COUNT = 20;
/** Newest excesses that it follows: at steps of a minute those of a day near, of three days up to an hour, of two months beyond. */
const MOST_COUNT = 200;
/** Misses of one burst are one observation; pairs are taken this far apart. */
export const APART = 6;

/** @param prior - read each time: it is that of the series that is worked on */
export function startTailTracker(name: string, prior: Tail, store: StateStore): TailTracker {
  const moments = store.singles(`${name}.moments`, 3);
  const ring = store.singles(`${name}.ring`, APART, Number.NaN);
  return {
    learn(excess) {
      const { mean, half } = priorMoments(prior);
      const at = moments[0]! % APART;
      const before = ring[at]!;
      ring[at] = excess;
      moments[0]! += 1;
      const rate = 1 / (PRIOR_COUNT + Math.min(MOST_COUNT, moments[0]!));
      const paired = Number.isNaN(before) ? half : Math.min(excess, before) / 2;
      moments[1]! += rate * (excess - mean - moments[1]!);
      moments[2]! += rate * (paired - half - moments[2]!);
    },
    tail() {
      const { mean, half } = priorMoments(prior);
      return tailOfMoments(mean + moments[1]!, half + moments[2]!);
    },
  };
}

/** `E[x]` and `E[min(x, x′)] / 2` of a generalised Pareto tail. */
export function priorMoments({ shape, scale }: Tail): { readonly mean: number; readonly half: number } {
  return { mean: scale / (1 - shape), half: scale / (2 * (2 - shape)) };
}
