import type { SignalTemplate } from '../../domain/workload.ts';
import { byOwner, ownerLabels, pods } from './pod-owners.ts';
import { share } from './share.ts';

/**
 * The kubelet's cAdvisor with kube-state-metrics. Series without a container are sums over the pod, and `POD` is the
 * sandbox. `max` per container: a restarted container has two series for a while, and so has a kubelet scraped twice.
 */
export const cadvisorCpu: SignalTemplate = {
  name: 'cadvisor-cpu',
  query: byOwner(`sum by (namespace, pod) (
  max by (namespace, pod, container) (
    rate(container_cpu_usage_seconds_total{${pods}, container!="", container!="POD"}[$window])
  )
)`),
  ...ownerLabels,
  scale: 1000,
};

/** The kubelet's cAdvisor with kube-state-metrics; the working set is what the kernel cannot simply take back. */
export const cadvisorMemory: SignalTemplate = {
  name: 'cadvisor-memory',
  query: byOwner(`sum by (namespace, pod) (
  max by (namespace, pod, container) (
    container_memory_working_set_bytes{${pods}, container!="", container!="POD"}
  )
)`),
  ...ownerLabels,
  scale: 1,
};

function cfsPeriods(metric: string): string {
  return byOwner(
    `max by (namespace, pod, container) (
  rate(${metric}{${pods}, container!="", container!="POD"}[$window])
)`,
    ', container',
  );
}

/**
 * Over all replicas, of the container that is held back most: an idle proxy beside it does not halve the share. The
 * kubelet counts periods only for containers with a CPU limit; a workload without one stays empty.
 */
export const cadvisorThrottling: SignalTemplate = {
  name: 'cadvisor-throttling',
  query: `max by (namespace, owner_kind, owner_name) (
${share(cfsPeriods('container_cpu_cfs_throttled_periods_total'), cfsPeriods('container_cpu_cfs_periods_total'))}
)`,
  ...ownerLabels,
  scale: 1,
};
