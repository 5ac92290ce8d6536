import type { SignalTemplate } from '../../domain/workload.ts';
import { countedOrZero, share } from './share.ts';

const istioSelector =
  'reporter="destination", destination_workload_namespace=~"$namespaces", destination_workload=~"$names"';
const istioLabels = { namespaceLabel: 'destination_workload_namespace', nameLabel: 'destination_workload' } as const;

/** The sidecar of the workload that is called; the caller's would miss callers outside the mesh. https://istio.io/latest/docs/reference/config/metrics/ */
export const istioRequests: SignalTemplate = {
  name: 'istio-requests',
  query: `sum by (destination_workload_namespace, destination_workload) (
  rate(istio_requests_total{${istioSelector}}[$window])
)`,
  ...istioLabels,
  scale: 1,
};

/** Istio measures in milliseconds. */
export const istioLatency: SignalTemplate = {
  name: 'istio-latency',
  query: `histogram_quantile($quantile, sum by (destination_workload_namespace, destination_workload, le) (
  rate(istio_request_duration_milliseconds_bucket{${istioSelector}}[$window])
))`,
  ...istioLabels,
  scale: 0.001,
};

/** By HTTP status: gRPC answers 200 and tells its own status in grpc_response_status, which asks for a template of one's own. */
export const istioErrors: SignalTemplate = {
  name: 'istio-errors',
  query: share(
    `sum by (destination_workload_namespace, destination_workload) (
  ${countedOrZero(
    `rate(istio_requests_total{${istioSelector}, response_code=~"5.."}[$window])`,
    `rate(istio_requests_total{${istioSelector}}[$window])`,
  )}
)`,
    istioRequests.query,
  ),
  ...istioLabels,
  scale: 1,
};
