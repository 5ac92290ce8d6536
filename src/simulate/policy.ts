/** What a policy is given and what it answers. One policy decides for all workloads of a simulation together. */
import type { Mark } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { Objective } from '../domain/workload.ts';
import type { StartUp } from './start-up.ts';
import type { Timetable } from './timetable.ts';

/** One simulated workload: its true load, and the physics that decide what serves it. */
export interface Workload {
  readonly name: string;
  /** Requests per second arriving in each step; NaN where the trace is blank. */
  readonly trace: TimeSeries;
  /** How each step of a recorded trace may be learned from, as long as the trace; all `ok` when absent. */
  readonly marks?: readonly Mark[];
  /** Requests per second that one busy replica serves. */
  readonly perReplica: number;
  /** The objective; throughput alone when absent. */
  readonly objective?: Objective;
  readonly startUp: StartUp;
  /** Least replicas, at least 1, that hold the objective at a rate per second. */
  readonly need: (rate: number) => number;
}

/** What a policy may know of a workload beforehand: everything but its load. */
export type WorkloadCard = Omit<Workload, 'trace' | 'marks'>;

/**
 * What a policy sees of one workload at one decision row. `rates` is the simulation's own record of what has ended:
 * only its first `known` values have been written, so the future is not there to be read.
 */
export interface WorkloadView {
  readonly rates: Float64Array;
  readonly known: number;
  /** Marks of what has ended, where the trace has any. */
  readonly marks?: readonly Mark[];
  /** Replicas asked for at the row before. */
  readonly desired: number;
  /** Replicas in service now, before this decision. */
  readonly ready: number;
  /** Mean replicas in service over the last whole step; NaN before the first one ended. */
  readonly readyLastStep: number;
}

export interface Moment {
  readonly row: number;
  readonly nowMs: number;
  readonly workloads: readonly WorkloadView[];
}

/** Asked for between pieces of long work, so that others run meanwhile. Ends by throwing when all is to stop. */
export type Pause = () => Promise<void> | undefined;

export interface PolicyRun {
  /** Does what takes time before the decision at this moment (a refit). Not called where it is absent. */
  prepare?(moment: Moment, pause?: Pause): Promise<void> | undefined;
  /** Replicas wanted from now on, one number for each workload, each an integer ≥ 1. */
  decide(moment: Moment): readonly number[];
}

/** A policy that acts on what it has seen. */
export interface CausalPolicy {
  readonly kind: 'causal';
  readonly name: string;
  start(cards: readonly WorkloadCard[], timetable: Timetable, seed: number): PolicyRun;
}

/** A yardstick that is told the future: it plans a workload's whole path at once. */
export interface ToldPolicy {
  readonly kind: 'told';
  readonly name: string;
  path(workload: Workload, timetable: Timetable): Uint32Array;
}

export type Policy = CausalPolicy | ToldPolicy;

/** A causal policy that looks at each workload by itself. */
export function eachWorkload(
  name: string,
  start: (card: WorkloadCard, timetable: Timetable) => (view: WorkloadView, moment: Moment) => number,
): CausalPolicy {
  return {
    kind: 'causal',
    name,
    start(cards, timetable) {
      const decide = cards.map((card) => start(card, timetable));
      return { decide: (moment) => moment.workloads.map((view, i) => decide[i]!(view, moment)) };
    },
  };
}
