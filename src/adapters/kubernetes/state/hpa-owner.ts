/** Who else would put an HPA's `minReplicas` back if forescale changed it. */
import type { V1ManagedFieldsEntry, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { agentName } from '../client/client.ts';

/** Field managers of tools that re-apply what they own. A person with kubectl is not one of them. */
const revertingManagers: { readonly [manager: string]: string } = {
  'argocd-controller': 'Argo CD',
  'argocd-application-controller': 'Argo CD',
  'kustomize-controller': 'Flux (kustomize-controller)',
  'helm-controller': 'Flux (helm-controller)',
  configsync: 'Config Sync',
};

/**
 * The controller that would revert a change of `spec.minReplicas`, or undefined.
 *
 * - KEDA writes the HPA anew from its ScaledObject; so does any other controller that owns the object.
 * - A GitOps tool only counts when it manages that very field (metadata.managedFields): an HPA in Git that leaves
 *   `minReplicas` out may be raised without a fight, whatever labels it carries.
 */
export function revertingOwner(hpa: V2HorizontalPodAutoscaler): string | undefined {
  const { labels, ownerReferences, managedFields } = hpa.metadata ?? {};
  const scaledObject = labels?.['scaledobject.keda.sh/name'];
  if (scaledObject !== undefined) return `KEDA ScaledObject ${scaledObject}`;
  const owner = ownerReferences?.find(({ controller, kind }) => controller || kind === 'ScaledObject');
  if (owner) return `${owner.kind === 'ScaledObject' ? 'KEDA ' : ''}${owner.kind} ${owner.name}`;
  const entry = managedFields?.find((candidate) => isReverting(candidate) && managesMin(candidate));
  return entry && revertingManagers[entry.manager ?? ''];
}

/** The newest other manager of `spec.minReplicas`: who changed what forescale wrote. */
export function otherManager(hpa: V2HorizontalPodAutoscaler): string | undefined {
  const others = (hpa.metadata?.managedFields ?? []).filter(
    (entry) => entry.manager !== agentName && managesMin(entry),
  );
  const newest = others.sort((a, b) => timeOf(a) - timeOf(b)).at(-1);
  return newest?.manager;
}

function isReverting({ manager }: V1ManagedFieldsEntry): boolean {
  return manager !== undefined && Object.hasOwn(revertingManagers, manager);
}

/** `fieldsV1` is a tree of "f:<field>" keys: k8s.io/apimachinery FieldsV1. */
function managesMin({ fieldsV1 }: V1ManagedFieldsEntry): boolean {
  const spec = (fieldsV1 as { readonly 'f:spec'?: object } | undefined)?.['f:spec'];
  return spec !== undefined && 'f:minReplicas' in spec;
}

function timeOf({ time }: V1ManagedFieldsEntry): number {
  return time === undefined ? 0 : new Date(time).getTime();
}
