/**
 * Replays load against policies in lock step: at each decision row the step that ended is revealed, then every policy
 * decides on the same view and its own cluster follows.
 *
 * At row i a policy has seen only steps that ended by then. What it desires holds from i on and is billed from i on; a
 * replica asked for at i serves from the first row at or after i + start-up. All policies start with what the first
 * row needs, in service. A policy's rows depend on nothing that another policy does.
 */

import type { Mark } from '../domain/forecast.ts';
import type { CausalPolicy, Moment, Pause, Policy, PolicyRun, Workload, WorkloadCard, WorkloadView } from './policy.ts';
import { createPool, type Pool } from './pool.ts';
import { rowMs, stepAt, type Timetable } from './timetable.ts';

/** What one policy did with one workload, by decision row. */
export interface Track {
  readonly desired: Uint32Array;
  readonly ready: Uint32Array;
}

export interface PolicyTracks {
  readonly policy: string;
  readonly tracks: readonly Track[];
}

export interface Simulation {
  readonly timetable: Timetable;
  readonly workloads: readonly Workload[];
  readonly results: readonly PolicyTracks[];
  /** Rows decided so far. */
  rowsDone(): number;
  /** Decides the next row. A promise only when a policy had to prepare. */
  step(pause?: Pause): Promise<void> | undefined;
}

export function startSimulation(
  workloads: readonly Workload[],
  timetable: Timetable,
  policies: readonly Policy[],
  seed: number,
): Simulation {
  const record = createRecord(workloads, timetable);
  const runs = policies.map((policy) => startRun(policy, workloads, timetable, seed, record));
  let row = 0;
  const decideAll = (from: number, pause: Pause | undefined): Promise<void> | undefined => {
    for (let i = from; i < runs.length; i++) {
      const prepared = runs[i]!.prepare(row, pause);
      if (prepared !== undefined) {
        return prepared.then(() => {
          runs[i]!.decide(row);
          return decideAll(i + 1, pause);
        });
      }
      runs[i]!.decide(row);
    }
    row++;
    return undefined;
  };
  return {
    timetable,
    workloads,
    results: runs.map((run) => run.result),
    rowsDone: () => row,
    step(pause) {
      record.revealUpTo(row);
      return decideAll(0, pause);
    },
  };
}

export interface RunOptions {
  /** Sees how far it is. */
  readonly onRow?: (done: number) => void;
  /** Stops between two rows, or two pieces of what a policy prepares, by throwing its reason. */
  readonly signal?: AbortSignal;
  /** Called there too; a promise makes it wait, which lets others run meanwhile. */
  readonly pause?: Pause;
}

/** Steps to the end. */
export async function runToEnd(simulation: Simulation, { onRow, signal, pause }: RunOptions = {}): Promise<void> {
  const pauseOrStop: Pause = () => {
    signal?.throwIfAborted();
    return pause?.();
  };
  while (simulation.rowsDone() < simulation.timetable.rows) {
    const paused = pauseOrStop();
    if (paused !== undefined) await paused;
    const pending = simulation.step(pauseOrStop);
    if (pending !== undefined) await pending;
    onRow?.(simulation.rowsDone());
  }
}

/** The load that has ended, written step by step: the only load that policies can reach. */
interface LoadRecord {
  /** Of one workload, by its index. */
  of(workload: number): Pick<WorkloadView, 'rates' | 'known' | 'marks'>;
  known(): number;
  revealUpTo(row: number): void;
}

function createRecord(workloads: readonly Workload[], timetable: Timetable): LoadRecord {
  const steps = stepAt(timetable, timetable.rows);
  const rates = workloads.map(() => new Float64Array(steps + 1).fill(Number.NaN));
  const marks = workloads.map((workload): Mark[] | undefined => workload.marks && []);
  let known = 0;
  return {
    of: (i) => ({ rates: rates[i]!, known, ...(marks[i] && { marks: marks[i] }) }),
    known: () => known,
    revealUpTo(row) {
      for (const ended = stepAt(timetable, row); known < ended; known++)
        workloads.forEach((workload, i) => {
          rates[i]![known] = workload.trace.values[known]!;
          marks[i]?.push(workload.marks![known]!);
        });
    },
  };
}

