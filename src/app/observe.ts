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

/** One query, or its pieces, for the workloads that need the same range. */
interface Reading extends Omit<PlannedRead, 'members'> {
  readonly group: SignalGroup;
  readonly entries: readonly Entry[];
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
  { group, entries, range }: Reading,
  nowMs: number,
): Promise<void> {
  const { signal, template } = group;
  const { stepMs } = settings;
  const workloads = entries.map((entry) => entry.spec.ref);
  const known = entries.flatMap((entry) => {
    const series = entry.series.get(signal);
    return series ? [[workloadKey(entry.spec.ref), series] as const] : [];
  });
  const answer = await world.source.read(template, workloads, { ...range, stepMs }, world.stop);
  if (world.stop.aborted) return;
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
function readingsOf({ settings }: LoopState, group: SignalGroup, nowMs: number): readonly Reading[] {
  const known = group.entries.map((entry) => entry.series.get(group.signal));
  return planReads(known, nowMs, settings.history.windowMs, settings.stepMs).map(({ kind, range, members }) => ({
    kind,
    range,
    group,
    entries: members.map((i) => group.entries[i]!),
  }));
}

/**
 * Brings every series of the book up to `nowMs`. Failures become quality states, never exceptions.
 *
 * What follows is read side by side, so that a server that answers nothing costs one timeout and not one per signal;
 * windows are read one after the other, because two back-fills at once would need twice the memory.
 */
export async function observe(world: World, loop: LoopState, nowMs: number): Promise<void> {
  const readings = groupBySignal(loop.book.values()).flatMap((group) => readingsOf(loop, group, nowMs));
  const windows = readings.filter(({ kind }) => kind === 'window');
  const follows = readings.filter(({ kind }) => kind === 'follow');
  await Promise.all(follows.map((reading) => readFor(world, loop, reading, nowMs)));
  for (const reading of windows) await readFor(world, loop, reading, nowMs);
}
