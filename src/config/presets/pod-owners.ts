/** Which workload a pod is of, as kube-state-metrics tells it. */

/** The pods that are wanted. Kubernetes cuts names above 57 characters in pod names; such workloads stay empty, which holds. */
export const pods = 'namespace=~"$namespaces", pod=~"(?:$names)-.+"';

/**
 * For every pod the Deployment or StatefulSet behind it, as `owner_kind` and `owner_name` with the value 1.
 *
 * kube-state-metrics: kube_pod_owner names the ReplicaSet of a Deployment's pod, kube_replicaset_owner its Deployment.
 * https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/pod-metrics.md
 */
export const podOwners = `topk by (namespace, pod) (1,
  max by (namespace, pod, owner_kind, owner_name) (
    kube_pod_owner{namespace=~"$namespaces", owner_kind="StatefulSet", owner_name=~"$names"}
  )
  or
  max by (namespace, pod, owner_kind, owner_name) (
    label_replace(
      kube_pod_owner{namespace=~"$namespaces", owner_kind="ReplicaSet", owner_name=~"(?:$names)-.+"},
      "replicaset", "$1", "owner_name", "(.+)"
    )
    * on (namespace, replicaset) group_left (owner_kind, owner_name)
    topk by (namespace, replicaset) (1,
      max by (namespace, replicaset, owner_kind, owner_name) (
        kube_replicaset_owner{namespace=~"$namespaces", owner_kind="Deployment", owner_name=~"$names"}
      )
    )
  )
)`;

/** Sums what `perPod` has for each pod (labels namespace and pod, and those in `keep`) into its workload. */
export function byOwner(perPod: string, keep = ''): string {
  return `sum by (namespace, owner_kind, owner_name${keep}) (
${perPod}
* on (namespace, pod) group_left (owner_kind, owner_name)
${podOwners}
)`;
}

export const ownerLabels = { namespaceLabel: 'namespace', nameLabel: 'owner_name', kindLabel: 'owner_kind' } as const;
