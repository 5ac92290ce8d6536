/** What kube-state-metrics knows of a workload's pods: when they were made and ready, what they request, how many serve. */
import { estimateStartUp } from '../../capacity/start-up.ts';
import { formatDuration } from '../../config/durations.ts';
import { podOwners } from '../../config/presets/pod-owners.ts';
import type { StartUpSample } from '../../domain/cluster.ts';
import type { RawSeries } from '../../domain/ports.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import type { WorkloadRef, WorkloadSpec } from '../../domain/workload.ts';
import type { StartUp } from '../../simulate/start-up.ts';
import type { SeriesReader } from '../workload/series-reader.ts';

/** Pods are looked for this often; one that lived for less may be missed. */
const POD_STEP_MS = 5 * 60_000;
const pods = 'namespace=~"$namespaces", pod=~"(?:$names)-.+"';

/**
 * Times of a pod as values of a metric, in unix seconds.
 * https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/pod-metrics.md
 */
const created = `max by (namespace, pod) (kube_pod_created{${pods}})`;
const waited = `max by (namespace, pod) (kube_pod_status_ready_time{${pods}}) - on (namespace, pod) ${created}`;
const cpuRequest = `sum by (namespace, pod) (
  max by (namespace, pod, container) (kube_pod_container_resource_requests{${pods}, resource="cpu"})
)`;

/**
 * Series by pod of one workload. Where kube-state-metrics tells who owns a pod that decides, else the pattern by which
 * Deployments and StatefulSets name their pods.
 */
async function readByPod(reader: SeriesReader, perPod: string, ref: WorkloadRef): Promise<readonly RawSeries[]> {
  const joined = `(${perPod})\n* on (namespace, pod) group_left (owner_kind, owner_name)\n${podOwners}`;
  const owned = await reader.raw(joined, POD_STEP_MS);
  if (owned.length > 0) {
    return owned.filter(({ labels }) => labels['owner_kind'] === ref.kind && labels['owner_name'] === ref.name);
  }
  const tail = ref.kind === 'StatefulSet' ? /^-\d+$/ : /^-[a-z0-9]{1,10}-[a-z0-9]{5}$/;
  const named = await reader.raw(perPod, POD_STEP_MS);
  return named.filter(({ labels: { pod = '' } }) => pod.startsWith(ref.name) && tail.test(pod.slice(ref.name.length)));
}

export interface FoundStartUp {
  readonly startUp: StartUp;
  readonly words: string;
}

/**
 * Start-up time from creation to the first Ready, as the daemon estimates it from pods that it watches. Undefined with
 * fewer than three pods that became ready.
 */
export async function readStartUp(reader: SeriesReader, spec: WorkloadSpec): Promise<FoundStartUp | undefined> {
  const { startUpMs } = spec;
  if (startUpMs !== undefined)
    return { startUp: { kind: 'fixed', ms: startUpMs }, words: `${formatDuration(startUpMs)}, as configured` };
  const series = await readByPod(reader, waited, spec.ref);
  const estimate = estimateStartUp(series.flatMap(sampleOf), spec, Number.POSITIVE_INFINITY);
  if (estimate.source !== 'measured') return undefined;
  const p50Ms = Math.max(1000, estimate.p50Ms);
  const p99Ms = Math.max(p50Ms, estimate.p99Ms);
  return {
    startUp: { kind: 'drawn', p50Ms, p99Ms },
    words: `measured on ${estimate.samples} pods: half are ready in ${p50Ms / 1000} s, 99 % in ${p99Ms / 1000} s`,
  };
}

/** A pod that lost its readiness and got it back tells a later time, so the least one counts. */
function sampleOf({ labels, timesMs, values }: RawSeries): StartUpSample[] {
  let waitedS = Number.POSITIVE_INFINITY;
  for (const value of values) if (value >= 0 && value < waitedS) waitedS = value;
  if (waitedS === Number.POSITIVE_INFINITY) return [];
  const createdMs = timesMs[0]!;
  return [
    {
      podUid: labels['pod'] ?? '',
      templateHash: '',
      createdMs,
      readyMs: createdMs + waitedS * 1000,
      observedMs: timesMs.at(-1)!,
      waitedForNode: false,
    },
  ];
}

/** Millicores that the newest pod requests; undefined where none is known to request any. */
export async function readCpuRequest(reader: SeriesReader, ref: WorkloadRef): Promise<number | undefined> {
  const series = await readByPod(reader, cpuRequest, ref);
  const newest = series.toSorted((a, b) => (b.timesMs.at(-1) ?? 0) - (a.timesMs.at(-1) ?? 0))[0];
  const cores = newest?.values.findLast((value) => value > 0);
  return cores === undefined ? undefined : cores * 1000;
}

export function readReadyReplicas(reader: SeriesReader, kind: WorkloadRef['kind']): Promise<TimeSeries | undefined> {
  const label = kind.toLowerCase();
  const metric =
    kind === 'Deployment' ? 'kube_deployment_status_replicas_ready' : 'kube_statefulset_status_replicas_ready';
  return reader.series('requests', {
    name: 'ready-replicas',
    query: `max by (namespace, ${label}) (${metric}{namespace=~"$namespaces", ${label}=~"$names"})`,
    namespaceLabel: 'namespace',
    nameLabel: label,
    scale: 1,
  });
}
