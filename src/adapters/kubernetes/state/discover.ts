/** Finds workloads that ask to be scaled: by annotation from the local copy, by label through the server's own selector. */
import type { DiscoverySettings } from '../../../domain/settings.ts';
import { type WorkloadRef, workloadKey } from '../../../domain/workload.ts';
import { isEnabled } from '../annotations.ts';
import type { KubeClient } from '../client/client.ts';
import { failureText } from '../client/failure.ts';
import { readAgain } from '../client/retry.ts';
import type { WorkloadRecord } from './workload.ts';

export interface Discovered {
  readonly ref: WorkloadRef;
  readonly namespace: string;
  /** Those that start with `forescale.dev/`. */
  readonly annotations: { readonly [name: string]: string };
}

/**
 * `forescale.dev/enabled: "false"` leaves a workload out even when its labels match.
 *
 * @returns in the order of their keys, so that equal clusters give equal plans.
 * @throws Error when the server refuses the selector or does not answer.
 */
export async function discoverWorkloads(
  client: KubeClient,
  { annotation, labelSelector }: Pick<DiscoverySettings, 'annotation' | 'labelSelector'>,
  workloads: readonly WorkloadRecord[],
): Promise<readonly Discovered[]> {
  const labelled = labelSelector === undefined ? new Set<string>() : await matching(client, labelSelector);
  const found = workloads.filter((record) => {
    if (annotation && isEnabled(record.annotations)) return true;
    return labelled.has(workloadKey(record.ref)) && record.annotations['forescale.dev/enabled'] !== 'false';
  });
  const all = found.map(({ ref, annotations }) => ({ ref, namespace: ref.namespace, annotations }));
  return all.sort((a, b) => (workloadKey(a.ref) < workloadKey(b.ref) ? -1 : 1));
}

async function matching(client: KubeClient, labelSelector: string): Promise<ReadonlySet<string>> {
  const scopes = client.namespaces.length > 0 ? client.namespaces : [undefined];
  const kinds = ['Deployment', 'StatefulSet'] as const;
  const lists = scopes.flatMap((scope) => kinds.map((kind) => keys(client, kind, scope, labelSelector)));
  return new Set((await Promise.all(lists)).flat());
}

async function keys(
  client: KubeClient,
  kind: WorkloadRef['kind'],
  namespace: string | undefined,
  labelSelector: string,
): Promise<readonly string[]> {
  const answer = await readAgain(() => list(client, kind, namespace, labelSelector));
  if (answer.kind === 'failed') {
    throw new Error(`discovery.labelSelector "${labelSelector}": ${failureText(answer.failure)}`);
  }
  return answer.value.items.map(({ metadata }) =>
    workloadKey({ namespace: metadata?.namespace ?? '', kind, name: metadata?.name ?? '' }),
  );
}

function list({ apps }: KubeClient, kind: WorkloadRef['kind'], namespace: string | undefined, labelSelector: string) {
  switch (kind) {
    case 'Deployment':
      return namespace === undefined
        ? apps.listDeploymentForAllNamespaces({ labelSelector })
        : apps.listNamespacedDeployment({ namespace, labelSelector });
    case 'StatefulSet':
      return namespace === undefined
        ? apps.listStatefulSetForAllNamespaces({ labelSelector })
        : apps.listNamespacedStatefulSet({ namespace, labelSelector });
  }
}
