import {
  defaultController,
  defaultScaleDown,
  defaultScaleUp,
  type HpaInput,
  type HpaSpec,
  type HpaState,
  newHpa,
  type PodGroup,
  type PodSample,
} from '../hpa/spec.ts';
import { syncHpa } from '../hpa/sync.ts';
import { type CausalPolicy, eachWorkload, type Moment, type WorkloadCard, type WorkloadView } from '../policy.ts';
import { plannedStartUpMs } from '../start-up.ts';
import type { Timetable } from '../timetable.ts';

export interface HpaSettings {
  /** Target as a share of what one replica serves, in whole percent. */
  readonly target: number;
  /** `utilisation` saturates at 1 as CPU does; `demand` counts the requests per replica, uncapped. */
  readonly metric: 'utilisation' | 'demand';
  readonly stabilisationMs: number;
  readonly upStabilisationMs: number;
  readonly tolerance: number;
  /** Age of the newest metric at a sync. */
  readonly delayMs: number;
}

export const defaultHpa: Omit<HpaSettings, 'target'> = {
  metric: 'utilisation',
  stabilisationMs: defaultScaleDown.stabilisationMs,
  upStabilisationMs: defaultScaleUp.stabilisationMs,
  tolerance: defaultController.tolerance,
  delayMs: 0,
};

/** A replica that is fully busy uses its request of one core. */
const requestMilli = 1000;

/** The HPA of autoscaling/v2 with the default behaviour, one sync at each decision row, fed with the last whole step. */
export function hpa(name: string, settings: HpaSettings): CausalPolicy {
  return eachWorkload(name, (card, timetable) => startHpa(settings, card, timetable));
}

/** The HPA of one workload: replicas wanted at each row, from memory and what is seen there. */
export function startHpa(
  settings: HpaSettings,
  card: WorkloadCard,
  timetable: Timetable,
): (view: WorkloadView, moment: Moment) => number {
  const spec = specOf(settings, card);
  const readyBySteps: number[] = [];
  let state: HpaState = newHpa;
  return (view, moment) => {
    if (readyBySteps.length < view.known) readyBySteps.push(view.readyLastStep);
    const step = view.known - 1 - Math.ceil(settings.delayMs / timetable.stepMs);
    const load = step < 0 ? Number.NaN : view.rates[step]!;
    const synced = syncHpa(spec, state, look(settings, card, timetable, view, moment, load, readyBySteps[step]));
    state = synced.state;
    return synced.replicas;
  };
}

/** Replicas have no upper limit in a simulation; this one is only beyond reach. */
const unlimited = 1_000_000;

function specOf(settings: HpaSettings, card: WorkloadCard): HpaSpec {
  return {
    minReplicas: 1,
    maxReplicas: unlimited,
    metrics: [
      settings.metric === 'utilisation'
        ? { kind: 'utilisation', resource: 'cpu', targetPercent: Math.round(settings.target * 100) }
        : { kind: 'pods', targetMilli: Math.round(settings.target * card.perReplica * unitOf(settings, card) * 1000) },
    ],
    behavior: {
      scaleUp: { ...defaultScaleUp, stabilisationMs: settings.upStabilisationMs },
      scaleDown: { ...defaultScaleDown, stabilisationMs: settings.stabilisationMs },
    },
    controller: { ...defaultController, tolerance: settings.tolerance },
  };
}

/**
 * Metrics are integers in thousandths. A target below one request per second is given in a unit, a power of ten, in which
 * it has four digits, as whoever sets it up would.
 */
function unitOf({ target }: HpaSettings, { perReplica }: WorkloadCard): number {
  return 10 ** Math.max(0, -Math.floor(Math.log10(target * perReplica)));
}

/**
 * The pods as the controller would find them: those that served the measured step, those that became ready since and
 * have no sample of a served step yet, and those that are starting.
 */
function look(
  settings: HpaSettings,
  card: WorkloadCard,
  timetable: Timetable,
  view: WorkloadView,
  { nowMs }: Moment,
  load: number,
  servedBy = Number.NaN,
): HpaInput {
  const measured = Math.min(view.ready, Math.floor(view.readyLastStep));
  const startedMs = nowMs - plannedStartUpMs(card.startUp);
  const longAgo = Number.NEGATIVE_INFINITY;
  const pods: PodGroup[] = [
    {
      count: measured,
      phase: 'running',
      requestMilli,
      startedMs: longAgo,
      ready: { status: true, changedMs: longAgo },
    },
    {
      count: view.ready - measured,
      phase: 'running',
      requestMilli,
      startedMs,
      ready: { status: true, changedMs: nowMs },
    },
    { count: view.desired - view.ready, phase: 'pending', requestMilli },
  ];
  const sampled = { atMs: nowMs - settings.delayMs, windowMs: timetable.stepMs };
  const samples: (PodSample | undefined)[] = Number.isNaN(load / servedBy)
    ? [undefined, undefined, undefined]
    : [
        { ...sampled, milli: usageMilli(settings, card, load / servedBy) },
        settings.metric === 'utilisation' ? { ...sampled, milli: 0 } : undefined,
        undefined,
      ];
  return {
    nowMs,
    replicas: view.desired,
    statusReplicas: view.desired,
    pods,
    readings: [{ kind: 'pods', samples }],
  };
}

function usageMilli(settings: HpaSettings, card: WorkloadCard, ratePerReplica: number): number {
  if (settings.metric === 'demand') return Math.trunc(ratePerReplica * unitOf(settings, card) * 1000);
  return Math.trunc(Math.min(1, ratePerReplica / card.perReplica) * requestMilli);
}
