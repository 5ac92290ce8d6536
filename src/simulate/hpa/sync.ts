import { normalise } from './behaviour.ts';
import { type Proposal, propose } from './replicas.ts';
import type { Dated, HpaInput, HpaSpec, HpaState } from './spec.ts';

export interface Synced {
  readonly state: HpaState;
  readonly replicas: number;
  /** Why nothing was computed, when nothing was. */
  readonly held?: string;
}

/** One sync of the controller (`--horizontal-pod-autoscaler-sync-period`): pure, state in, state out. */
export function syncHpa(spec: HpaSpec, state: HpaState, input: HpaInput): Synced {
  const known = state.recommendations ?? [{ atMs: input.nowMs, replicas: input.replicas }];
  const remembered = { ...state, recommendations: known };
  if (input.replicas === 0 && spec.minReplicas > 0)
    return { state: remembered, replicas: 0, held: 'scaled to zero by hand: autoscaling is off' };
  if (input.replicas > spec.maxReplicas) return scaled(spec, remembered, input, spec.maxReplicas);
  if (input.replicas < spec.minReplicas) return scaled(spec, remembered, input, spec.minReplicas);
  const proposal = largestProposal(spec, input);
  if (proposal.kind === 'failed') return { state: remembered, replicas: input.replicas, held: proposal.message };
  const replicas = normalise(spec, remembered, input, proposal.replicas);
  const recommendations = [
    ...recent(known, longestWindow(spec), input.nowMs),
    { atMs: input.nowMs, replicas: proposal.replicas },
  ];
  return scaled(spec, { ...remembered, recommendations }, input, replicas);
}

/** The largest of all metrics. A metric that failed forbids going down, and all failing forbids any change. */
function largestProposal(spec: HpaSpec, input: HpaInput): Proposal {
  let largest: number | undefined;
  let failure: string | undefined;
  spec.metrics.forEach((metric, i) => {
    const proposal = propose(spec, metric, input.readings[i]!, input);
    if (proposal.kind === 'failed') failure ??= proposal.message;
    else largest = Math.max(largest ?? 0, proposal.replicas);
  });
  if (largest === undefined) return { kind: 'failed', message: failure ?? 'no metrics in the spec' };
  if (failure !== undefined && largest < input.replicas) return { kind: 'failed', message: failure };
  return { kind: 'replicas', replicas: largest };
}

function scaled(spec: HpaSpec, state: HpaState, input: HpaInput, replicas: number): Synced {
  const change = replicas - input.replicas;
  if (change === 0 || spec.behavior === undefined) return { state, replicas };
  const { scaleUp, scaleDown } = spec.behavior;
  const event = { atMs: input.nowMs, replicas: Math.abs(change) };
  return change > 0
    ? { replicas, state: { ...state, added: stored(state.added, event, longestPeriod(scaleUp.policies)) } }
    : { replicas, state: { ...state, removed: stored(state.removed, event, longestPeriod(scaleDown.policies)) } };
}

/**
 * Takes the place of the last change that is too old for any period of its own direction, if there is one. The older
 * ones stay: a longer period of the other direction still counts them, in the controller as here.
 */
function stored(changes: readonly Dated[], change: Dated, periodMs: number): readonly Dated[] {
  const outdated = changes.findLastIndex(({ atMs }) => atMs < change.atMs - periodMs);
  return outdated < 0 ? [...changes, change] : changes.with(outdated, change);
}

/** Entries still inside the span; older ones can no longer count. */
function recent(entries: readonly Dated[], spanMs: number, nowMs: number): readonly Dated[] {
  return entries.filter(({ atMs }) => atMs >= nowMs - spanMs);
}

function longestWindow({ behavior, controller }: HpaSpec): number {
  if (behavior === undefined) return controller.downscaleStabilisationMs;
  return Math.max(behavior.scaleUp.stabilisationMs, behavior.scaleDown.stabilisationMs);
}

function longestPeriod(policies: readonly { readonly periodMs: number }[]): number {
  return policies.reduce((longest, { periodMs }) => Math.max(longest, periodMs), 0);
}
