/** What the daemon remembers of each workload between two rounds. Mutable, owned by the loop alone. */
import type { CapacityModel } from '../domain/capacity.ts';
import type { FittedSeries, OnlineForecaster } from '../domain/forecast.ts';
import type { DecisionMemory, RequestsChange } from '../domain/plan.ts';
import { emptyMemory } from '../domain/plan.ts';
import type { Quality } from '../domain/quality.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { SignalName, WorkloadSpec } from '../domain/workload.ts';
import { workloadKey } from '../domain/workload.ts';
import { createHindsight, type Hindsight } from './hindsight.ts';
import type { Shadow } from './plain-hpa.ts';

export interface Following {
  readonly forecaster: OnlineForecaster;
  /** End of the last step it has observed. */
  throughMs: number;
}

export interface Entry {
  spec: WorkloadSpec;
  readonly series: Map<SignalName, TimeSeries>;
  readonly quality: Map<SignalName, Quality>;
  fitted?: FittedSeries;
  following?: Following;
  /** When a fit was last begun, and how many steps of history it had. */
  fitBegun?: { readonly atMs: number; readonly steps: number };
  capacity?: CapacityModel;
  /** Other requests that would fit better, worked out on the slow clock. */
  requests?: RequestsChange;
  /** Ready replicas over time, as far as the loop has seen them. */
  replicas?: TimeSeries;
  memory: DecisionMemory;
  /** Lead time of the last round: how far ahead the next fit must look. */
  leadMs?: number;
  readonly hindsight: Hindsight;
  /** What an HPA alone would run. */
  shadow?: Shadow;
  /** When the loop last charged time to this workload. */
  recordedMs?: number;
}

export type Book = Map<string, Entry>;

export function newEntry(spec: WorkloadSpec): Entry {
  return { spec, series: new Map(), quality: new Map(), memory: emptyMemory, hindsight: createHindsight() };
}

/**
 * Puts the specs of a reloaded configuration into the book. A workload that stays keeps what was learned;
 * one that is gone is forgotten (its files stay, so that a mistake in the configuration costs nothing).
 */
export function updateBook(book: Book, specs: readonly WorkloadSpec[]): void {
  const wanted = new Map(specs.map((spec) => [workloadKey(spec.ref), spec]));
  for (const key of book.keys()) if (!wanted.has(key)) book.delete(key);
  for (const [key, spec] of wanted) {
    const entry = book.get(key);
    if (entry) entry.spec = spec;
    else book.set(key, newEntry(spec));
  }
}

/** The series that counts the load: that of the capacity model's driver, else requests before CPU. */
export function loadSeries(entry: Entry): TimeSeries | undefined {
  if (entry.capacity && entry.capacity.source !== 'none') return entry.series.get(entry.capacity.driver);
  return entry.series.get('requests') ?? entry.series.get('cpu');
}
