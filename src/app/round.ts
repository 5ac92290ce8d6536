/** One round of the fast clock, as a list that can be read aloud. */

import { estimateStartUp } from '../capacity/start-up.ts';
import type { Actuation, JournalEntry } from '../domain/actuation.ts';
import type { WorkloadState } from '../domain/cluster.ts';
import type { Facts, Outcome, Round, WorkloadFacts } from '../domain/facts.ts';
import { workloadKey } from '../domain/workload.ts';
import { planWorkloads } from '../pipeline/plan-workloads.ts';
import type { Entry } from './book.ts';
import { followAll } from './follow.ts';
import { noteIncidents } from './incidents.ts';
import { observe } from './observe.ts';
import { record } from './record.ts';
import { learn } from './refit.ts';
import { noteReplicas } from './replica-history.ts';
import type { LoopState, World } from './world.ts';

/** What the steps of one round hand on, each field set by the step of its name. */
export interface RoundResult {
  readonly atMs: number;
  readonly states: ReadonlyMap<string, WorkloadState>;
  readonly round: Round;
  readonly actuations: ReadonlyMap<string, Actuation>;
}

async function timed<T>(world: World, stage: string, step: () => Promise<T> | T): Promise<T> {
  const end = world.metrics.stage_duration_seconds.startTimer({ stage });
  try {
    return await step();
  } finally {
    end();
  }
}

/** What the fit that acts tried out, and when. */
function replayOf({ fitted }: Entry): Pick<WorkloadFacts, 'replay'> {
  if (!fitted?.replay) return {};
  return { replay: { ...fitted.replay, trainedThroughMs: fitted.trainedThroughMs } };
}

function workloadFacts(entry: Entry, state: WorkloadState | undefined, nowMs: number): WorkloadFacts {
  return {
    spec: entry.spec,
    ...(state && { state }),
    series: Object.fromEntries(entry.series),
    quality: [...entry.quality.values()],
    ...(entry.following && { forecaster: entry.following.forecaster }),
    ...replayOf(entry),
    ...(entry.capacity && { capacity: entry.capacity }),
    ...(entry.requests && { requests: entry.requests }),
    ...(entry.uplifts && { uplifts: entry.uplifts }),
    startUp: estimateStartUp(state?.startUps ?? [], entry.spec, nowMs),
    memory: entry.memory,
  };
}

/** Not known yet, or known for other pods: a replica with other requests serves another load. */
export function isUnlearned({ capacity, learnedFor }: Entry, { templateHash }: WorkloadState): boolean {
  return !capacity || capacity.source === 'none' || learnedFor !== templateHash;
}

/** One container without a limit may use what the others leave. */
function noteLimit(entry: Entry, { containers }: WorkloadState): void {
  const limits = containers.map(({ cpuLimitMillicores }) => cpuLimitMillicores);
  const known = limits.filter((limit) => limit !== undefined);
  if (known.length === 0 || known.length < limits.length) delete entry.cpuLimitMillicores;
  else entry.cpuLimitMillicores = known.reduce((sum, limit) => sum + limit, 0);
}

/** Notes what is ready now, since capacity is learned per replica, and learns it where it is not known. */
export function noteStates(
  { settings, book }: LoopState,
  states: ReadonlyMap<string, WorkloadState>,
  nowMs: number,
): void {
  for (const [key, entry] of book) {
    const state = states.get(key);
    if (!state) continue;
    const { stepMs, history } = settings;
    entry.replicas = noteReplicas(entry.replicas, state.readyReplicas, nowMs, stepMs, history.windowMs);
    noteLimit(entry, state);
    if (isUnlearned(entry, state)) learn(entry, state);
  }
}

function gather(loop: LoopState, states: ReadonlyMap<string, WorkloadState>, nowMs: number): Facts {
  const { settings, book } = loop;
  const workloads = [...book].map(([key, entry]) => workloadFacts(entry, states.get(key), nowMs));
  const { loopMs, allocator, budgets, decide } = settings;
  return { nowMs, loopMs, allocator, budgets, decide, workloads };
}

