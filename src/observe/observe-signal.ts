/** From the answer to one query to a series and a quality verdict per workload. */
import type { LoadAnswer, RawSeries } from '../domain/ports.ts';
import type { Quality } from '../domain/quality.ts';
import { lastSample, type TimeSeries } from '../domain/time-series.ts';
import { type SignalName, type SignalTemplate, type WorkloadRef, workloadKey } from '../domain/workload.ts';
import { type Aligned, align, largest } from './align.ts';
import { judge, type ObserveLimits } from './judge.ts';
import { matchKey, matchSeries } from './match-series.ts';
import { merge } from './merge.ts';
import { onGrid, type ReadRange, readRange, windowStart } from './read-range.ts';

export interface ObserveContext {
  readonly signal: SignalName;
  readonly template: SignalTemplate;
  readonly workloads: readonly WorkloadRef[];
  /** Series before this answer, by workloadKey. */
  readonly known: ReadonlyMap<string, TimeSeries>;
  /** The time for which `readRange` gave the range that was asked. */
  readonly nowMs: number;
  readonly stepMs: number;
  readonly windowMs: number;
  readonly limits: ObserveLimits;
}

export interface Observed {
  /** Absent when nothing was ever answered for this workload. */
  readonly series?: TimeSeries;
  readonly quality: Quality;
}

/** One answer, taken apart by workload. */
interface Reading extends ObserveContext {
  readonly answer: LoadAnswer;
  /** What was asked for. */
  readonly range: ReadRange & { readonly stepMs: number };
  /** Series of the answer by `matchKey`. */
  readonly byName: ReadonlyMap<string, readonly RawSeries[]>;
  /** What came, by workloadKey; a workload of which nothing came is absent. */
  readonly fresh: ReadonlyMap<string, Aligned>;
  /** Workloads that are absent now and were there shortly before. */
  readonly vanished: readonly string[];
}

/**
 * Every workload of the context has an entry in the result, by workloadKey.
 *
 * A failed answer leaves the series as they are. An answered one extends every series to the end of the last complete
 * step, with missing steps where it held nothing: missing is what was asked and not there, and never overwrites a value.
 */
export function observeSignal(answer: LoadAnswer, context: ObserveContext): ReadonlyMap<string, Observed> {
  const reading = readingOf(answer, context);
  return new Map(context.workloads.map((ref) => [workloadKey(ref), observeOne(reading, ref)]));
}

function readingOf(answer: LoadAnswer, context: ObserveContext): Reading {
  const { workloads, known, template, nowMs, windowMs, stepMs } = context;
  const keys = workloads.map(workloadKey);
  const range = {
    ...readRange(
      keys.map((key) => known.get(key)),
      nowMs,
      windowMs,
      stepMs,
    ),
    stepMs,
  };
  const byName = matchSeries(answer.kind === 'answered' ? answer.series : [], template);
  const fresh = new Map<string, Aligned>();
  for (const ref of workloads) {
    const all = (byName.get(matchKey(ref, template)) ?? []).map((raw) => align(raw, template.scale, range));
    const filled = all.filter((aligned) => aligned.samples > 0);
    if (filled.length > 0) fresh.set(workloadKey(ref), largest(filled));
  }
  const vanished = keys.filter((key) => !fresh.has(key) && wasThere(known.get(key), context));
  return { ...context, answer, range, byName, fresh, vanished };
}

/** Whether a workload had samples shortly before this answer. */
function wasThere(series: TimeSeries | undefined, { nowMs, limits }: ObserveContext): boolean {
  const last = series && lastSample(series);
  return last !== undefined && nowMs - last.atMs <= limits.staleAfterMs;
}

function observeOne(reading: Reading, ref: WorkloadRef): Observed {
  const key = workloadKey(ref);
  const series = reading.answer.kind === 'answered' ? extended(reading, key) : reading.known.get(key);
  const fresh = reading.fresh.get(key);
  const quality = judge({
    ...reading,
    ref,
    matched: reading.byName.get(matchKey(ref, reading.template))?.length ?? 0,
    vanished: reading.vanished.filter((other) => other !== key),
    fresh,
    series,
  });
  return { quality, ...(series && { series }) };
}

/** Known history plus what came, over the whole range that was asked for. */
function extended({ known, fresh, range, stepMs, windowMs }: Reading, key: string): TimeSeries {
  const before = known.get(key);
  const { startMs, endMs } = range;
  const values = fresh.get(key)?.values ?? new Float64Array(Math.round((endMs - startMs) / stepMs)).fill(Number.NaN);
  return merge(
    onGrid(before, stepMs) ? before : undefined,
    { startMs, stepMs, values },
    windowStart(endMs, windowMs, stepMs),
  );
}
