/** Pods as the reader keeps them: whose they are, which template they came from, and when they became ready first. */
import type { V1Pod } from '@kubernetes/client-node';
import type { StartUpSample } from '../../../domain/cluster.ts';
import { type WorkloadRef, workloadKey } from '../../../domain/workload.ts';

/** A scheduler that finds room binds a pod within a second or two; longer means it waited for a node. */
const promptMs = 5_000;

/**
 * A pod may become ready more than once, and its condition only tells the last time. What happened before the first
 * sight of a pod older than this is not known, so it says nothing about start-up.
 */
const believableMs = 10 * 60_000;

export interface PodRecord {
  readonly workload: string;
  readonly sample: StartUpSample;
  /** Whether the sample says something about start-up. */
  readonly counts: boolean;
}

/**
 * @param before - what was kept of the same pod, so that the first Ready stays and not the last.
 * @returns undefined for a pod that no Deployment or StatefulSet made.
 */
export function podRecord(pod: V1Pod, before: PodRecord | undefined, nowMs: number): PodRecord | undefined {
  const owner = before ? { workload: before.workload, templateHash: before.sample.templateHash } : ownerOf(pod);
  if (!owner) return undefined;
  const createdMs = timeMs(pod.metadata?.creationTimestamp) ?? nowMs;
  const scheduledMs = before?.sample.scheduledMs ?? since(pod, 'PodScheduled', 'True');
  const readyMs = before?.sample.readyMs ?? since(pod, 'Ready', 'True');
  const sample: StartUpSample = {
    podUid: pod.metadata?.uid ?? '',
    templateHash: owner.templateHash,
    createdMs,
    ...(scheduledMs !== undefined && { scheduledMs }),
    ...(readyMs !== undefined && { readyMs: Math.max(createdMs, readyMs) }),
    observedMs: nowMs,
    waitedForNode: before?.sample.waitedForNode || hasWaited(pod, createdMs, scheduledMs),
  };
  const counts = before?.counts ?? (readyMs ?? nowMs) - createdMs <= believableMs;
  return { workload: owner.workload, sample, counts };
}

function hasWaited(pod: V1Pod, createdMs: number, scheduledMs: number | undefined): boolean {
  if (since(pod, 'PodScheduled', 'False') !== undefined) return true;
  return scheduledMs !== undefined && scheduledMs - createdMs > promptMs;
}

/** A condition's last transition, if it has this status. The API gives it in whole seconds. */
function since(pod: V1Pod, type: string, status: string): number | undefined {
  const condition = pod.status?.conditions?.find((one) => one.type === type && one.status === status);
  return timeMs(condition?.lastTransitionTime);
}

/** Lists give Date objects, watches give text. */
function timeMs(time: Date | string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const ms = new Date(time).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * A Deployment's pods belong to a ReplicaSet that the Deployment controller names `<deployment>-<pod-template-hash>`
 * (k8s.io/kubernetes/pkg/controller/deployment/sync.go), with that hash as a label: so the ReplicaSets themselves need not be read.
 */
function ownerOf(pod: V1Pod): { readonly workload: string; readonly templateHash: string } | undefined {
  const namespace = pod.metadata?.namespace ?? '';
  const labels = pod.metadata?.labels ?? {};
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller);
  const of = (kind: WorkloadRef['kind'], name: string, templateHash: string) => ({
    workload: workloadKey({ namespace, kind, name }),
    templateHash,
  });
  if (owner?.kind === 'StatefulSet') return of('StatefulSet', owner.name, labels['controller-revision-hash'] ?? '');
  const hash = labels['pod-template-hash'];
  if (owner?.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) return undefined;
  return of('Deployment', owner.name.slice(0, -hash.length - 1), hash);
}
