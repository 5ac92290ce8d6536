import type { Situation } from '../../src/decide/policy.ts';
import type { HpaSituation, HpaState, WorkloadState } from '../../src/domain/cluster.ts';
import { type Allocation, emptyMemory } from '../../src/domain/plan.ts';
import { type Quality, type QualityState, qualityActions } from '../../src/domain/quality.ts';
import type { WorkloadRef, WorkloadSpec } from '../../src/domain/workload.ts';

export const nowMs = Date.UTC(2026, 0, 5, 12);
export const minute = 60_000;
export const ref: WorkloadRef = { namespace: 'shop', kind: 'Deployment', name: 'web' };

export function spec(more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    ref,
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
    seasonsMs: [24 * 60 * minute],
    ...more,
  };
}

export function state(desiredReplicas: number, more: Partial<WorkloadState> = {}): WorkloadState {
  return {
    ref,
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

export function hpaState(minReplicas: number, more: Partial<HpaState> = {}): HpaState {
  return {
    namespace: 'shop',
    name: 'web',
    minReplicas,
    maxReplicas: 50,
    currentReplicas: minReplicas,
    desiredReplicas: minReplicas,
    resourceVersion: '1',
    ...more,
  };
}

export function owned(minReplicas: number, more: Partial<HpaState> = {}): HpaSituation {
  return { kind: 'owned', hpa: hpaState(minReplicas, more) };
}

export function quality(stateName: QualityState, signal: Quality['signal'] = 'requests'): Quality {
  return {
    signal,
    state: stateName,
    action: qualityActions[stateName],
    message: 'as the test says',
    missingShare: 0,
    repairs: { resets: 0, duplicates: 0, infinities: 0 },
  };
}

export const settings = { tolerance: 0.1, holdMs: 5 * minute, maxStepUpFactor: 4, maxStepDownShare: 0.5, freeze: [] };

/** A workload of 10 replicas that wanted 1 just now, so that no hold stands in the way. */
export function situation(more: Partial<Situation> = {}): Situation {
  return {
    nowMs,
    spec: spec(),
    state: state(10),
    from: 10,
    memory: { ...emptyMemory, wanted: [{ atMs: nowMs - minute, replicas: 1 }] },
    settings,
    quality: [],
    ...more,
  };
}

/** What the budget gave. */
export function given(replicas: number, wanted: number, more: Partial<Allocation> = {}): Allocation {
  const sizing = { cpuMillicores: 500, memoryBytes: 1024 ** 3 };
  return {
    ref,
    sizing: { ...sizing, replicas },
    wanted: { ...sizing, replicas: wanted },
    penalty: 0,
    reasons: replicas < wanted ? [{ code: 'budget', message: `${replicas} of ${wanted}` }] : [],
    ...more,
  };
}
