/** From the recommendation of the metrics to the number that is set: stabilisation windows, then limits by period. */
import type { Dated, HpaInput, HpaSpec, HpaState, ScalingPolicy, ScalingRules } from './spec.ts';

/** Bends `recommended` by the memory in `state`, which already holds the recommendations of earlier syncs. */
export function normalise(spec: HpaSpec, state: HpaState, input: HpaInput, recommended: number): number {
  const behavior = spec.behavior;
  if (behavior === undefined) return withoutBehavior(spec, state, input, recommended);
  const stabilised = stabilise(behavior, state.recommendations ?? [], input, recommended);
  if (stabilised > input.replicas) {
    const limit = Math.max(input.replicas, scaleUpLimit(behavior.scaleUp, state, input));
    return Math.min(stabilised, limit, spec.maxReplicas);
  }
  if (stabilised < input.replicas) {
    const limit = Math.min(input.replicas, scaleDownLimit(behavior.scaleDown, state, input));
    return Math.max(stabilised, limit, spec.minReplicas);
  }
  return stabilised;
}

/** Up no further than the least recommendation of the window up, down no further than the largest of the window down. */
function stabilise(
  behavior: NonNullable<HpaSpec['behavior']>,
  recommendations: readonly Dated[],
  input: HpaInput,
  recommended: number,
): number {
  const upCutoff = input.nowMs - behavior.scaleUp.stabilisationMs;
  const downCutoff = input.nowMs - behavior.scaleDown.stabilisationMs;
  let least = recommended;
  let largest = recommended;
  for (const { atMs, replicas } of recommendations) {
    if (atMs > upCutoff) least = Math.min(least, replicas);
    if (atMs > downCutoff) largest = Math.max(largest, replicas);
  }
  return Math.min(Math.max(input.replicas, least), largest);
}

function scaleUpLimit(rules: ScalingRules, state: HpaState, input: HpaInput): number {
  if (rules.selectPolicy === 'disabled') return input.replicas;
  const proposals = rules.policies.map((policy) => {
    const start = atStartOfPeriod(policy, state, input);
    return policy.type === 'pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return rules.selectPolicy === 'min' ? Math.min(...proposals) : Math.max(...proposals);
}

function scaleDownLimit(rules: ScalingRules, state: HpaState, input: HpaInput): number {
  if (rules.selectPolicy === 'disabled') return input.replicas;
  const proposals = rules.policies.map((policy) => {
    const start = atStartOfPeriod(policy, state, input);
    return policy.type === 'pods' ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  // The policy that changes most is the one with the lowest limit.
  return rules.selectPolicy === 'min' ? Math.max(...proposals) : Math.min(...proposals);
}

/** Replicas before the changes of the running period. */
function atStartOfPeriod(policy: ScalingPolicy, state: HpaState, input: HpaInput): number {
  const since = input.nowMs - policy.periodMs;
  return input.replicas - changedSince(state.added, since) + changedSince(state.removed, since);
}

function changedSince(events: readonly Dated[], sinceMs: number): number {
  return events.reduce((sum, event) => sum + (event.atMs > sinceMs ? event.replicas : 0), 0);
}

/** Without a `behavior` field: the largest recommendation of the window, at most double or 4, within min and max. */
function withoutBehavior(spec: HpaSpec, state: HpaState, input: HpaInput, recommended: number): number {
  const cutoff = input.nowMs - spec.controller.downscaleStabilisationMs;
  let largest = recommended;
  for (const { atMs, replicas } of state.recommendations ?? [])
    if (atMs >= cutoff) largest = Math.max(largest, replicas);
  const limit = Math.min(spec.maxReplicas, Math.max(2 * input.replicas, 4));
  return Math.max(spec.minReplicas, Math.min(largest, limit));
}
