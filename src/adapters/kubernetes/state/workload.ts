/** Deployments and StatefulSets as the reader keeps them: a few hundred bytes of what may be many kilobytes. */
import { createHash } from 'node:crypto';
import type { V1Container, V1Deployment, V1PodTemplateSpec, V1StatefulSet } from '@kubernetes/client-node';
import type { ContainerResources } from '../../../domain/cluster.ts';
import type { WorkloadRef } from '../../../domain/workload.ts';
import { isPaused, ownAnnotations } from '../annotations.ts';
import { parseBytes, parseMillicores } from './quantity.ts';

export interface WorkloadRecord {
  readonly ref: WorkloadRef;
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  readonly containers: readonly ContainerResources[];
  /** Names the template of the newest pods where the object itself says it (StatefulSet), else a hash of its content. */
  readonly templateHash: string;
  readonly rolloutInProgress: boolean;
  readonly paused: boolean;
  /** Those of forescale. */
  readonly annotations: { readonly [name: string]: string };
}

export function deploymentRecord(deployment: V1Deployment): WorkloadRecord {
  const { metadata, spec, status } = deployment;
  const old = (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return {
    ...common(deployment, 'Deployment'),
    templateHash: contentHash(spec?.template),
    rolloutInProgress: isUnobserved(metadata?.generation, status?.observedGeneration) || old > 0,
  };
}

export function statefulSetRecord(set: V1StatefulSet): WorkloadRecord {
  const { metadata, status } = set;
  return {
    ...common(set, 'StatefulSet'),
    templateHash: status?.updateRevision ?? contentHash(set.spec?.template),
    rolloutInProgress: isUnobserved(metadata?.generation, status?.observedGeneration) || isUpdating(set),
  };
}

function common(object: V1Deployment | V1StatefulSet, kind: WorkloadRef['kind']) {
  const { metadata, spec, status } = object;
  return {
    ref: { namespace: metadata?.namespace ?? '', kind, name: metadata?.name ?? '' },
    desiredReplicas: spec?.replicas ?? 1,
    readyReplicas: status?.readyReplicas ?? 0,
    containers: (spec?.template.spec?.containers ?? []).map(containerResources),
    paused: isPaused(metadata?.annotations),
    annotations: ownAnnotations(metadata?.annotations),
  };
}

/** The controller has not looked at the newest spec yet, so its status describes an older one. */
function isUnobserved(generation: number | undefined, observed: number | undefined): boolean {
  return (generation ?? 0) > (observed ?? 0);
}

/** Pods above the partition are to be updated; with OnDelete nobody updates them until somebody deletes them. */
function isUpdating({ spec, status }: V1StatefulSet): boolean {
  if (spec?.updateStrategy?.type === 'OnDelete') return false;
  if (status?.currentRevision === status?.updateRevision) return false;
  const kept = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  return (status?.updatedReplicas ?? 0) < (status?.replicas ?? 0) - kept;
}

function containerResources({ name, resources }: V1Container): ContainerResources {
  const cpuRequestMillicores = parseMillicores(resources?.requests?.['cpu']);
  const cpuLimitMillicores = parseMillicores(resources?.limits?.['cpu']);
  const memoryRequestBytes = parseBytes(resources?.requests?.['memory']);
  const memoryLimitBytes = parseBytes(resources?.limits?.['memory']);
  return {
    name,
    ...(cpuRequestMillicores !== undefined && { cpuRequestMillicores }),
    ...(cpuLimitMillicores !== undefined && { cpuLimitMillicores }),
    ...(memoryRequestBytes !== undefined && { memoryRequestBytes }),
    ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
  };
}

/** Stable under the order of keys and under absent against null, which differ between a list and a watch. */
function contentHash(template: V1PodTemplateSpec | undefined): string {
  const text = canonicalJson({ spec: template?.spec, annotations: template?.metadata?.annotations });
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && field !== null);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
}
