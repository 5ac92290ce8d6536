/** Series as exporters write them, in the notation of promtool; the interval of the test is 30 s. */

/** A counter that grows by `perSecond` in steps of 30 s. */
const counter = (perSecond: number, start = 0) => `${start}+${perSecond * 30}x40`;
export const gauge = (value: number) => `${value}x40`;

export type Input = readonly [series: string, values: string];

/** As kube-state-metrics has it: a Deployment over two generations of ReplicaSets, and a StatefulSet of the same name. */
export const owners: readonly Input[] = [
  [
    'kube_pod_owner{namespace="shop",pod="web-6d4-aaaaa",owner_kind="ReplicaSet",owner_name="web-6d4",instance="ksm-1"}',
    gauge(1),
  ],
  [
    'kube_pod_owner{namespace="shop",pod="web-77f-bbbbb",owner_kind="ReplicaSet",owner_name="web-77f",instance="ksm-1"}',
    gauge(1),
  ],
  // kube-state-metrics restarted: the same facts under another instance.
  [
    'kube_pod_owner{namespace="shop",pod="web-77f-bbbbb",owner_kind="ReplicaSet",owner_name="web-77f",instance="ksm-2"}',
    gauge(1),
  ],
  ['kube_pod_owner{namespace="shop",pod="web-0",owner_kind="StatefulSet",owner_name="web",instance="ksm-1"}', gauge(1)],
  [
    'kube_pod_owner{namespace="shop",pod="web-admin-1c2-ccccc",owner_kind="ReplicaSet",owner_name="web-admin-1c2"}',
    gauge(1),
  ],
  ['kube_pod_owner{namespace="shop",pod="web-cleanup-ddddd",owner_kind="Job",owner_name="web-cleanup"}', gauge(1)],
  ['kube_pod_owner{namespace="test",pod="web-6d4-aaaaa",owner_kind="ReplicaSet",owner_name="web-6d4"}', gauge(1)],
  [
    'kube_replicaset_owner{namespace="shop",replicaset="web-6d4",owner_kind="Deployment",owner_name="web",instance="ksm-1"}',
    gauge(1),
  ],
  [
    'kube_replicaset_owner{namespace="shop",replicaset="web-77f",owner_kind="Deployment",owner_name="web",instance="ksm-1"}',
    gauge(1),
  ],
  [
    'kube_replicaset_owner{namespace="shop",replicaset="web-77f",owner_kind="Deployment",owner_name="web",instance="ksm-2"}',
    gauge(1),
  ],
  [
    'kube_replicaset_owner{namespace="shop",replicaset="web-admin-1c2",owner_kind="Deployment",owner_name="web-admin"}',
    gauge(1),
  ],
  ['kube_replicaset_owner{namespace="test",replicaset="web-6d4",owner_kind="Deployment",owner_name="web"}', gauge(1)],
];

const cpu = (labels: string, perSecond: number, start = 0): Input => [
  `container_cpu_usage_seconds_total{${labels}}`,
  counter(perSecond, start),
];

export const cadvisor: readonly Input[] = [
  cpu('namespace="shop",pod="web-6d4-aaaaa",container="app",image="a",id="/1",cpu="total"', 0.25),
  cpu('namespace="shop",pod="web-6d4-aaaaa",container="proxy",image="b",id="/2",cpu="total"', 0.0625),
  // Sums over the pod, and its sandbox, that must not be counted again.
  cpu('namespace="shop",pod="web-6d4-aaaaa",container="",id="/pod",cpu="total"', 0.3125),
  cpu('namespace="shop",pod="web-6d4-aaaaa",container="POD",image="pause",id="/3",cpu="total"', 0.0625),
  cpu('namespace="shop",pod="web-77f-bbbbb",container="app",image="a",id="/4",cpu="total",job="kubelet"', 0.5),
  // The same kubelet scraped by a second job.
  cpu('namespace="shop",pod="web-77f-bbbbb",container="app",image="a",id="/4",cpu="total",job="kubelet-2"', 0.5),
  cpu('namespace="shop",pod="web-0",container="app",image="c",id="/5",cpu="total"', 1),
  cpu('namespace="shop",pod="web-admin-1c2-ccccc",container="app",image="d",id="/6",cpu="total"', 8),
  cpu('namespace="shop",pod="web-cleanup-ddddd",container="app",image="e",id="/7",cpu="total"', 8),
  cpu('namespace="test",pod="web-6d4-aaaaa",container="app",image="a",id="/8",cpu="total"', 8),
  ['container_memory_working_set_bytes{namespace="shop",pod="web-6d4-aaaaa",container="app",image="a"}', gauge(1000)],
  ['container_memory_working_set_bytes{namespace="shop",pod="web-6d4-aaaaa",container=""}', gauge(9000)],
  ['container_memory_working_set_bytes{namespace="shop",pod="web-77f-bbbbb",container="app",image="a"}', gauge(500)],
  ['container_memory_working_set_bytes{namespace="shop",pod="web-0",container="app",image="c"}', gauge(7)],
];

/** 90 % of the requests take up to 0.1, all of them up to 0.5: p95 lies half-way between the two. */
const histogram = (name: string, labels: string, perSecond: number, unit = 1): readonly Input[] => [
  [`${name}_bucket{${labels},le="${0.1 * unit}"}`, counter(perSecond * 0.9)],
  [`${name}_bucket{${labels},le="${0.5 * unit}"}`, counter(perSecond)],
  [`${name}_bucket{${labels},le="+Inf"}`, counter(perSecond)],
  [`${name}_count{${labels}}`, counter(perSecond)],
];

