/**
 * Tails of a fleet: one service sees an excess of 0.1 % ten times a week at best, so what is rare is learned from all. Scores
 * are distances beyond the own 95 % quantile in own scales, therefore excesses of different workloads are of one kind; the
 * moments that each aggregate follows are pooled by how many excesses they rest on (Hosking & Wallis 1987).
 */
import { APART, PRIOR_COUNT, PRIOR_TAIL, priorMoments } from '../aggregate/tail-tracker.ts';
import { arrayIn, type Parameters } from '../parameters.ts';
import { type Tail, tailOfMoments } from '../tails.ts';

/** Fewer excesses than this say nothing that the ordinary tail does not. */
const FEWEST_EXCESSES = 200;
/** One workload that is always in trouble does not speak for all. */
const MOST_OF_ONE = 600;
const MOMENTS = /^state\.aggregate\.upper\.\d+\.moments$/;

/** Moments of the excesses themselves, without the prior that they were drawn towards. */
interface Excesses {
  readonly count: number;
  readonly mean: number;
  readonly half: number;
}

/**
 * @param saved - parameters of fitted aggregates
 * @returns undefined while they have seen too little
 */
export function poolTails(saved: readonly Parameters[]): Tail | undefined {
  let [count, mean, half] = [0, 0, 0];
  for (const excesses of saved.flatMap(excessesOf)) {
    const weight = Math.min(MOST_OF_ONE, excesses.count);
    count += weight;
    mean += weight * excesses.mean;
    half += weight * excesses.half;
  }
  return count < FEWEST_EXCESSES ? undefined : tailOfMoments(mean / count, half / count);
}

/** Those above, near and far: capacity asks for nothing below. */
function excessesOf(saved: Parameters): readonly Excesses[] {
  const prior = priorMoments(savedTail(saved) ?? PRIOR_TAIL);
  return Object.keys(saved).flatMap((name) => {
    if (!MOMENTS.test(name)) return [];
    const [count, mean, half] = arrayIn(saved, name);
    if (!(count! > APART)) return [];
    // Of n excesses and a prior of m, what was followed lies n ÷ (n + m) of the way from the prior; the first have no pair.
    const all = count! + PRIOR_COUNT;
    const own = prior.mean + (all / count!) * mean!;
    return [{ count: count!, mean: own, half: prior.half + (all / (count! - APART)) * half! }];
  });
}

/** The tail of its fleet that an aggregate began with; undefined when it began with the ordinary one. */
export function savedTail(saved: Parameters): Tail | undefined {
  if (saved['fleetTail'] === undefined) return undefined;
  const [shape, scale] = arrayIn(saved, 'fleetTail');
  return { shape: shape!, scale: scale! };
}
