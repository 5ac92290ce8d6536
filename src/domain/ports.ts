/**
 * What the loop needs from the world, each port one or two methods, named by the need. Adapters implement them;
 * simulation and demo implement the same ones.
 */
import type { Actuation, JournalEntry } from './actuation.ts';
import type { WorkloadState } from './cluster.ts';
import type { FleetModel } from './fleet.ts';
import type { FittedSeries } from './forecast.ts';
import type { Decision } from './plan.ts';
import type { TimeSeries } from './time-series.ts';
import type { SignalTemplate, WorkloadRef, WorkloadSpec } from './workload.ts';

/** Raw samples of one series as the source gave them: ascending or not, with whatever values. Times are milliseconds. */
export interface RawSeries {
  readonly labels: { readonly [label: string]: string };
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export type LoadAnswer =
  | {
      readonly kind: 'answered';
      readonly series: readonly RawSeries[];
      readonly warnings: readonly string[];
      readonly queries: number;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly queries: number };

/**
 * Reads a range of a template for all the workloads that share it: one query, chunked in time under the source's point limit.
 * The range is one of steps, as in a TimeSeries: the sample of a step carries the time of its end, so times run
 * from `startMs + stepMs` to `endMs`, both included.
 */
export interface LoadSource {
  read(
    template: SignalTemplate,
    workloads: readonly WorkloadRef[],
    range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    signal?: AbortSignal,
  ): Promise<LoadAnswer>;
}

export interface ClusterReader {
  /** States of the workloads that exist; one that is missing is absent from the map (key: workloadKey). */
  states(workloads: readonly WorkloadRef[]): Promise<ReadonlyMap<string, WorkloadState>>;
}

export interface Actuator {
  /** Carries out one decision through the gate. Never throws for an outcome of the cluster. */
  apply(spec: WorkloadSpec, state: WorkloadState, decision: Decision, nowMs: number): Promise<Actuation>;
}

/** Series on disk, so that a restart asks only for what is new. */
export interface HistoryStore {
  load(key: string): Promise<TimeSeries | undefined>;
  save(key: string, series: TimeSeries): Promise<void>;
}

export type StoredModel =
  | { readonly kind: 'loaded'; readonly fitted: FittedSeries }
  | { readonly kind: 'none' }
  /** Damaged, foreign or of another version: moved aside. */
  | { readonly kind: 'set-aside'; readonly message: string };

export type StoredFleet =
  | { readonly kind: 'loaded'; readonly fleet: FleetModel }
  | { readonly kind: 'none' }
  | { readonly kind: 'set-aside'; readonly message: string };

export interface ModelStore {
  load(key: string): Promise<StoredModel>;
  save(key: string, fitted: FittedSeries): Promise<void>;
  /** @param check - throws with the reason when what is there is for something else */
  loadFleet(check: (fleet: FleetModel) => void): Promise<StoredFleet>;
  /** @param facts - for people: what it was learned from, for example `200 of 950 workloads` */
  saveFleet(fleet: FleetModel, facts: { readonly trainedOn: string; readonly seed: number }): Promise<void>;
}

export interface Journal {
  append(entries: readonly JournalEntry[]): Promise<void>;
}
