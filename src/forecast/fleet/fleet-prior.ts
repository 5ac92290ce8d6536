/** What a new workload takes from those that are followed already: from its kind, where there are enough, else from all. */
import type { FleetPrior } from '../../domain/fleet.ts';
import { actsIn } from '../aggregate/gate.ts';
import { arrayIn, numberIn, type Parameters } from '../parameters.ts';
import type { Archetype } from './archetype.ts';
import { poolTails } from './pool-tails.ts';

/** A workload with a fitted aggregate. */
export interface Followed {
  /** Undefined until it was seen what kind it is of. */
  readonly kind?: Archetype;
  readonly parameters: Parameters;
}

const DAY_MS = 86_400_000;
/** By then a gate has had the time to know. */
const LEAST_AGE_MS = 7 * DAY_MS;
/** Fewer workloads say nothing of another one. */
const FEWEST = 10;
const MOST_CREDIT = 1.5;

export function fleetPrior(kind: Archetype, others: readonly Followed[]): FleetPrior {
  const grown = others
    .filter(({ parameters }) => ageMs(parameters) >= LEAST_AGE_MS)
    .map(({ parameters }) => parameters);
  const alike = others.flatMap((other) =>
    other.kind === kind && grown.includes(other.parameters) ? [other.parameters] : [],
  );
  const tail = poolTails(alike) ?? poolTails(grown);
  return { credit: creditOf(alike.length >= FEWEST ? alike : grown), ...(tail && { tail }) };
}

/**
 * The wealth that the bets for an aggregate may begin with. With a share π of workloads on which it is no better, at most
 * π · credit · 5 % of all act by mistake; with a credit of 1 ÷ π at most, these are 5 % as they are without one. π is counted
 * with one workload more on its side.
 */
function creditOf(grown: readonly Parameters[]): number {
  if (grown.length < FEWEST) return 1;
  const inShadow = grown.filter((parameters) => !actsIn(arrayIn(parameters, 'state.gate'))).length;
  return Math.min(MOST_CREDIT, (grown.length + 1) / (inShadow + 1));
}

function ageMs(parameters: Parameters): number {
  return numberIn(parameters, 'trainedThroughMs') - numberIn(parameters, 'firstStep') * numberIn(parameters, 'stepMs');
}
