/** The kinds of objects that are followed, per namespace or cluster-wide: five requests in all, then watches. */
import type { V1Namespace, V1Pod } from '@kubernetes/client-node';
import { isPaused } from '../annotations.ts';
import type { KubeClient } from '../client/client.ts';
import { type HpaRecord, hpaRecord } from './hpa.ts';
import { type NamespaceRecord, pollNamespace } from './namespace-poller.ts';
import { type PodRecord, podRecord } from './pod.ts';
import { Reflector } from './reflector.ts';
import type { Source } from './source.ts';
import { deploymentRecord, statefulSetRecord, type WorkloadRecord } from './workload.ts';

/** Pods of finished Jobs are most of the pods of some clusters, and never what is asked about here. */
const livingPods = 'status.phase!=Succeeded,status.phase!=Failed';
const namespacePollMs = 10_000;

export interface Sources {
  readonly workloads: readonly Source<WorkloadRecord>[];
  readonly hpas: readonly Source<HpaRecord>[];
  readonly pods: readonly Source<PodRecord>[];
  readonly namespaces: readonly Source<NamespaceRecord>[];
}

export interface SourceOptions {
  readonly now: () => number;
  readonly silenceMs: number;
  readonly onWarning: (message: string) => void;
  readonly onPodGone: (record: PodRecord, nowMs: number) => void;
}

export function createSources(client: KubeClient, options: SourceOptions): Sources {
  const scopes = client.namespaces.length > 0 ? client.namespaces : [undefined];
  return {
    workloads: scopes.flatMap((scope) => [deployments(client, scope, options), statefulSets(client, scope, options)]),
    hpas: scopes.map((scope) => hpas(client, scope, options)),
    pods: scopes.map((scope) => pods(client, scope, options)),
    namespaces: scopes.map((scope) => namespaces(client, scope, options)),
  };
}

type Scope = string | undefined;

function place(group: string, resource: string, scope: Scope): { readonly name: string; readonly path: string } {
  if (scope === undefined) return { name: resource, path: `${group}/${resource}` };
  return { name: `${resource} in ${scope}`, path: `${group}/namespaces/${encodeURIComponent(scope)}/${resource}` };
}

function deployments(client: KubeClient, namespace: Scope, options: SourceOptions) {
  return new Reflector(client, {
    ...place('/apis/apps/v1', 'deployments', namespace),
    ...options,
    list: (page) =>
      namespace === undefined
        ? client.apps.listDeploymentForAllNamespaces(page)
        : client.apps.listNamespacedDeployment({ ...page, namespace }),
    project: deploymentRecord,
  });
}

function statefulSets(client: KubeClient, namespace: Scope, options: SourceOptions) {
  return new Reflector(client, {
    ...place('/apis/apps/v1', 'statefulsets', namespace),
    ...options,
    list: (page) =>
      namespace === undefined
        ? client.apps.listStatefulSetForAllNamespaces(page)
        : client.apps.listNamespacedStatefulSet({ ...page, namespace }),
    project: statefulSetRecord,
  });
}

function hpas(client: KubeClient, namespace: Scope, options: SourceOptions) {
  return new Reflector(client, {
    ...place('/apis/autoscaling/v2', 'horizontalpodautoscalers', namespace),
    ...options,
    list: (page) =>
      namespace === undefined
        ? client.autoscaling.listHorizontalPodAutoscalerForAllNamespaces(page)
        : client.autoscaling.listNamespacedHorizontalPodAutoscaler({ ...page, namespace }),
    project: hpaRecord,
  });
}

function pods(client: KubeClient, namespace: Scope, options: SourceOptions) {
  return new Reflector<V1Pod, PodRecord>(client, {
    ...place('/api/v1', 'pods', namespace),
    ...options,
    fieldSelector: livingPods,
    list: (page) =>
      namespace === undefined
        ? client.core.listPodForAllNamespaces({ ...page, fieldSelector: livingPods })
        : client.core.listNamespacedPod({ ...page, namespace, fieldSelector: livingPods }),
    project: podRecord,
    onRemove: options.onPodGone,
  });
}

function namespaces(client: KubeClient, namespace: Scope, options: SourceOptions): Source<NamespaceRecord> {
  if (namespace !== undefined) return pollNamespace(client, namespace, { ...options, everyMs: namespacePollMs });
  return new Reflector<V1Namespace, NamespaceRecord>(client, {
    ...place('/api/v1', 'namespaces', namespace),
    ...options,
    list: (page) => client.core.listNamespace(page),
    project: ({ metadata }) => ({ name: metadata?.name ?? '', paused: isPaused(metadata?.annotations) }),
  });
}
