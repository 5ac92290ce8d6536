import type { PrometheusSettings } from '../../../src/domain/settings.ts';
import type { SignalTemplate, WorkloadRef } from '../../../src/domain/workload.ts';

export const MINUTE = 60_000;

export function settings(url: string, more: Partial<PrometheusSettings> = {}): PrometheusSettings {
  return { url, timeoutMs: 5000, concurrency: 4, maxSamples: 200_000, rateWindowMs: 120_000, headers: {}, ...more };
}

export const template: SignalTemplate = {
  name: 'plain',
  query: 'sum by (ns, app) (rate(http_requests_total{ns=~"$namespaces", app=~"$names"}[$window]))',
  namespaceLabel: 'ns',
  nameLabel: 'app',
  scale: 1,
};

export function deployment(name: string, namespace = 'shop'): WorkloadRef {
  return { namespace, kind: 'Deployment', name };
}

/** Ten steps. */
export const range = { startMs: 1_800_000_000_000, endMs: 1_800_000_600_000, stepMs: MINUTE };
