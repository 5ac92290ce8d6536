/** What the daemon remembers of each workload between two rounds. Mutable, owned by the loop alone. */
import { isDeepStrictEqual } from 'node:util';
import type { SeenOccurrence, Uplifts } from '../domain/calendar.ts';
import type { CapacityModel } from '../domain/capacity.ts';
import type { FittedSeries, Mark, OnlineForecaster } from '../domain/forecast.ts';
import type { DecisionMemory, RequestsChange } from '../domain/plan.ts';
import { emptyMemory } from '../domain/plan.ts';
import type { Quality } from '../domain/quality.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { SignalName, WorkloadSpec } from '../domain/workload.ts';
import { signalNames, workloadKey } from '../domain/workload.ts';
import type { Archetype } from '../forecast/fleet/archetype.ts';
import type { Evidence, Span } from '../forecast/preparation/marks.ts';
import { evidenceOf } from '../pipeline/evidence.ts';
import { createHindsight, type Hindsight } from './hindsight.ts';
import type { Shadow } from './plain-hpa.ts';
import type { Told } from './record-status.ts';
import { sourceOf } from './source.ts';

export interface Following {
  readonly forecaster: OnlineForecaster;
  /** End of the last step it has observed. */
  throughMs: number;
}

export type SampleUse = Mark | 'missing';

export interface Entry {
  spec: WorkloadSpec;
  readonly series: Map<SignalName, TimeSeries>;
  readonly quality: Map<SignalName, Quality>;
  fitted?: FittedSeries;
  following?: Following;
  /** Samples that the forecaster was given since they were last counted, by their use. */
  readonly given: { [use in SampleUse]: number };
  /** What kind of load it has; undefined before the first fit of this session. */
  kind?: Archetype;
  /** When a fit was last begun. */
  fitBegunMs?: number;
  /** It waits for a worker, or is with one. */
  isFitting?: boolean;
  /** What was last said of the history that it borrows. */
  saidOfDonor?: string;
  capacity?: CapacityModel;
  /** The pod template that capacity and requests were learned for. */
  learnedFor?: string;
  /** What was seen of the events of its calendar, and what they are expected to do; learned on the slow clock. */
  seen: readonly SeenOccurrence[];
  uplifts?: Uplifts;
  /** Other requests that would fit better, worked out on the slow clock. */
  requests?: RequestsChange;
  /** CPU limit of one replica; absent when a container has none. */
  cpuLimitMillicores?: number;
  /** When its load was no demand, because something that it shares with others was out; within the history. */
  incidents: readonly Span[];
  /** Ready replicas over time, as far as the loop has seen them. */
  replicas?: TimeSeries;
  memory: DecisionMemory;
  /** Lead time of the last round: how far ahead the next fit must look. */
  leadMs?: number;
  readonly hindsight: Hindsight;
  /** What an HPA alone would run. */
  shadow?: Shadow;
  /** Pod template of the round before. */
  templateHash?: string;
  /** What was already said of the forecaster's standing. */
  told?: Told;
  /** When the loop last charged time to this workload. */
  recordedMs?: number;
}

export type Book = Map<string, Entry>;

export function newEntry(spec: WorkloadSpec): Entry {
  return {
    spec,
    series: new Map(),
    quality: new Map(),
    given: { ok: 0, censored: 0, excluded: 0, missing: 0 },
    incidents: [],
    seen: [],
    memory: emptyMemory,
    hindsight: createHindsight(),
  };
}

/** A workload with other settings: what was learned under the old ones goes, as far as they change its meaning. */
function changeSpec(entry: Entry, spec: WorkloadSpec): void {
  const before = entry.spec;
  entry.spec = spec;
  if (isDeepStrictEqual(before, spec)) return;
  delete entry.capacity;
  delete entry.requests;
  delete entry.uplifts;
  delete entry.saidOfDonor;
  for (const signal of signalNames) {
    const [was, is] = [before.signals[signal], spec.signals[signal]];
    if (was && is && sourceOf(signal, was) === sourceOf(signal, is)) continue;
    entry.series.delete(signal);
    entry.quality.delete(signal);
  }
}

/**
 * Puts the specs of a reloaded configuration into the book. A workload that stays keeps what was learned;
 * one that is gone is forgotten (its files stay, so that a mistake in the configuration costs nothing).
 *
 * @returns the entries that are new
 */
export function updateBook(book: Book, specs: readonly WorkloadSpec[]): readonly Entry[] {
  const wanted = new Map(specs.map((spec) => [workloadKey(spec.ref), spec]));
  for (const key of book.keys()) if (!wanted.has(key)) book.delete(key);
  const added: Entry[] = [];
  for (const [key, spec] of wanted) {
    const known = book.get(key);
    if (known) {
      changeSpec(known, spec);
      continue;
    }
    const entry = newEntry(spec);
    book.set(key, entry);
    added.push(entry);
  }
  return added;
}

/** A series with what it is of. */
export interface Load {
  readonly signal: SignalName;
  readonly series: TimeSeries;
  readonly source: string;
}

/** The series that counts the load: that of the capacity model's driver, else requests before CPU. */
export function loadOf({ capacity, series, spec }: Entry): Load | undefined {
  const isKnown = capacity && capacity.source !== 'none';
  const signal = isKnown ? capacity.driver : series.has('requests') ? 'requests' : 'cpu';
  const template = spec.signals[signal];
  const load = series.get(signal);
  return load && template && { signal, series: load, source: sourceOf(signal, template) };
}

/** What speaks for or against its load being demand. */
export function evidenceFor(entry: Entry, load: TimeSeries): Evidence {
  return evidenceOf(load, { ...entry, series: Object.fromEntries(entry.series) });
}
