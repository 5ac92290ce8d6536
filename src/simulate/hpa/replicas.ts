/** From one metric to the replicas it proposes. */
import type { ControllerSettings, HpaInput, HpaSpec, MetricReading, MetricSpec, PodGroup, PodSample } from './spec.ts';

export type Proposal =
  | { readonly kind: 'replicas'; readonly replicas: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Band of the usage ratio in which nothing changes. */
interface Tolerances {
  readonly up: number;
  readonly down: number;
}

export function propose(spec: HpaSpec, metric: MetricSpec, reading: MetricReading, input: HpaInput): Proposal {
  const tolerances = tolerancesOf(spec);
  if (reading.kind === 'failed') return reading;
  switch (metric.kind) {
    case 'value':
      return reading.kind === 'value' ? fromValue(reading.milli / metric.targetMilli, input, tolerances) : mismatch;
    case 'average-value':
      return reading.kind === 'value' ? fromTotal(reading.milli, metric.targetMilli, input, tolerances) : mismatch;
    case 'utilisation':
    case 'resource':
    case 'pods':
      return reading.kind === 'pods' ? fromPods(spec, metric, reading.samples, input, tolerances) : mismatch;
  }
}

const mismatch: Proposal = { kind: 'failed', message: 'the reading does not fit the kind of the metric' };

function tolerancesOf(spec: HpaSpec): Tolerances {
  return {
    up: spec.behavior?.scaleUp.tolerance ?? spec.controller.tolerance,
    down: spec.behavior?.scaleDown.tolerance ?? spec.controller.tolerance,
  };
}

function within(ratio: number, { up, down }: Tolerances): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

function fromValue(ratio: number, input: HpaInput, tolerances: Tolerances): Proposal {
  if (input.replicas === 0) return { kind: 'replicas', replicas: Math.ceil(ratio) };
  if (within(ratio, tolerances)) return { kind: 'replicas', replicas: input.replicas };
  if (countOf(input.pods) === 0) return { kind: 'failed', message: 'no pods of the workload' };
  return { kind: 'replicas', replicas: Math.ceil(ratio * countOf(input.pods.filter(isServing))) };
}

/** A pod that is being deleted counts as long as it says that it is ready. */
function isServing({ phase, ready }: PodGroup): boolean {
  return (phase === 'running' || phase === 'terminating') && ready?.status === true;
}

function fromTotal(total: number, perPod: number, input: HpaInput, tolerances: Tolerances): Proposal {
  if (within(total / (perPod * input.statusReplicas), tolerances))
    return { kind: 'replicas', replicas: input.statusReplicas };
  return { kind: 'replicas', replicas: Math.ceil(total / perPod) };
}

type PodMetric = Extract<MetricSpec, { kind: 'utilisation' | 'resource' | 'pods' }>;

/** Pods sorted by how much the controller believes them. */
interface Sorted {
  readonly measured: readonly Weighed[];
  readonly unready: readonly Weighed[];
  readonly missing: readonly Weighed[];
}

interface Weighed {
  readonly count: number;
  readonly milli: number;
  readonly requestMilli: number;
}

/**
 * Ratio of usage to target over the measured pods. Where pods are missing or not ready yet, the ratio is taken again
 * with them counted against the change (missing: fully used on the way down, idle on the way up; unready: idle on
 * the way up), and a ratio that thereby falls into the tolerance or turns round changes nothing.
 */
function fromPods(
  spec: HpaSpec,
  metric: PodMetric,
  samples: readonly (PodSample | undefined)[],
  input: HpaInput,
  tolerances: Tolerances,
): Proposal {
  const keep: Proposal = { kind: 'replicas', replicas: input.replicas };
  if (!input.pods.every((pod) => pod.count === 0 || hasRequest(metric, pod)))
    return { kind: 'failed', message: 'a pod without a resource request has no utilisation' };
  const sorted = sortPods(metric, samples, input, spec.controller);
  const ratio = usageRatio(metric, sorted.measured);
  if (ratio === undefined) return { kind: 'failed', message: 'no metrics for the targeted pods' };
  const unreadyCounts = sorted.unready.length > 0 && ratio > 1;
  if (!unreadyCounts && sorted.missing.length === 0) {
    if (within(ratio, tolerances)) return keep;
    return { kind: 'replicas', replicas: Math.ceil(ratio * countOf(sorted.measured)) };
  }
  const assumed = [...sorted.measured, ...assumeMissing(metric, sorted.missing, ratio)];
  if (unreadyCounts) assumed.push(...sorted.unready.map((pods) => ({ ...pods, milli: 0 })));
  const again = usageRatio(metric, assumed)!;
  if (within(again, tolerances) || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return keep;
  const replicas = Math.ceil(again * countOf(assumed));
  if ((again < 1 && replicas > input.replicas) || (again > 1 && replicas < input.replicas)) return keep;
  return { kind: 'replicas', replicas };
}

function sortPods(
  metric: PodMetric,
  samples: readonly (PodSample | undefined)[],
  input: HpaInput,
  controller: ControllerSettings,
): Sorted {
  const measured: Weighed[] = [];
  const unready: Weighed[] = [];
  const missing: Weighed[] = [];
  input.pods.forEach((pod, i) => {
    if (pod.phase === 'failed' || pod.phase === 'terminating' || pod.count === 0) return;
    const sample = samples[i];
    const weighed = { count: pod.count, milli: sample?.milli ?? 0, requestMilli: requestOf(metric, pod) ?? 0 };
    if (pod.phase === 'pending') unready.push(weighed);
    else if (sample === undefined) missing.push(weighed);
    else if (isCpu(metric) && isUnready(pod, sample, input.nowMs, controller)) unready.push(weighed);
    else measured.push(weighed);
  });
  return { measured, unready, missing };
}

function requestOf(metric: PodMetric, pod: PodGroup): number | undefined {
  return metric.kind === 'utilisation' && metric.resource === 'memory' ? pod.memoryRequestMilli : pod.requestMilli;
}

/** One pod without it is enough for the controller to give up, and be it a failed one. */
function hasRequest(metric: PodMetric, pod: PodGroup): boolean {
  return metric.kind !== 'utilisation' || requestOf(metric, pod) !== undefined;
}

function isCpu(metric: PodMetric): boolean {
  return metric.kind !== 'pods' && metric.resource === 'cpu';
}

/** CPU of a pod that is still initialising says nothing about the load. */
function isUnready(pod: PodGroup, sample: PodSample, nowMs: number, controller: ControllerSettings): boolean {
  if (pod.ready === undefined || pod.startedMs === undefined) return true;
  if (pod.startedMs + controller.cpuInitializationMs > nowMs)
    return !pod.ready.status || sample.atMs < pod.ready.changedMs + sample.windowMs;
  // Later, only one that has never been ready: a pod that was ready and no longer is still counts.
  return !pod.ready.status && pod.startedMs + controller.initialReadinessDelayMs > pod.ready.changedMs;
}

/** Usage over target; undefined without a pod to take it from. Divisions of integers round down, as the controller's do. */
function usageRatio(metric: PodMetric, pods: readonly Weighed[]): number | undefined {
  const usage = pods.reduce((sum, pod) => sum + pod.milli * pod.count, 0);
  if (metric.kind === 'utilisation') {
    const requested = pods.reduce((sum, pod) => sum + pod.requestMilli * pod.count, 0);
    return requested === 0 ? undefined : Math.trunc((usage * 100) / requested) / metric.targetPercent;
  }
  const count = countOf(pods);
  return count === 0 ? undefined : Math.trunc(usage / count) / metric.targetMilli;
}

function assumeMissing(metric: PodMetric, missing: readonly Weighed[], ratio: number): Weighed[] {
  if (ratio === 1) return [];
  return missing.map((pods) => ({ ...pods, milli: ratio > 1 ? 0 : fullUsage(metric, pods) }));
}

function fullUsage(metric: PodMetric, pods: Weighed): number {
  if (metric.kind !== 'utilisation') return metric.targetMilli;
  return Math.trunc((pods.requestMilli * Math.max(100, metric.targetPercent)) / 100);
}

function countOf(pods: readonly { readonly count: number }[]): number {
  return pods.reduce((sum, pod) => sum + pod.count, 0);
}
