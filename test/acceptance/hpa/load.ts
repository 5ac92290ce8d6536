/** What the metrics APIs say at a sync: drawn from the scenario's seed, and put into the words of the three APIs. */
import type { MetricReading, PodSample } from '../../../src/simulate/hpa/spec.ts';
import type { MetricsQuery } from '../../rig/rig.ts';
import { isAlive, type PlayedPod } from './fleet.ts';
import { type Dice, diceOf, type Metric, type Scenario } from './scenario.ts';

export type Answer =
  | { readonly kind: 'failed'; readonly how: 'error' | 'absent' | 'empty' }
  /** The parts are series that the controller adds up. */
  | { readonly kind: 'value'; readonly partsMilli: readonly number[] }
  | { readonly kind: 'pods'; readonly samples: ReadonlyMap<string, PodSample> };

/** Where the workload stands when the metric is asked for. */
export interface Standing {
  readonly step: number;
  readonly nowMs: number;
  readonly pods: readonly PlayedPod[];
  readonly statusReplicas: number;
}

/** Usage over target. The ends of the default tolerance are among them, and numbers just past those. */
const ratios = [0, 0.4, 0.8, 0.88, 0.9, 0.92, 1, 1.08, 1.1, 1.12, 1.3, 2];

export function answerFor(scenario: Scenario, index: number, standing: Standing): Answer {
  const metric = scenario.metrics[index]!;
  const dice = diceOf(scenario.seed, 3, index, standing.step);
  if (dice.chance(scenario.failing)) return { kind: 'failed', how: dice.pick(['error', 'absent', 'empty']) };
  const ratio = ratioAt(scenario, index, standing);
  switch (metric.source) {
    case 'object':
      return { kind: 'value', partsMilli: [totalMilli(metric, ratio, standing)] };
    case 'external':
      return { kind: 'value', partsMilli: split(totalMilli(metric, ratio, standing), dice.whole(1, 3)) };
    case 'utilisation':
    case 'resource':
    case 'pods':
      return { kind: 'pods', samples: samplesFor(scenario, metric, ratio, standing, dice) };
  }
}

/**
 * Half of the time the load of so and so many replicas, else a share of the target. Either stays for some syncs and
 * then jumps, so that windows and periods have something to remember.
 */
function ratioAt({ seed, minReplicas, maxReplicas }: Scenario, index: number, standing: Standing): number {
  const dice = diceOf(seed, 4, index, lastJump(seed, index, standing.step));
  const replicas = minReplicas + dice.share() * (maxReplicas * 1.1 - minReplicas);
  if (minReplicas === 0 && dice.chance(0.4)) return 0;
  const isLoad = dice.chance(0.6);
  return isLoad ? replicas / Math.max(1, standing.statusReplicas) : dice.pick(ratios);
}

function lastJump(seed: number, index: number, step: number): number {
  return step > 0 && diceOf(seed, 6, index, step).chance(0.5) ? lastJump(seed, index, step - 1) : step;
}

function split(total: number, parts: number): readonly number[] {
  const part = Math.floor(total / parts);
  return [...Array.from({ length: parts - 1 }, () => part), total - part * (parts - 1)];
}

function totalMilli(
  { target, targetMilli }: Extract<Metric, { target: unknown }>,
  ratio: number,
  { statusReplicas }: Standing,
): number {
  return Math.round(ratio * targetMilli * (target === 'value' ? 1 : statusReplicas));
}

function samplesFor(
  { pods: habits }: Scenario,
  metric: PodsMetric,
  ratio: number,
  { pods, nowMs }: Standing,
  dice: Dice,
): ReadonlyMap<string, PodSample> {
  const isEven = dice.chance(0.4);
  const samples = pods.flatMap((pod) => {
    const spread = isEven ? 1 : 0.7 + 0.6 * dice.share();
    const isMissing = dice.chance(isAlive(pod) && pod.phase === 'Running' ? habits!.missing : 0.7);
    const sample = sampleOf(metric, pod, ratio * spread, nowMs, dice);
    return isMissing ? [] : ([[pod.name, sample]] as const);
  });
  return new Map(samples);
}

type PodsMetric = Exclude<Metric, { source: 'object' | 'external' }>;

