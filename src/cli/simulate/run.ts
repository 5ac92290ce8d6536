/** The simulation itself, from what was read to what the policies did. */
import { setImmediate as immediate } from 'node:timers/promises';
import { openForescale } from '../../app/simulation/open-forescale.ts';
import { runToEnd, type Simulation, startSimulation } from '../../simulate/engine.ts';
import { type ForecastWatch, type WatchedForecasts, watchForecasts } from '../../simulate/forescale/forecast-watch.ts';
import { compareFamilies, type FrontierReport } from '../../simulate/frontier/compare.ts';
import { dayTotals } from '../../simulate/frontier/day-totals.ts';
import { createNeed } from '../../simulate/need.ts';
import { neededByStep } from '../../simulate/needed.ts';
import { oracle } from '../../simulate/policies/oracle.ts';
import { oracleFor } from '../../simulate/policies/paying-oracle.ts';
import type { Pause, Policy, Workload } from '../../simulate/policy.ts';
import { type PolicyReport, reportPolicies } from '../../simulate/report.ts';
import { plannedStartUpMs } from '../../simulate/start-up.ts';
import { layTimetable, type Timetable } from '../../simulate/timetable.ts';
import type { Context } from '../context.ts';
import { startProgress } from '../progress.ts';
import { largest } from './largest.ts';
import type { Material } from './material.ts';
import { parsePolicies } from './policy-names.ts';
import { describe, type SimulateSettings } from './settings.ts';

/** A trace is one workload; its name shows in reasons only. */
const WORKLOAD = 'workload';
/** Forecasts kept for a picture. */
const MOST_FORECASTS = 6_000;

export interface Outcome {
  readonly material: Material;
  readonly settings: SimulateSettings;
  readonly simulation: Simulation;
  readonly reports: readonly PolicyReport[];
  readonly frontier?: FrontierReport;
  readonly forecasts?: WatchedForecasts;
  /** Refits that failed, with the row. */
  readonly failures: readonly string[];
}

export interface Wishes {
  /** Names of policies, separated by commas. */
  readonly policies: string;
  readonly frontier: boolean;
  /** Keep forescale's forecasts. */
  readonly forecasts: boolean;
}

/** @throws Error with every problem, before anything is simulated; or that it was stopped */
export async function runSimulation(
  readMaterial: () => Promise<Material>,
  settings: SimulateSettings,
  wishes: Wishes,
  context: Context,
): Promise<Outcome> {
  await using forescale = openForescale({
    workloads: [WORKLOAD],
    seed: settings.seed,
    refitEveryMs: settings.refitEveryMs,
    signal: context.stop,
    say: context.say,
  });
  const { policies, problems } = parsePolicies(wishes.policies, forescale.make);
  if (problems.length > 0) throw new Error(describe(problems));
  const material = await readMaterial();
  const workload = workloadOf(material);
  const timetable = prepareTimetable(workload, settings);
  const paid = policies.map((policy) => (policy === oracle ? oracleFor(settings.prices) : policy));
  const learner = () => forescale.learners(timetable)[0];
  const lead = Math.ceil(plannedStartUpMs(workload.startUp) / timetable.stepMs) + 1;
  const watch = wishes.forecasts ? watchForecasts(learner, timetable, lead, MOST_FORECASTS) : undefined;
  const simulation = await replay(workload, timetable, paid, settings.seed, context.stop, watch);
  const reports = reportPolicies(workload, 0, timetable, simulation.results, settings.prices);
  return {
    material,
    settings,
    simulation,
    reports,
    failures: learner()?.failures ?? [],
    ...(wishes.frontier && { frontier: frontierOf(simulation, settings) }),
    ...(watch && watch.seen.steps.length > 0 && { forecasts: watch.seen }),
  };
}

/** Rows of replicas are kept in 32 bits. */
const MOST_REPLICAS = 2 ** 32 - 1;

function workloadOf({ trace, marks, unit, perReplica, startUp, objective }: Material): Workload {
  const most = largest(trace.values);
  if (most / perReplica > MOST_REPLICAS) {
    const found = `${most} ${unit} at ${perReplica} a replica`;
    throw new Error(
      describe([`--per-replica: expected a largest load for at most ${MOST_REPLICAS} replicas, found ${found}`]),
    );
  }
  const need = createNeed(perReplica, objective);
  const workload = { name: WORKLOAD, trace, perReplica, startUp, need };
  return { ...workload, ...(marks && { marks }), ...(objective && { objective }) };
}

function prepareTimetable(workload: Workload, settings: SimulateSettings): Timetable {
  const { startMs, stepMs, values } = workload.trace;
  const { decideMs = stepMs, scoreUntilMs } = settings;
  const half = Math.floor((values.length * stepMs) / 2 / decideMs) * decideMs;
  const answer = layTimetable({
    trace: { startMs, stepMs, steps: values.length },
    decideMs,
    warmUpMs: settings.warmUpMs ?? half,
    startUp: workload.startUp,
    ...(scoreUntilMs !== undefined && { scoreUntilMs }),
  });
  if (answer.kind === 'refused') throw new Error(describe(answer.problems));
  return answer.timetable;
}

async function replay(
  workload: Workload,
  timetable: Timetable,
  policies: readonly Policy[],
  seed: number,
  signal: AbortSignal,
  watch: ForecastWatch | undefined,
): Promise<Simulation> {
  const simulation = startSimulation([workload], timetable, policies, seed);
  const progress = startProgress('simulating', timetable.rows);
  const onRow = (done: number) => {
    watch?.afterRow(done - 1);
    progress.update(done);
  };
  try {
    await runToEnd(simulation, { signal, onRow, pause: createPauses() });
  } catch (error) {
    throw signal.aborted ? new Error('simulate: stopped. Nothing was written.') : error;
  } finally {
    progress.end();
  }
  return simulation;
}

const PAUSE_EVERY_MS = 50;

/** A moment for signals now and then: rows that need no refit would keep Ctrl-C waiting to the end. */
function createPauses(): Pause {
  let lastMs = performance.now();
  return () => {
    if (performance.now() - lastMs < PAUSE_EVERY_MS) return undefined;
    return immediate().then(() => {
      lastMs = performance.now();
    });
  };
}

function frontierOf(
  { workloads: [workload], timetable, results }: Simulation,
  { seed, prices }: SimulateSettings,
): FrontierReport {
  const { trace, need } = workload!;
  const needed = neededByStep(trace, need);
  const path = oracleFor(prices).path(workload!, timetable);
  const candidates = results.map(({ policy, tracks }) => ({
    policy,
    days: dayTotals(tracks[0]!, needed, timetable),
  }));
  const progress = startProgress('comparing', 1);
  try {
    const best = dayTotals({ desired: path, ready: path }, needed, timetable);
    return compareFamilies(candidates, best, seed, progress.update);
  } finally {
    progress.end();
  }
}
