/**
 * What an HPA alone would run for the same load: the yardstick of the cost panel. A shadow of the documented
 * algorithm (src/simulate/hpa) that starts from what is there and then lives by itself.
 */
import type { CapacityModel } from '../domain/capacity.ts';
import type { WorkloadState } from '../domain/cluster.ts';
import type { WorkloadSpec } from '../domain/workload.ts';
import {
  defaultController,
  defaultScaleDown,
  defaultScaleUp,
  type HpaInput,
  type HpaSpec,
  type HpaState,
  newHpa,
} from '../simulate/hpa/spec.ts';
import { syncHpa } from '../simulate/hpa/sync.ts';

/** Target of a workload without an HPA of its own: what most HPAs are set to. */
const USUAL_TARGET = 0.7;
const REQUEST_MILLI = 1000;

export interface Shadow {
  state: HpaState;
  replicas: number;
}

/** The HPA as its owner wrote it: without the floor and the target of a lease. */
export function ownSpec(spec: WorkloadSpec, state: WorkloadState): HpaSpec {
  const hpa = state.hpa.kind === 'owned' ? state.hpa.hpa : undefined;
  const target = hpa?.lease?.originalCpuUtilisationTarget ?? hpa?.cpuUtilisationTarget ?? USUAL_TARGET;
  return {
    minReplicas: hpa?.lease?.originalMinReplicas ?? hpa?.minReplicas ?? spec.minReplicas,
    maxReplicas: hpa?.maxReplicas ?? spec.maxReplicas,
    metrics: [{ kind: 'utilisation', resource: 'cpu', targetPercent: Math.round(target * 100) }],
    behavior: { scaleUp: defaultScaleUp, scaleDown: defaultScaleDown },
    controller: defaultController,
  };
}

/** All replicas of the shadow as one group that has been ready for long: its start-up time is left out, in its favour. */
function look(replicas: number, load: number, perReplica: number, nowMs: number, stepMs: number): HpaInput {
  const longAgo = Number.NEGATIVE_INFINITY;
  const busy = Math.min(1, load / (replicas * perReplica));
  return {
    nowMs,
    replicas,
    statusReplicas: replicas,
    pods: [
      {
        count: replicas,
        phase: 'running',
        requestMilli: REQUEST_MILLI,
        startedMs: longAgo,
        ready: { status: true, changedMs: longAgo },
      },
    ],
    readings: [{ kind: 'pods', samples: [{ milli: Math.trunc(busy * REQUEST_MILLI), atMs: nowMs, windowMs: stepMs }] }],
  };
}

/** The shadow after one more sync with the load of the last complete step. */
export function syncShadow(
  shadow: Shadow | undefined,
  hpa: HpaSpec,
  capacity: CapacityModel,
  load: number,
  nowMs: number,
  stepMs: number,
): Shadow {
  const { state, replicas } = shadow ?? { state: newHpa, replicas: Math.max(1, hpa.minReplicas) };
  return syncHpa(hpa, state, look(replicas, load, capacity.perReplica, nowMs, stepMs));
}
