/**
 * Templates for metrics that most clusters have. Each serves all the workloads that share it in one query.
 *
 * Rules they all follow: a rate is taken before any sum, because a sum of counters hides their resets; the right side
 * of every join is made unique first, because one duplicate would fail the query for all workloads at once
 * (kube-state-metrics has two generations of a series for some minutes after its own restart).
 */
import type { SignalName, SignalTemplate } from '../domain/workload.ts';
import { cadvisorCpu, cadvisorMemory, cadvisorThrottling } from './presets/cadvisor.ts';
import {
  httpByAppErrors,
  httpByAppLatency,
  httpByAppRequests,
  httpErrors,
  httpHistogramRequests,
  httpLatency,
  httpRequests,
} from './presets/http.ts';
import { ingressNginxErrors, ingressNginxLatency, ingressNginxRequests } from './presets/ingress-nginx.ts';
import { istioErrors, istioLatency, istioRequests } from './presets/istio.ts';

/** Presets by the signal that they observe; a setting names them without the signal, as in `latency: istio`. */
export const presets: { readonly [signal in SignalName]: readonly SignalTemplate[] } = {
  requests: [ingressNginxRequests, istioRequests, httpRequests, httpHistogramRequests, httpByAppRequests],
  latency: [ingressNginxLatency, istioLatency, httpLatency, httpByAppLatency],
  cpu: [cadvisorCpu],
  memory: [cadvisorMemory],
  errors: [ingressNginxErrors, istioErrors, httpErrors, httpByAppErrors],
  throttling: [cadvisorThrottling],
};
