import type { CapacityModel, StartUpEstimate } from '../../src/domain/capacity.ts';
import type { HpaSituation, WorkloadState } from '../../src/domain/cluster.ts';
import type { Facts, WorkloadFacts } from '../../src/domain/facts.ts';
import type { Forecast, OnlineForecaster } from '../../src/domain/forecast.ts';
import { type Quality, type QualityState, qualityActions } from '../../src/domain/quality.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import type { WorkloadRef, WorkloadSpec } from '../../src/domain/workload.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** A Monday, noon; every series ends here. */
export const nowMs = Date.UTC(2026, 0, 5, 12);

export function refOf(name: string): WorkloadRef {
  return { namespace: 'shop', kind: 'Deployment', name };
}

/** Minutes that end at `nowMs`, from their age in steps: 0 is the last complete one. */
export function history(steps: number, value: (age: number) => number): TimeSeries {
  const values = Float64Array.from({ length: steps }, (_, i) => value(steps - 1 - i));
  return { startMs: nowMs - steps * minute, stepMs: minute, values };
}

/** A forecaster that says `mean(h)` at step h, and `spread` × (level − 0.5) × 2 more at each level; counts its calls. */
export function fakeForecaster(
  mean: (step: number) => number,
  spread = 0,
  startMs = nowMs,
): OnlineForecaster & { readonly asked: (readonly [steps: number, levels: readonly number[]])[] } {
  const asked: (readonly [number, readonly number[]])[] = [];
  return {
    model: 'fake',
    asked,
    observe() {},
    forecast(horizonSteps, levels): Forecast {
      asked.push([horizonSteps, levels]);
      const means = Float64Array.from({ length: horizonSteps }, (_, h) => mean(h));
      const quantiles = levels.map((level) => means.map((value) => value + spread * (2 * level - 1)));
      return { startMs, stepMs: minute, mean: means, levels, quantiles, model: 'fake' };
    },
  };
}

/** 10 requests/s for each replica at full utilisation, so that load / 10 is the need. */
export const tenEach: CapacityModel = {
  driver: 'requests',
  perReplica: 10,
  interval: [10, 10],
  objective: { kind: 'utilisation', share: 1 },
  source: 'configured',
  samples: 0,
};

export const twoMinutes: StartUpEstimate = {
  p50Ms: 2 * minute,
  p90Ms: 2 * minute,
  p99Ms: 2 * minute,
  samples: 0,
  source: 'configured',
};

export function specOf(name: string, more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    ref: refOf(name),
    objective: { kind: 'utilisation', share: 1 },
    minReplicas: 1,
    maxReplicas: 100,
    priority: 0,
    costWeight: 1,
    pool: 'default',
    violationShare: 0.01,
    hpaMode: 'floor',
    requestsMode: 'recommend',
    events: [],
    signals: {},
    seasonsMs: [day, 7 * day],
    ...more,
  };
}

export function stateOf(name: string, desiredReplicas: number, more: Partial<WorkloadState> = {}): WorkloadState {
  return {
    ref: refOf(name),
    desiredReplicas,
    readyReplicas: desiredReplicas,
    containers: [{ name: 'app', cpuRequestMillicores: 500, memoryRequestBytes: 1024 ** 3 }],
    templateHash: 'a',
    rolloutInProgress: false,
    paused: false,
    hpa: { kind: 'none' },
    startUps: [],
    ...more,
  };
}

export function ownedHpa(minReplicas: number): HpaSituation {
  const hpa = {
    namespace: 'shop',
    name: 'web',
    minReplicas,
    maxReplicas: 50,
    currentReplicas: 10,
    desiredReplicas: 10,
  };
  return { kind: 'owned', hpa: { ...hpa, resourceVersion: '1' } };
}

export function qualityOf(state: QualityState, signal: Quality['signal'] = 'requests'): Quality {
  const repairs = { resets: 0, duplicates: 0, infinities: 0 };
  return { signal, state, action: qualityActions[state], message: 'as the test says', missingShare: 0, repairs };
}

/** A workload `web` of 10 replicas under 100 requests/s, forecast to stay there, that wanted 1 replica just now. */
export function workload(more: Partial<WorkloadFacts> = {}, name = 'web'): WorkloadFacts {
  return {
    spec: specOf(name),
    state: stateOf(name, 10),
    series: { requests: history(60, () => 100) },
    quality: [qualityOf('ok')],
    forecaster: fakeForecaster(() => 100),
    capacity: tenEach,
    startUp: twoMinutes,
    memory: { wanted: [{ atMs: nowMs - minute, replicas: 1 }] },
    ...more,
  };
}

export function factsOf(workloads: readonly WorkloadFacts[], more: Partial<Facts> = {}): Facts {
  return {
    nowMs,
    loopMs: minute,
    allocator: 'auto',
    budgets: [],
    decide: { tolerance: 0.1, holdMs: 5 * minute, maxStepUpFactor: 4, maxStepDownShare: 0.5, freeze: [] },
    workloads,
    ...more,
  };
}
