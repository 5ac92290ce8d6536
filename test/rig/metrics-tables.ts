/**
 * What the three metrics APIs of Kubernetes answer, made from tables that a test sets.
 *
 * Shapes: k8s.io/metrics v0.35, pkg/apis/{metrics/v1beta1,custom_metrics/v1beta2,external_metrics/v1beta1}.
 * Pure apart from the tables: the pods come in as values.
 */

import type { Pod } from './api.ts';

export interface Usage {
  readonly cpuMillicores?: number;
  readonly memoryBytes?: number;
}

/** What each pod of a workload uses; as a function of the running pods, so that a fixed load can spread over them. */
export type PodUsage = Usage | ((runningPods: number) => Usage);

export type PodValue = number | ((runningPods: number) => number);

export interface ExternalValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Tables {
  /** `namespace/workload` */
  readonly usage: Map<string, PodUsage>;
  /** `namespace/workload/metric` */
  readonly podMetrics: Map<string, PodValue>;
  /** `namespace/resource/name/metric`, e.g. `shop/services/checkout/requests_per_second` */
  readonly objectMetrics: Map<string, number>;
  /** `namespace/metric` */
  readonly external: Map<string, readonly ExternalValue[]>;
}

export function emptyTables(): Tables {
  return { usage: new Map(), podMetrics: new Map(), objectMetrics: new Map(), external: new Map() };
}

/** The Deployment or StatefulSet that a pod belongs to; a ReplicaSet's name is its Deployment's and a hash. */
export function workloadOf(pod: Pod): string {
  const owner = pod.metadata.ownerReferences?.[0]?.name ?? pod.metadata.name;
  const hash = pod.metadata.labels?.['pod-template-hash'];
  return hash && owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner;
}

function keyOf(pod: Pod): string {
  return `${pod.metadata.namespace}/${workloadOf(pod)}`;
}

/** Running pods only, like metrics-server; their number per workload decides how a load spreads. */
function running(pods: readonly Pod[]): { readonly pods: readonly Pod[]; readonly count: (pod: Pod) => number } {
  const alive = pods.filter((pod) => pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp);
  const counts = new Map<string, number>();
  for (const pod of alive) counts.set(keyOf(pod), (counts.get(keyOf(pod)) ?? 0) + 1);
  return { pods: alive, count: (pod) => counts.get(keyOf(pod)) ?? 0 };
}

export function podMetricsList(tables: Tables, pods: readonly Pod[], now: Date): object {
  const alive = running(pods);
  const items = alive.pods.flatMap((pod) => {
    const entry = tables.usage.get(keyOf(pod));
    if (entry === undefined) return [];
    const usage = typeof entry === 'function' ? entry(alive.count(pod)) : entry;
    return [podMetrics(pod, usage, now)];
  });
  return { kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items };
}

/** The first container does all the work: a sidecar that idles is the common case. */
function podMetrics(pod: Pod, { cpuMillicores = 0, memoryBytes = 0 }: Usage, now: Date): unknown {
  return {
    metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace, labels: pod.metadata.labels },
    timestamp: now.toISOString(),
    window: '15s',
    containers: pod.spec.containers.map(({ name }, index) => ({
      name,
      usage: {
        cpu: index === 0 ? milli(cpuMillicores / 1000) : '0',
        memory: index === 0 ? String(Math.round(memoryBytes)) : '0',
      },
    })),
  };
}

export function customPodMetrics(tables: Tables, pods: readonly Pod[], metric: string, now: Date): object {
  const alive = running(pods);
  const items = alive.pods.flatMap((pod) => {
    const entry = tables.podMetrics.get(`${keyOf(pod)}/${metric}`);
    if (entry === undefined) return [];
    const value = typeof entry === 'function' ? entry(alive.count(pod)) : entry;
    const { name, namespace } = pod.metadata;
    return [metricValue({ kind: 'Pod', apiVersion: 'v1', name, namespace }, metric, value, now)];
  });
  return metricValueList(items);
}

export function customObjectMetric(
  tables: Tables,
  object: { readonly namespace: string; readonly resource: string; readonly name: string },
  metric: string,
  now: Date,
): object | undefined {
  const { namespace, resource, name } = object;
  const value = tables.objectMetrics.get(`${namespace}/${resource}/${name}/${metric}`);
  if (value === undefined) return undefined;
  return metricValueList([metricValue({ kind: resource, name, namespace }, metric, value, now)]);
}

function metricValueList(items: readonly unknown[]): object {
  return { kind: 'MetricValueList', apiVersion: 'custom.metrics.k8s.io/v1beta2', metadata: {}, items };
}

function metricValue(describedObject: unknown, name: string, value: number, now: Date): unknown {
  return { describedObject, metric: { name }, timestamp: now.toISOString(), value: milli(value) };
}

/** @param selector - of equalities only (`queue=orders,env=prod`), which is what tests need */
export function externalMetrics(
  tables: Tables,
  namespace: string,
  metric: string,
  selector: string,
  now: Date,
): object {
  const wanted = selector === '' ? [] : selector.split(',').map((pair) => pair.split('='));
  const values = tables.external.get(`${namespace}/${metric}`) ?? [];
  const items = values
    .filter(({ labels }) => wanted.every(([key = '', value]) => labels[key] === value))
    .map(({ labels, value }) => ({
      metricName: metric,
      metricLabels: labels,
      timestamp: now.toISOString(),
      value: milli(value),
    }));
  return { kind: 'ExternalMetricValueList', apiVersion: 'external.metrics.k8s.io/v1beta1', metadata: {}, items };
}

function milli(value: number): string {
  return `${Math.round(value * 1000)}m`;
}
