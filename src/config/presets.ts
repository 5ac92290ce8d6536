/**
 * Templates for metrics that most clusters have. Each serves all the workloads that share it in one query.
 *
 * Rules they all follow: a rate is taken before any sum, because a sum of counters hides their resets; the right side
 * of every join is made unique first, because one duplicate would fail the query for all workloads at once
 * (kube-state-metrics has two generations of a series for some minutes after its own restart).
 */
import type { SignalName, SignalTemplate } from '../domain/workload.ts';

/** The pods that are wanted. Kubernetes cuts names above 57 characters in pod names; such workloads stay empty, which holds. */
const pods = 'namespace=~"$namespaces", pod=~"(?:$names)-.+"';

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
function byOwner(perPod: string, keep = ''): string {
  return `sum by (namespace, owner_kind, owner_name${keep}) (
${perPod}
* on (namespace, pod) group_left (owner_kind, owner_name)
${podOwners}
)`;
}

const ownerLabels = { namespaceLabel: 'namespace', nameLabel: 'owner_name', kindLabel: 'owner_kind' } as const;

/**
 * The kubelet's cAdvisor with kube-state-metrics. Series without a container are sums over the pod, and `POD` is the
 * sandbox. `max` per container: a restarted container has two series for a while, and so has a kubelet scraped twice.
 */
const cadvisorCpu: SignalTemplate = {
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
const cadvisorMemory: SignalTemplate = {
  name: 'cadvisor-memory',
  query: byOwner(`sum by (namespace, pod) (
  max by (namespace, pod, container) (
    container_memory_working_set_bytes{${pods}, container!="", container!="POD"}
  )
)`),
  ...ownerLabels,
  scale: 1,
};

/**
 * ingress-nginx labels requests with the namespace and the Service of the Ingress. Without `honor_labels` in the scrape
 * configuration those become `exported_namespace` and `exported_service`, and the plain names are the controller's
 * own; both forms are read.
 */
function ingressNginx(metric: string, keep = ''): string {
  return `sum by (namespace, service${keep}) (
  rate(${metric}{namespace=~"$namespaces", service=~"$names", exported_service=""}[$window])
  or
  label_replace(
    label_replace(
      rate(${metric}{exported_namespace=~"$namespaces", exported_service=~"$names"}[$window]),
      "namespace", "$1", "exported_namespace", "(.+)"
    ),
    "service", "$1", "exported_service", "(.+)"
  )
)`;
}

/** For workloads behind a Service of the same name. https://kubernetes.github.io/ingress-nginx/user-guide/monitoring/ */
const ingressNginxRequests: SignalTemplate = {
  name: 'ingress-nginx-requests',
  query: ingressNginx('nginx_ingress_controller_requests'),
  namespaceLabel: 'namespace',
  nameLabel: 'service',
  scale: 1,
};

/** As the client sees it, the transfer included. For workloads behind a Service of the same name. */
const ingressNginxLatency: SignalTemplate = {
  name: 'ingress-nginx-latency',
  query: `histogram_quantile($quantile, ${ingressNginx('nginx_ingress_controller_request_duration_seconds_bucket', ', le')})`,
  namespaceLabel: 'namespace',
  nameLabel: 'service',
  scale: 1,
};

const istioSelector =
  'reporter="destination", destination_workload_namespace=~"$namespaces", destination_workload=~"$names"';
const istioLabels = { namespaceLabel: 'destination_workload_namespace', nameLabel: 'destination_workload' } as const;

/** The sidecar of the workload that is called; the caller's would miss callers outside the mesh. https://istio.io/latest/docs/reference/config/metrics/ */
const istioRequests: SignalTemplate = {
  name: 'istio-requests',
  query: `sum by (destination_workload_namespace, destination_workload) (
  rate(istio_requests_total{${istioSelector}}[$window])
)`,
  ...istioLabels,
  scale: 1,
};

/** Istio measures in milliseconds. */
const istioLatency: SignalTemplate = {
  name: 'istio-latency',
  query: `histogram_quantile($quantile, sum by (destination_workload_namespace, destination_workload, le) (
  rate(istio_request_duration_milliseconds_bucket{${istioSelector}}[$window])
))`,
  ...istioLabels,
  scale: 0.001,
};

/** The sum per pod of a counter that the pods expose themselves; namespace and pod come from service discovery. */
function perPod(metric: string, keep = ''): string {
  return `sum by (namespace, pod${keep}) (rate(${metric}{${pods}}[$window]))`;
}

/**
 * http_requests_total as client libraries expose it. Discovered pods carry `namespace` and `pod` with the usual
 * relabelling (Prometheus Operator, the community chart) but not their workload, so kube-state-metrics is asked for it.
 */
const httpRequests: SignalTemplate = {
  name: 'http-requests',
  query: byOwner(perPod('http_requests_total')),
  ...ownerLabels,
  scale: 1,
};

/** Requests counted by the histogram of durations, where the pods expose no counter beside it. */
const httpHistogramRequests: SignalTemplate = {
  name: 'http-histogram-requests',
  query: byOwner(perPod('http_request_duration_seconds_count')),
  ...ownerLabels,
  scale: 1,
};

/** Classic histogram of durations in the pods themselves. */
const httpLatency: SignalTemplate = {
  name: 'http-latency',
  query: `histogram_quantile($quantile, ${byOwner(perPod('http_request_duration_seconds_bucket', ', le'), ', le')})`,
  ...ownerLabels,
  scale: 1,
};

const byApp = 'namespace=~"$namespaces", app=~"$names"';

/**
 * Without kube-state-metrics: the label `app`, which targets have where pod labels are mapped onto them (`labelmap` in
 * the example configuration of Prometheus). For workloads whose `app` label is their name.
 */
const httpByAppRequests: SignalTemplate = {
  name: 'http-by-app-requests',
  query: `sum by (namespace, app) (rate(http_requests_total{${byApp}}[$window]))`,
  namespaceLabel: 'namespace',
  nameLabel: 'app',
  scale: 1,
};

/** As `http-by-app-requests`, from the classic histogram of durations. */
const httpByAppLatency: SignalTemplate = {
  name: 'http-by-app-latency',
  query: `histogram_quantile($quantile, sum by (namespace, app, le) (
  rate(http_request_duration_seconds_bucket{${byApp}}[$window])
))`,
  namespaceLabel: 'namespace',
  nameLabel: 'app',
  scale: 1,
};

/** Presets by the signal that they observe; a setting names them without the signal, as in `latency: istio`. */
export const presets: { readonly [signal in SignalName]: readonly SignalTemplate[] } = {
  requests: [ingressNginxRequests, istioRequests, httpRequests, httpHistogramRequests, httpByAppRequests],
  latency: [ingressNginxLatency, istioLatency, httpLatency, httpByAppLatency],
  cpu: [cadvisorCpu],
  memory: [cadvisorMemory],
};
