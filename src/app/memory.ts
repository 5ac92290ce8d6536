/** What must survive a restart besides history and models: the memory of the decision stage, and the last explanations. */
import { join } from 'node:path';
import type { SeenOccurrence } from '../domain/calendar.ts';
import type { Explanation, Outcome, Round } from '../domain/facts.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { Decision, DecisionMemory } from '../domain/plan.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Span } from '../forecast/preparation/marks.ts';
import type { Book, Entry } from './book.ts';

/** Version of the form below; a document of another version is not read. */
const VERSION = 1;

/** A forecast with plain arrays, because typed arrays do not survive JSON. */
export type PlainForecast = Omit<Forecast, 'mean' | 'quantiles'> & {
  readonly mean: readonly number[];
  readonly quantiles: readonly (readonly number[])[];
};

/** The last decision of one workload as `explain` shows it. */
export interface ExplainedDecision {
  readonly atMs: number;
  readonly decision: Decision;
  readonly explanation: Omit<Explanation, 'forecast'> & { readonly forecast?: PlainForecast };
}

export interface Remembered {
  readonly version: typeof VERSION;
  readonly memories: { readonly [key: string]: DecisionMemory };
  readonly explained: { readonly [key: string]: ExplainedDecision };
  /** When the load of a workload was no demand; absent in documents of earlier releases. */
  readonly incidents?: { readonly [key: string]: readonly Span[] };
  /** What events did, for longer than the history reaches; absent in documents of earlier releases. */
  readonly seen?: { readonly [key: string]: readonly SeenOccurrence[] };
}

/** Where the daemon keeps what a restart and `explain` need. */
export function rememberedPath(dataDir: string): string {
  return join(dataDir, 'remembered.json');
}

/** Where the journal of decisions is. */
export function journalPath(dataDir: string): string {
  return join(dataDir, 'journal');
}

export function isRemembered(value: unknown): value is Remembered {
  if (!isObject(value) || value['version'] !== VERSION) return false;
  const { memories, explained: decisions, incidents = {}, seen = {} } = value;
  if (![incidents, seen].every((lists) => isObject(lists) && Object.values(lists).every(Array.isArray))) return false;
  if (
    !Object.values(seen as object)
      .flat()
      .every(isSeen)
  )
    return false;
  return isObject(decisions) && isObject(memories) && Object.values(memories).every(isMemory);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isMemory(value: unknown): boolean {
  return isObject(value) && Array.isArray(value['wanted']);
}

function isSeen(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value['parts']) || !Array.isArray(value['after'])) return false;
  return typeof value['name'] === 'string' && [value['startMs'], value['endMs'], value['mean']].every(Number.isFinite);
}

export function plainForecast(forecast: Forecast): PlainForecast {
  return { ...forecast, mean: [...forecast.mean], quantiles: forecast.quantiles.map((row) => [...row]) };
}

export function explained(outcome: Outcome, atMs: number): ExplainedDecision {
  const { forecast, ...rest } = outcome.explanation;
  return {
    atMs,
    decision: outcome.decision,
    explanation: { ...rest, ...(forecast && { forecast: plainForecast(forecast) }) },
  };
}

export function toRemember(book: Book, round: Round): Remembered {
  return {
    version: VERSION,
    memories: Object.fromEntries([...book].map(([key, entry]) => [key, entry.memory])),
    incidents: Object.fromEntries([...book].map(([key, entry]) => [key, entry.incidents])),
    seen: Object.fromEntries([...book].map(([key, entry]) => [key, entry.seen])),
    explained: Object.fromEntries(
      round.outcomes.map((outcome) => [workloadKey(outcome.decision.ref), explained(outcome, round.atMs)]),
    ),
  };
}

/** Gives entries that are new the memory of the process before. */
export function recall(entries: readonly Entry[], { memories, incidents, seen }: Remembered): void {
  for (const entry of entries) {
    const key = workloadKey(entry.spec.ref);
    const memory = memories[key];
    if (memory) entry.memory = memory;
    entry.incidents = incidents?.[key] ?? entry.incidents;
    entry.seen = seen?.[key] ?? entry.seen;
  }
}
