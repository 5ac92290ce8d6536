/**
 * forescale itself: the facts of each decision row go through the planning of production, `planWorkloads`, with the
 * forecasters that the slow clock fitted in simulated time. Nothing here decides.
 */
import type { StartUpEstimate } from '../../domain/capacity.ts';
import type { HpaSituation, WorkloadState } from '../../domain/cluster.ts';
import type { Facts, Round, WorkloadFacts } from '../../domain/facts.ts';
import type { FittedSeries } from '../../domain/forecast.ts';
import { type DecisionMemory, emptyMemory } from '../../domain/plan.ts';
import type { Settings } from '../../domain/settings.ts';
import type { WorkloadRef, WorkloadSpec } from '../../domain/workload.ts';
import { planWorkloads } from '../../pipeline/plan-workloads.ts';
import { startEventKnowledge } from '../forescale/event-knowledge.ts';
import { createLearner, type Learner, type LearnerSettings } from '../forescale/learner.ts';
import { judgeTrace } from '../forescale/quality.ts';
import { configuredCapacity } from '../need.ts';
import type { CausalPolicy, Moment, PolicyRun, WorkloadCard, WorkloadView } from '../policy.ts';
import { plannedStartUpMs, type StartUp, startUpQuantile } from '../start-up.ts';
import type { Timetable } from '../timetable.ts';
import { type HpaSettings, startHpa } from './hpa.ts';

/** What is the same for every forescale policy of a simulation. */
export interface ForescaleSettings extends Omit<LearnerSettings, 'windowMs'> {
  readonly history: Settings['history'];
  readonly decide: Settings['decide'];
  readonly allocator: Settings['allocator'];
  readonly budgets: Settings['budgets'];
  /** Settings of a workload; what the card of the simulation says (capacity, objective, start-up) goes over them. */
  readonly specOf: (card: WorkloadCard) => WorkloadSpec;
}

export interface ForescaleVariant {
  /** Share of time in violation to aim at, over that of the specs. */
  readonly violationShare?: number;
  /** Works as a floor under this HPA instead of owning the replicas. */
  readonly hpa?: HpaSettings;
  /** Sees every round as it was planned. */
  readonly onRound?: (round: Round, moment: Moment) => void;
}

/** Policies made by one maker share their fits and forecasters in each simulation. */
export type ForescaleMaker = (name: string, variant: ForescaleVariant) => CausalPolicy;

export interface Forescale {
  readonly make: ForescaleMaker;
  /** Learners of a simulation by workload, once it has started. */
  learners(timetable: Timetable): readonly Learner[];
}

export function createForescale(settings: ForescaleSettings): Forescale {
  const learners = new WeakMap<Timetable, readonly Learner[]>();
  const learnersOf = (cards: readonly WorkloadCard[], timetable: Timetable): readonly Learner[] => {
    const known = learners.get(timetable);
    if (known !== undefined) return known;
    const learning = { ...settings, windowMs: settings.history.windowMs };
    const created = cards.map((card) => {
      const serving = {
        capacity: configuredCapacity(card.perReplica, card.objective),
        holdMs: settings.decide.holdMs,
      };
      return createLearner(fullSpec(settings, card), timetable, { ...learning, serving });
    });
    learners.set(timetable, created);
    return created;
  };
  return {
    make: (name, variant) => ({
      kind: 'causal',
      name,
      start: (cards, timetable) => startRun(settings, variant, cards, timetable, learnersOf(cards, timetable)),
    }),
    learners: (timetable) => learners.get(timetable) ?? [],
  };
}

/** One workload as forescale keeps it between rounds. */
interface Managed {
  readonly spec: WorkloadSpec;
  readonly card: WorkloadCard;
  readonly learner: Learner;
  readonly startUp: StartUpEstimate;
  readonly hpa?: (view: WorkloadView, moment: Moment) => number;
  floor: number;
  memory: DecisionMemory;
}