async function actuateOne(
  world: World,
  loop: LoopState,
  states: ReadonlyMap<string, WorkloadState>,
  outcome: Outcome,
  nowMs: number,
): Promise<Actuation> {
  const key = workloadKey(outcome.decision.ref);
  const state = states.get(key);
  const entry = loop.book.get(key);
  if (!state || !entry) return { kind: 'nothing-to-do' };
  return world.actuator.apply(entry.spec, state, outcome.decision, nowMs);
}

async function actuate(
  world: World,
  loop: LoopState,
  states: ReadonlyMap<string, WorkloadState>,
  round: Round,
): Promise<ReadonlyMap<string, Actuation>> {
  const pairs = round.outcomes.map(async (outcome) => {
    const actuation = await actuateOne(world, loop, states, outcome, round.atMs);
    return [workloadKey(outcome.decision.ref), actuation] as const;
  });
  return new Map(await Promise.all(pairs));
}

function journalEntries(
  loop: LoopState,
  round: Round,
  actuations: ReadonlyMap<string, Actuation>,
): readonly JournalEntry[] {
  return round.outcomes.flatMap(({ decision }) => {
    const outcome = actuations.get(workloadKey(decision.ref))?.kind ?? 'nothing-to-do';
    if (decision.kind === 'hold' && outcome === 'nothing-to-do') return [];
    const to = decision.kind === 'scale' ? decision.to : decision.from;
    return [
      {
        atMs: round.atMs,
        ref: decision.ref,
        from: decision.from,
        to,
        reasons: decision.reasons,
        outcome,
        mode: loop.settings.mode,
      },
    ];
  });
}

/** A journal that cannot be written, on a full disk, undoes nothing of what was done. */
async function note({ journal, log }: World, entries: readonly JournalEntry[]): Promise<void> {
  await journal.append(entries).catch((error: unknown) => log.warn('the journal cannot be written', { error }));
}

/** Ends what outlived its lease. That it failed stops no decision. */
async function restoreExpired(world: World, nowMs: number): Promise<void> {
  try {
    for (const { target, outcome, message } of await world.floors.restoreExpired(nowMs)) {
      world.metrics.floors_restored_total.inc({ outcome });
      world.log.info(`floor of ${target} ran out: ${outcome}; ${message}`, { reason: 'floor-expired', outcome });
    }
  } catch (error) {
    world.log.warn('floors that ran out could not be looked at', { error });
  }
}

/** What the next round and the next fit need of this one. */
function remember(loop: LoopState, round: Round): void {
  for (const { decision, memory, explanation } of round.outcomes) {
    const entry = loop.book.get(workloadKey(decision.ref));
    if (!entry) continue;
    entry.memory = memory;
    entry.leadMs = explanation.startUp.p90Ms;
  }
}

/**
 * observe → read the cluster → follow → plan (forecast, demand, allocate, decide) → put expired floors back → actuate → record.
 *
 * @throws Error when the cluster cannot be read, or the process is to end: then nothing is decided and nothing written.
 */
export async function runRound(world: World, loop: LoopState): Promise<RoundResult> {
  const nowMs = world.now();
  const refs = [...loop.book.values()].map((entry) => entry.spec.ref);
  await timed(world, 'observe', () => observe(world, loop, nowMs));
  if (world.stop.aborted) throw new Error('stopped before anything was decided');
  const states = await timed(world, 'cluster', () => world.cluster.states(refs));
  noteStates(loop, states, nowMs);
  noteIncidents(loop, gather(loop, states, nowMs).workloads, nowMs);
  await timed(world, 'forecast', () => followAll(world, loop.book, nowMs));
  const round = await timed(world, 'plan', () => planWorkloads(gather(loop, states, nowMs)));
  await timed(world, 'restore', () => restoreExpired(world, nowMs));
  const actuations = await timed(world, 'actuate', () => actuate(world, loop, states, round));
  const result = { atMs: nowMs, states, round, actuations };
  remember(loop, round);
  await timed(world, 'journal', () => note(world, journalEntries(loop, round, actuations)));
  await timed(world, 'record', () => record(world, loop, result));
  return result;
}