interface Run {
  readonly result: PolicyTracks;
  prepare(row: number, pause: Pause | undefined): Promise<void> | undefined;
  decide(row: number): void;
}

function startRun(
  policy: Policy,
  workloads: readonly Workload[],
  timetable: Timetable,
  seed: number,
  record: LoadRecord,
): Run {
  const clusters = workloads.map((workload, i) => createCluster(workload, timetable, seed + i));
  const result = { policy: policy.name, tracks: clusters.map((cluster) => cluster.track) };
  if (policy.kind === 'told') {
    const paths = workloads.map((workload) => policy.path(workload, timetable));
    const follow = (row: number) => {
      for (const [i, cluster] of clusters.entries()) cluster.ask(row, paths[i]![row]!);
    };
    return { result, prepare: () => undefined, decide: follow };
  }
  return { result, ...causalRun(policy, startPolicy(policy, workloads, timetable, seed), clusters, timetable, record) };
}

function startPolicy(policy: CausalPolicy, workloads: readonly Workload[], timetable: Timetable, seed: number) {
  const cards: WorkloadCard[] = workloads.map(({ trace: _, marks: __, ...card }) => card);
  return policy.start(cards, timetable, seed);
}

function causalRun(
  policy: CausalPolicy,
  run: PolicyRun,
  clusters: readonly Cluster[],
  timetable: Timetable,
  record: LoadRecord,
): Pick<Run, 'prepare' | 'decide'> {
  let moment: Moment | undefined;
  const look = (row: number): Moment => ({
    row,
    nowMs: rowMs(timetable, row),
    workloads: clusters.map((cluster, i) => cluster.view(row, record.of(i))),
  });
  return {
    prepare(row, pause) {
      moment = look(row);
      return run.prepare?.(moment, pause);
    },
    decide(row) {
      // Nothing has been seen yet at row 0: what the first row needs is already there.
      const wanted = row === 0 ? clusters.map((cluster) => cluster.initial) : run.decide(moment!);
      for (const [i, cluster] of clusters.entries()) cluster.ask(row, checkReplicas(wanted[i], policy.name));
    },
  };
}

function checkReplicas(replicas: number | undefined, policy: string): number {
  if (replicas === undefined || !Number.isInteger(replicas) || replicas < 1)
    throw new Error(`policy ${policy} wants ${replicas} replicas; expected an integer of at least 1`);
  return replicas;
}

/** One workload's replicas under one policy, with the record of what happened. */
interface Cluster {
  readonly initial: number;
  readonly track: Track;
  view(row: number, load: ReturnType<LoadRecord['of']>): WorkloadView;
  ask(row: number, desired: number): void;
}

function createCluster(workload: Workload, timetable: Timetable, seed: number): Cluster {
  const first = workload.trace.values[0]!;
  const initial = Number.isNaN(first) ? 1 : workload.need(first);
  const pool: Pool = createPool(workload.startUp, timetable.decideMs, initial, seed);
  const track = { desired: new Uint32Array(timetable.rows), ready: new Uint32Array(timetable.rows) };
  return {
    initial,
    track,
    view: (row, load) => ({
      ...load,
      desired: row === 0 ? initial : track.desired[row - 1]!,
      ready: pool.inService(row),
      readyLastStep: meanReady(track.ready, load.known, timetable.rowsPerStep),
    }),
    ask(row, desired) {
      pool.inService(row);
      track.desired[row] = desired;
      track.ready[row] = pool.ask(row, desired);
    },
  };
}

/** Mean replicas in service over the rows of the last of `known` steps. */
function meanReady(ready: Uint32Array, known: number, rowsPerStep: number): number {
  if (known === 0) return Number.NaN;
  let sum = 0;
  for (let row = (known - 1) * rowsPerStep; row < known * rowsPerStep; row++) sum += ready[row]!;
  return sum / rowsPerStep;
}