function startRun(
  settings: ForescaleSettings,
  variant: ForescaleVariant,
  cards: readonly WorkloadCard[],
  timetable: Timetable,
  learners: readonly Learner[],
): PolicyRun {
  const managed = cards.map((card, i): Managed => {
    const spec = fullSpec(settings, card, variant.violationShare);
    const startUp = estimateOf(card.startUp, timetable.decideMs);
    const hpa = variant.hpa && { hpa: startHpa(variant.hpa, card, timetable) };
    return { spec, card, learner: learners[i]!, startUp, floor: 1, memory: emptyMemory, ...hpa };
  });
  const specs = managed.map(({ spec }) => spec);
  const upliftsAt = startEventKnowledge(specs, timetable, settings.history.windowMs);
  return {
    prepare(moment) {
      const pending = managed.flatMap(({ learner }, i) => learner.prepare(moment.row, moment.workloads[i]!) ?? []);
      return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
    },
    decide(moment) {
      const facts = factsAt(settings, managed, timetable, moment);
      const uplifts = upliftsAt(moment);
      const workloads = facts.workloads.map((each, i) => ({ ...each, ...(uplifts[i] && { uplifts: uplifts[i] }) }));
      const round = planWorkloads({ ...facts, workloads });
      variant.onRound?.(round, moment);
      return managed.map((workload, i) => follow(workload, round.outcomes[i]!, moment.workloads[i]!, moment));
    },
  };
}

/** Carries a decision out: the number itself, or a floor under the HPA, which may want more. */
function follow(
  workload: Managed,
  { decision, memory }: Round['outcomes'][number],
  view: WorkloadView,
  moment: Moment,
): number {
  const to = decision.kind === 'scale' ? decision.to : decision.from;
  workload.memory = memory;
  workload.floor = to;
  return Math.max(1, to, workload.hpa?.(view, moment) ?? 0);
}

function factsAt(
  settings: ForescaleSettings,
  managed: readonly Managed[],
  timetable: Timetable,
  moment: Moment,
): Facts {
  return {
    nowMs: moment.nowMs,
    loopMs: timetable.decideMs,
    allocator: settings.allocator,
    budgets: settings.budgets,
    decide: settings.decide,
    workloads: managed.map((workload, i) => workloadFacts(settings, workload, timetable, moment, moment.workloads[i]!)),
  };
}

function workloadFacts(
  settings: ForescaleSettings,
  { spec, card, learner, startUp, memory, floor, hpa }: Managed,
  timetable: Timetable,
  { row, nowMs }: Moment,
  view: WorkloadView,
): WorkloadFacts {
  const forecaster = learner.forecasterAt(row, view);
  const { startMs, stepMs } = timetable;
  return {
    spec,
    state: stateOf(spec.ref, view, hpa && floor),
    series: { requests: { startMs, stepMs, values: view.rates.subarray(0, view.known) } },
    quality: [judgeTrace(spec.ref, view, timetable, nowMs, settings.history)],
    capacity: configuredCapacity(card.perReplica, card.objective),
    startUp,
    memory,
    ...(forecaster && { forecaster }),
    ...replayOf(learner.fitted()),
  };
}

function replayOf(fitted: FittedSeries | undefined): Pick<WorkloadFacts, 'replay'> {
  if (!fitted?.replay) return {};
  return { replay: { ...fitted.replay, trainedThroughMs: fitted.trainedThroughMs } };
}

/** @param floor - of the HPA, where there is one */
function stateOf(ref: WorkloadRef, view: WorkloadView, floor: number | undefined): WorkloadState {
  return {
    ref,
    desiredReplicas: view.desired,
    readyReplicas: view.ready,
    containers: [],
    templateHash: 'simulated',
    rolloutInProgress: false,
    paused: false,
    hpa: floor === undefined ? { kind: 'none' } : ownedHpa(ref, view, floor),
    startUps: [],
  };
}

function ownedHpa({ namespace, name }: WorkloadRef, view: WorkloadView, floor: number): HpaSituation {
  const replicas = { currentReplicas: view.desired, desiredReplicas: view.desired };
  const bounds = { minReplicas: floor, maxReplicas: Number.MAX_SAFE_INTEGER };
  const lease = { originalMinReplicas: 1, expiresMs: Number.MAX_SAFE_INTEGER };
  return { kind: 'owned', hpa: { namespace, name, ...bounds, ...replicas, resourceVersion: '1', lease } };
}

function fullSpec(settings: ForescaleSettings, card: WorkloadCard, violationShare?: number): WorkloadSpec {
  return {
    ...settings.specOf(card),
    objective: configuredCapacity(card.perReplica, card.objective).objective,
    perReplicaRps: card.perReplica,
    startUpMs: plannedStartUpMs(card.startUp),
    ...(violationShare !== undefined && { violationShare }),
  };
}

/** A replica serves from a decision row on, so times are rounded up to the next one. */
function estimateOf(startUp: StartUp, decideMs: number): StartUpEstimate {
  const rounded = (level: 0.5 | 0.9 | 0.99) => Math.ceil(startUpQuantile(startUp, level) / decideMs) * decideMs;
  return { p50Ms: rounded(0.5), p90Ms: rounded(0.9), p99Ms: rounded(0.99), samples: 0, source: 'configured' };
}
