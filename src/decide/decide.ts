/**
 * From the replicas that the demand needs to a decision, through two ordered lists of policies with the budget
 * between them: `propose` says what the workload asks for, `decide` what is done with what it was given.
 */
import type { Demand } from '../domain/capacity.ts';
import type { Decision, DecisionMemory, PolicyTrace, RequestsChange } from '../domain/plan.ts';
import type { Reason } from '../domain/reasons.ts';
import { boundsOf } from './bounds.ts';
import { proposing, settling } from './policies.ts';
import type { Policy, Situation } from './policy.ts';
import { rememberWanted } from './wanted.ts';

interface Trail {
  readonly replicas: number;
  readonly trace: readonly PolicyTrace[];
}

function follow(policies: readonly Policy[], situation: Situation, start: number): Trail {
  let replicas = start;
  const trace = policies.map(({ name, judge }): PolicyTrace => {
    const replicasBefore = replicas;
    const verdict = judge(situation, replicas);
    if (verdict.kind !== 'pass') replicas = verdict.replicas;
    return { policy: name, replicasBefore, verdict };
  });
  return { replicas, trace };
}

export interface Proposal extends Trail {
  /** What was needed, within the bounds; what stands when nothing is known. */
  readonly wanted: number;
}

/**
 * What the workload asks of the budget.
 *
 * @param needed - replicas that the demand needs; undefined when that is not known, and then what stands is kept
 */
export function propose(situation: Situation, needed: number | undefined): Proposal {
  const start = needed ?? situation.from;
  const { min, max } = boundsOf(situation.spec, situation.state);
  const wanted = Math.min(max, Math.max(min, start));
  return { wanted, ...follow(proposing, situation, start) };
}

export interface DecideInput {
  readonly situation: Situation;
  readonly proposal: Proposal;
  /** Why the proposal started from its number. */
  readonly why: readonly Reason[];
  readonly demand?: Demand;
  readonly requests?: RequestsChange;
}

/** Nothing may be written under these, requests included. */
const untouchable: readonly string[] = [
  'frozen',
  'scaled-to-zero',
  'paused',
  'ambiguous-hpa',
  'foreign-hpa',
  'workload-missing',
];

function reasonsOf(trace: readonly PolicyTrace[]): readonly Reason[] {
  return trace.flatMap(({ verdict }) => (verdict.kind === 'pass' ? [] : [verdict.reason]));
}

function permitted(requests: RequestsChange, reasons: readonly Reason[]): RequestsChange {
  return reasons.some(({ code }) => untouchable.includes(code)) ? { ...requests, mode: 'recommend' } : requests;
}

/**
 * The decision, `from` what stands `to` what shall stand, with every policy's verdict in its trace, and the memory
 * for the next round. Whether it scales or holds follows from the numbers alone.
 */
export function decide(input: DecideInput): { readonly decision: Decision; readonly memory: DecisionMemory } {
  const { situation, proposal, why, demand, requests } = input;
  const { from, spec } = situation;
  const settled = follow(settling, situation, proposal.replicas);
  const trace = [...proposal.trace, ...settled.trace];
  const reasons = [...why, ...reasonsOf(trace), ...(requests ? [requests.reason] : [])];
  const base = {
    ref: spec.ref,
    from,
    reasons,
    trace,
    ...(demand && { demand }),
    ...(requests && { requests: permitted(requests, reasons) }),
  };
  const to = settled.replicas;
  const decision: Decision = to === from ? { kind: 'hold', ...base } : { kind: 'scale', to, ...base };
  return { decision, memory: memoryAfter(situation, proposal.wanted, to) };
}

function memoryAfter(situation: Situation, wanted: number, to: number): DecisionMemory {
  const { memory, nowMs, settings, from } = situation;
  return {
    ...memory,
    ...(to > from && { lastUpMs: nowMs }),
    ...(to < from && { lastDownMs: nowMs }),
    wanted: rememberWanted(memory, nowMs, settings.holdMs, from, wanted),
  };
}

/**
 * The replicas between which a budget may move this workload: what the policies behind the budget keep whatever it
 * says, and what is asked for. They are equal where nothing may change.
 */
export function negotiable(
  situation: Situation,
  proposal: Proposal,
): { readonly least: number; readonly wanted: number } {
  const { min } = boundsOf(situation.spec, situation.state);
  const wanted = follow(settling, situation, proposal.replicas).replicas;
  const least = follow(settling, situation, Math.min(min, proposal.replicas)).replicas;
  return { least: Math.min(least, wanted), wanted };
}
