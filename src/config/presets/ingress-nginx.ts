import type { SignalTemplate } from '../../domain/workload.ts';
import { countedOrZero, share } from './share.ts';

/**
 * ingress-nginx labels requests with the namespace and the Service of the Ingress. Without `honor_labels` in the scrape
 * configuration those become `exported_namespace` and `exported_service`, and the plain names are the controller's
 * own; both forms are read.
 */
function ingressNginxRates(metric: string, only = ''): string {
  return `rate(${metric}{namespace=~"$namespaces", service=~"$names", exported_service=""${only}}[$window])
  or
  label_replace(
    label_replace(
      rate(${metric}{exported_namespace=~"$namespaces", exported_service=~"$names"${only}}[$window]),
      "namespace", "$1", "exported_namespace", "(.+)"
    ),
    "service", "$1", "exported_service", "(.+)"
  )`;
}

function ingressNginx(metric: string, keep = ''): string {
  return `sum by (namespace, service${keep}) (
  ${ingressNginxRates(metric)}
)`;
}

/** For workloads behind a Service of the same name. https://kubernetes.github.io/ingress-nginx/user-guide/monitoring/ */
export const ingressNginxRequests: SignalTemplate = {
  name: 'ingress-nginx-requests',
  query: ingressNginx('nginx_ingress_controller_requests'),
  namespaceLabel: 'namespace',
  nameLabel: 'service',
  scale: 1,
};

/** As the client sees it, the transfer included. For workloads behind a Service of the same name. */
export const ingressNginxLatency: SignalTemplate = {
  name: 'ingress-nginx-latency',
  query: `histogram_quantile($quantile, ${ingressNginx('nginx_ingress_controller_request_duration_seconds_bucket', ', le')})`,
  namespaceLabel: 'namespace',
  nameLabel: 'service',
  scale: 1,
};

/** As the client sees it: the controller's own 502 to 504, when no replica answers, are among them. */
export const ingressNginxErrors: SignalTemplate = {
  name: 'ingress-nginx-errors',
  query: share(
    `sum by (namespace, service) (
  ${countedOrZero(ingressNginxRates('nginx_ingress_controller_requests', ', status=~"5.."'), ingressNginxRates('nginx_ingress_controller_requests'))}
)`,
    ingressNginx('nginx_ingress_controller_requests'),
  ),
  namespaceLabel: 'namespace',
  nameLabel: 'service',
  scale: 1,
};
