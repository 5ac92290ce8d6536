import type { LoadAnswer, RawSeries } from '../../src/domain/ports.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import type { SignalTemplate, WorkloadRef } from '../../src/domain/workload.ts';
import type { ObserveContext } from '../../src/observe/observe-signal.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** On the grid of minutes, and 20 s into a step. */
export const END = Date.UTC(2026, 9, 20, 9, 12);
export const NOW = END + 20_000;

export const template: SignalTemplate = {
  name: 'istio',
  query: 'sum by (ns, app) (rate(istio_requests_total{ns=~"$namespaces", app=~"$names"}[$window]))',
  namespaceLabel: 'ns',
  nameLabel: 'app',
  scale: 1,
};

export const checkout: WorkloadRef = { namespace: 'shop', kind: 'Deployment', name: 'checkout' };
export const catalogue: WorkloadRef = { namespace: 'shop', kind: 'Deployment', name: 'catalogue' };
export const CHECKOUT = 'shop/Deployment/checkout';
export const CATALOGUE = 'shop/Deployment/catalogue';

/** Three days that end with the last complete step. */
export function steady(value: number, steps = (3 * DAY) / MINUTE): TimeSeries {
  return { startMs: END - steps * MINUTE, stepMs: MINUTE, values: new Float64Array(steps).fill(value) };
}

/** Samples of the steps that end with END, oldest first. */
export function samples(ref: WorkloadRef, values: readonly number[], lastMs = END): RawSeries {
  return {
    labels: { ns: ref.namespace, app: ref.name },
    timesMs: values.map((_, i) => lastMs - (values.length - 1 - i) * MINUTE),
    values,
  };
}

export function answered(series: readonly RawSeries[], warnings: readonly string[] = []): LoadAnswer {
  return { kind: 'answered', series, warnings, queries: 1 };
}

export function context(more: Partial<ObserveContext> = {}): ObserveContext {
  return {
    signal: 'requests',
    template,
    workloads: [checkout, catalogue],
    known: new Map(),
    nowMs: NOW,
    stepMs: MINUTE,
    windowMs: 3 * DAY,
    limits: { maxGapShare: 0.2, staleAfterMs: 5 * MINUTE },
    ...more,
  };
}