function sampleOf(metric: PodsMetric, pod: PlayedPod, ratio: number, nowMs: number, dice: Dice): PodSample {
  const windowMs = dice.pick([1, 2, 5]) * 1000;
  const atMs = nowMs - dice.whole(0, 2500);
  return { milli: Math.round(ratio * targetMilliOf(metric, pod)), atMs, windowMs };
}

function targetMilliOf(metric: PodsMetric, pod: PlayedPod): number {
  if (metric.source !== 'utilisation') return metric.targetMilli;
  const requestMilli = metric.resource === 'cpu' ? (pod.cpuMilli ?? 100) : pod.memoryBytes * 1000;
  return (requestMilli * metric.percent) / 100;
}

/** What our model takes for it. */
export function readingOf(answer: Answer, pods: readonly PlayedPod[]): MetricReading {
  switch (answer.kind) {
    case 'failed':
      return { kind: 'failed', message: `no metric: ${answer.how}` };
    case 'value':
      return { kind: 'value', milli: answer.partsMilli.reduce((sum, part) => sum + part, 0) };
    case 'pods':
      return { kind: 'pods', samples: pods.map(({ name }) => answer.samples.get(name)) };
  }
}

/** The controller asks for the metrics in the order of the spec. */
export function asksFor(metric: Metric, { group, resource, metric: name }: MetricsQuery): boolean {
  switch (metric.source) {
    case 'utilisation':
    case 'resource':
      return group === 'metrics.k8s.io';
    case 'pods':
    case 'object':
      return group === 'custom.metrics.k8s.io' && name === metric.name;
    case 'external':
      return group === 'external.metrics.k8s.io' && resource === metric.name;
  }
}

/** The answer as a list of its API; undefined for one that is not there. */
export function bodyOf(scenario: Scenario, metric: Metric, answer: Answer, nowMs: number): object | undefined {
  if (answer.kind === 'failed' && answer.how === 'error') throw new Error('the metric fails at this sync');
  if (answer.kind === 'failed' && answer.how === 'absent') return undefined;
  const timestamp = new Date(nowMs).toISOString();
  switch (metric.source) {
    case 'utilisation':
    case 'resource':
      return list('metrics.k8s.io/v1beta1', 'PodMetricsList', resourceItems(scenario, metric.resource, answer));
    case 'pods':
      return list('custom.metrics.k8s.io/v1beta2', 'MetricValueList', podItems(scenario, metric.name, answer));
    case 'object': {
      const describedObject = { apiVersion: 'v1', kind: 'Service', namespace: scenario.name, name: 'front' };
      const items = partsOf(answer).map((value) => ({
        describedObject,
        metric: { name: metric.name },
        timestamp,
        value,
      }));
      return list('custom.metrics.k8s.io/v1beta2', 'MetricValueList', items);
    }
    case 'external': {
      const series = { metricName: metric.name, metricLabels: {}, timestamp };
      const items = partsOf(answer).map((value) => ({ ...series, value }));
      return list('external.metrics.k8s.io/v1beta1', 'ExternalMetricValueList', items);
    }
  }
}

function list(apiVersion: string, kind: string, items: readonly object[]): object {
  return { apiVersion, kind, metadata: {}, items };
}

function partsOf(answer: Answer): readonly string[] {
  return answer.kind === 'value' ? answer.partsMilli.map((milli) => `${milli}m`) : [];
}

function samplesOf(answer: Answer): readonly (readonly [string, PodSample])[] {
  return answer.kind === 'pods' ? [...answer.samples] : [];
}

function resourceItems({ name: namespace, pods }: Scenario, resource: string, answer: Answer): readonly object[] {
  return samplesOf(answer).map(([name, { milli, atMs, windowMs }]) => {
    const first = pods!.containers === 1 ? milli : Math.floor(milli / 3);
    const usages = pods!.containers === 1 ? [first] : [first, milli - first];
    return {
      metadata: { name, namespace },
      timestamp: new Date(atMs).toISOString(),
      window: `${windowMs / 1000}s`,
      containers: usages.map((usage, i) => ({ name: `c${i}`, usage: { [resource]: `${usage}m` } })),
    };
  });
}

function podItems({ name: namespace }: Scenario, metric: string, answer: Answer): readonly object[] {
  return samplesOf(answer).map(([name, { milli, atMs, windowMs }]) => ({
    describedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name },
    metric: { name: metric },
    timestamp: new Date(atMs).toISOString(),
    windowSeconds: windowMs / 1000,
    value: `${milli}m`,
  }));
}