const pod = (name: string) => `namespace="shop",pod="${name}",container="app",endpoint="http"`;
export const http: readonly Input[] = [
  [`http_requests_total{${pod('web-6d4-aaaaa')},code="200"}`, counter(4)],
  [`http_requests_total{${pod('web-6d4-aaaaa')},code="500"}`, counter(1)],
  [`http_requests_total{${pod('web-77f-bbbbb')},code="200"}`, counter(10)],
  [`http_requests_total{${pod('web-0')},code="200"}`, counter(2)],
  ['http_requests_total{namespace="shop",app="guide",code="200"}', counter(6)],
  ...histogram('http_request_duration_seconds', pod('web-6d4-aaaaa'), 20),
  ...histogram('http_request_duration_seconds', pod('web-77f-bbbbb'), 10),
  ...histogram('http_request_duration_seconds', 'namespace="shop",app="guide"', 10),
];

/** Answers whose status stands under each of the names that are in use, and answers without a status. */
export const statuses: readonly Input[] = [
  ['http_requests_total{namespace="shop",app="web",status="2xx"}', counter(96)],
  ['http_requests_total{namespace="shop",app="web",status="5xx"}', counter(1)],
  ['http_requests_total{namespace="shop",app="web",status_code="404"}', counter(2)],
  ['http_requests_total{namespace="shop",app="web",status_code="503"}', counter(1)],
  ['http_requests_total{namespace="shop",app="web",method="GET"}', counter(300)],
  ['http_requests_total{namespace="shop",app="guide",method="GET"}', counter(300)],
];

/** Of two containers in each of two replicas one has its limit in the way; `web-0` is idle, and the last has no limit. */
const periods = (labels: string, throttled: number, all: number): readonly Input[] => [
  [`container_cpu_cfs_throttled_periods_total{namespace="shop",${labels}}`, counter(throttled)],
  [`container_cpu_cfs_periods_total{namespace="shop",${labels}}`, counter(all)],
];
export const scheduler: readonly Input[] = [
  ...periods('pod="web-6d4-aaaaa",container="app",id="/1"', 4, 10),
  ...periods('pod="web-6d4-aaaaa",container="proxy",id="/2"', 0, 10),
  ...periods('pod="web-6d4-aaaaa",container="",id="/pod"', 9, 10),
  ...periods('pod="web-77f-bbbbb",container="app",id="/4",job="kubelet"', 2, 10),
  ...periods('pod="web-77f-bbbbb",container="app",id="/4",job="kubelet-2"', 2, 10),
  ...periods('pod="web-77f-bbbbb",container="proxy",id="/5"', 1, 10),
  ...periods('pod="web-0",container="app",id="/6"', 0, 0),
  cpu('namespace="shop",pod="web-admin-1c2-ccccc",container="app",image="d",id="/7",cpu="total"', 8),
];

const nginx = 'controller_class="k8s.io/ingress-nginx",ingress="shop"';
const renamed = `${nginx},namespace="ingress",service="controller-metrics",exported_namespace="shop",exported_service="guide"`;
export const ingress: readonly Input[] = [
  [`nginx_ingress_controller_requests{${nginx},namespace="shop",service="web",status="200"}`, counter(3)],
  [`nginx_ingress_controller_requests{${nginx},namespace="shop",service="web",status="404"}`, counter(1)],
  [`nginx_ingress_controller_requests{${renamed},status="200"}`, counter(5)],
  [`nginx_ingress_controller_requests{${nginx},namespace="test",service="web",status="200"}`, counter(50)],
  // The controller itself runs as shop/web here: what it forwards to others is no load of its own.
  [
    `nginx_ingress_controller_requests{${nginx},namespace="shop",service="web",exported_namespace="other",exported_service="x"}`,
    counter(100),
  ],
  ...histogram('nginx_ingress_controller_request_duration_seconds', `${nginx},namespace="shop",service="web"`, 10),
  ...histogram('nginx_ingress_controller_request_duration_seconds', renamed, 10),
];

const mesh = (reporter: string) =>
  `reporter="${reporter}",destination_workload="web",destination_workload_namespace="shop"`;
export const istio: readonly Input[] = [
  [`istio_requests_total{${mesh('destination')},response_code="200"}`, counter(8)],
  [`istio_requests_total{${mesh('destination')},response_code="503"}`, counter(2)],
  // The same requests, told by the caller's sidecar.
  [`istio_requests_total{${mesh('source')},response_code="200"}`, counter(10)],
  ...histogram('istio_request_duration_milliseconds', mesh('destination'), 10, 1000),
];

/** As the two above, with errors among the answers to one of each, and a Service that nobody asks anything of. */
export const failingIngress: readonly Input[] = [
  ...ingress,
  [`nginx_ingress_controller_requests{${nginx},namespace="shop",service="web",status="502"}`, counter(1)],
  [`nginx_ingress_controller_requests{${renamed},status="504"}`, counter(5)],
  [`nginx_ingress_controller_requests{${nginx},namespace="shop",service="quiet",status="200"}`, counter(0, 7)],
];
