import type { SignalTemplate } from '../../domain/workload.ts';
import { byOwner, ownerLabels, pods } from './pod-owners.ts';
import { countedOrZero, share } from './share.ts';

/** The sum per pod of a counter that the pods expose themselves; namespace and pod come from service discovery. */
function perPod(metric: string, keep = ''): string {
  return `sum by (namespace, pod${keep}) (rate(${metric}{${pods}}[$window]))`;
}

/**
 * http_requests_total as client libraries expose it. Discovered pods carry `namespace` and `pod` with the usual
 * relabelling (Prometheus Operator, the community chart) but not their workload, so kube-state-metrics is asked for it.
 */
export const httpRequests: SignalTemplate = {
  name: 'http-requests',
  query: byOwner(perPod('http_requests_total')),
  ...ownerLabels,
  scale: 1,
};

/** Requests counted by the histogram of durations, where the pods expose no counter beside it. */
export const httpHistogramRequests: SignalTemplate = {
  name: 'http-histogram-requests',
  query: byOwner(perPod('http_request_duration_seconds_count')),
  ...ownerLabels,
  scale: 1,
};

/** Classic histogram of durations in the pods themselves. */
export const httpLatency: SignalTemplate = {
  name: 'http-latency',
  query: `histogram_quantile($quantile, ${byOwner(perPod('http_request_duration_seconds_bucket', ', le'), ', le')})`,
  ...ownerLabels,
  scale: 1,
};

/**
 * Requests by their status, which client libraries call `code`, `status` or `status_code`. Requests without any are not
 * counted at all: nothing is known of them, and a share of none would say that there were no errors.
 */
function withStatus(selector: string, status: string): string {
  return ['code', 'status', 'status_code']
    .map((label) => `rate(http_requests_total{${selector}, ${label}=~"${status}"}[$window])`)
    .join('\n  or\n  ');
}

/** Every answer with a status, and of those only the server errors with their rate. */
const answered = (selector: string) => withStatus(selector, '[1-5]..');
const failed = (selector: string) => countedOrZero(withStatus(selector, '5..'), answered(selector));

/** From http_requests_total, where it has a label for the status of the answer. */
export const httpErrors: SignalTemplate = {
  name: 'http-errors',
  query: share(
    byOwner(`sum by (namespace, pod) (
  ${failed(pods)}
)`),
    byOwner(`sum by (namespace, pod) (
  ${answered(pods)}
)`),
  ),
  ...ownerLabels,
  scale: 1,
};

const byApp = 'namespace=~"$namespaces", app=~"$names"';

/**
 * Without kube-state-metrics: the label `app`, which targets have where pod labels are mapped onto them (`labelmap` in
 * the example configuration of Prometheus). For workloads whose `app` label is their name.
 */
export const httpByAppRequests: SignalTemplate = {
  name: 'http-by-app-requests',
  query: `sum by (namespace, app) (rate(http_requests_total{${byApp}}[$window]))`,
  namespaceLabel: 'namespace',
  nameLabel: 'app',
  scale: 1,
};

/** As `http-by-app-requests`, from the classic histogram of durations. */
export const httpByAppLatency: SignalTemplate = {
  name: 'http-by-app-latency',
  query: `histogram_quantile($quantile, sum by (namespace, app, le) (
  rate(http_request_duration_seconds_bucket{${byApp}}[$window])
))`,
  namespaceLabel: 'namespace',
  nameLabel: 'app',
  scale: 1,
};

/** As `http-errors`, without kube-state-metrics. */
export const httpByAppErrors: SignalTemplate = {
  name: 'http-by-app-errors',
  query: share(
    `sum by (namespace, app) (
  ${failed(byApp)}
)`,
    `sum by (namespace, app) (
  ${answered(byApp)}
)`,
  ),
  namespaceLabel: 'namespace',
  nameLabel: 'app',
  scale: 1,
};
