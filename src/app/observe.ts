/** First step of the round: one query per signal template for all the workloads that share it. */

import type { LoadAnswer } from '../domain/ports.ts';
import type { Quality } from '../domain/quality.ts';
import { type SignalName, type SignalTemplate, signalNames, workloadKey } from '../domain/workload.ts';
import { observeSignal } from '../observe/observe-signal.ts';
import { type PlannedRead, planReads } from '../observe/read-range.ts';
import type { Entry } from './book.ts';
import type { LoopState, World } from './world.ts';

interface SignalGroup {
  readonly signal: SignalName;
  readonly template: SignalTemplate;
  readonly entries: Entry[];
}

/** Workloads whose template for a signal is the same query, together. */
function groupBySignal(entries: Iterable<Entry>): readonly SignalGroup[] {
  const groups = new Map<string, SignalGroup>();
  for (const entry of entries) {
    for (const signal of signalNames) {
      const template = entry.spec.signals[signal];
      if (!template) continue;
      const key = `${signal}\0${template.name}\0${template.query}`;
      const group = groups.get(key);
      if (group) group.entries.push(entry);
      else groups.set(key, { signal, template, entries: [entry] });
    }
  }
  return [...groups.values()];
}

function note(world: World, entry: Entry, quality: Quality): void {
  const before = entry.quality.get(quality.signal);
  entry.quality.set(quality.signal, quality);
  if (before?.state === quality.state || (!before && quality.state === 'ok')) return;
  const level = quality.action === 'use' ? 'info' : 'warn';
  const fields = { workload: workloadKey(entry.spec.ref), signal: quality.signal, state: quality.state };
  world.log[level](`signal is ${quality.state}: ${quality.message}`, fields);
}

function countQueries(world: World, answer: LoadAnswer): void {
  world.metrics.prometheus_queries_total.inc({ result: answer.kind }, answer.queries);
}

/** Reads what some workloads of a group need and puts it into the book. */
async function readFor(
  world: World,
  { settings }: LoopState,
  { signal, template }: SignalGroup,
  entries: readonly Entry[],
  range: PlannedRead['range'],
  nowMs: number,
): Promise<void> {
  const { stepMs } = settings;
  const workloads = entries.map((entry) => entry.spec.ref);
  const known = entries.flatMap((entry) => {
    const series = entry.series.get(signal);
    return series ? [[workloadKey(entry.spec.ref), series] as const] : [];
  });
  const answer = await world.source.read(template, workloads, { ...range, stepMs });
  countQueries(world, answer);
  const { windowMs, ...limits } = settings.history;
  const context = { signal, template, workloads, known: new Map(known), nowMs, stepMs, windowMs, limits };
  const seen = observeSignal(answer, context);
  for (const entry of entries) {
    const { series, quality } = seen.get(workloadKey(entry.spec.ref))!;
    if (series) entry.series.set(signal, series);
    note(world, entry, quality);
  }
}

/** Workloads that are new read their window; the others only what is new. */
async function observeGroup(world: World, loop: LoopState, group: SignalGroup, nowMs: number): Promise<void> {
  const { stepMs, history } = loop.settings;
  const known = group.entries.map((entry) => entry.series.get(group.signal));
  const reads = planReads(known, nowMs, history.windowMs, stepMs).map(({ range, members }) => {
    const entries = members.map((i) => group.entries[i]!);
    return readFor(world, loop, group, entries, range, nowMs);
  });
  await Promise.all(reads);
}

/**
 * Brings every series of the book up to `nowMs`. Failures become quality states, never exceptions.
 *
 * One signal after the other: they share the limit of concurrent queries anyway, and two back-fills at once would
 * need twice the memory.
 */
export async function observe(world: World, loop: LoopState, nowMs: number): Promise<void> {
  for (const group of groupBySignal(loop.book.values())) await observeGroup(world, loop, group, nowMs);
}
