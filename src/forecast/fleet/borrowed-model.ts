/** An aggregate with a second one beside it that began with the history of another workload, as plain parameters. */
import type { BorrowedFacts, FittedModel } from '../../domain/forecast.ts';
import { actingGate } from '../aggregate/gate.ts';
import { arrayIn, numberIn, type Parameters, prefixed, textIn, underPrefix } from '../parameters.ts';

/** Names of what is the other one's begin so; an aggregate reads nothing that does. */
const PREFIX = 'borrowed.';

export interface BorrowedModel {
  readonly facts: BorrowedFacts;
  /** `Comparison.save`: how the two have compared so far. */
  readonly record: Float64Array;
  readonly model: FittedModel;
}

export function withBorrowed(own: FittedModel, { facts, record, model }: BorrowedModel): FittedModel {
  const { from, pastMs, ratio, doubt } = facts;
  const all = { ...model.parameters, from, pastMs, ratio, doubt, record };
  return { ...own, parameters: { ...own.parameters, ...prefixed(PREFIX, all) } };
}

/** Undefined where nothing is borrowed. */
export function borrowedIn({ kind, parameters }: FittedModel): BorrowedModel | undefined {
  if (parameters[`${PREFIX}from`] === undefined) return undefined;
  const all = underPrefix(PREFIX, parameters);
  const [pastMs, ratio, doubt] = [numberIn(all, 'pastMs'), numberIn(all, 'ratio'), numberIn(all, 'doubt')];
  return {
    facts: { from: textIn(all, 'from'), pastMs, ratio, doubt },
    record: arrayIn(all, 'record'),
    model: { kind, parameters: all },
  };
}

/** Live scores; and how many outcomes each horizon has had, by which quantiles lie further out while they are few. */
const OWN = /^state\.(recent|(aggregate|seasonal-naive|holt-winters)\.rounds)$/;
const GATE = /^state\.gate(\.|$)/;

/**
 * A saved aggregate at the end of its borrowed past: experts, weights and calibration stay. What is said of this workload
 * begins anew: scores, evidence, and the doubt of few outcomes. It acts, because it was declared; whether it is to be
 * listened to at all is judged beside it (borrower.ts).
 */
export function beginOnBorrowed(saved: Parameters, lastStep: number): Parameters {
  const kept = Object.entries(saved).filter(([name]) => !OWN.test(name) && !GATE.test(name));
  return { ...Object.fromEntries(kept), 'state.gate': actingGate(lastStep) };
}

/** A saved aggregate without live scores: of steps that were replayed nothing is known that was said at the time. */
export function withoutScores(saved: Parameters): Parameters {
  return Object.fromEntries(Object.entries(saved).filter(([name]) => name !== 'state.recent'));
}
