/**
 * What to ask the source for: the whole window once, then what is new, with a little of what is known.
 *
 * A known series covers what was answered before, missing steps included, so its end says where to go on; an answer
 * that failed extends nothing and is asked for again by itself.
 */
import { endMs, type TimeSeries } from '../domain/time-series.ts';

/** A range of whole steps on the grid that counts from the epoch. */
export interface ReadRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** Scrapes and rule evaluations arrive late by less than this. */
const OVERLAP_STEPS = 3;
/** A hole at the end may still be filled (a scrape that came back, a partial answer): asked for again for this long. */
const HOPE_MS = 3_600_000;
/** Holes further back are asked for again at most this often: a store behind Prometheus that was away is back. */
const HEAL_EVERY_MS = 6 * 3_600_000;
/** A smaller share of missing steps is not worth a whole window. */
const HEAL_ABOVE_SHARE = 0.05;

/**
 * The range that serves all of `known` in one query: from the earliest start that one of them needs to the end of
 * the last complete step.
 *
 * @param known - one per workload; undefined where nothing is known
 */
export function readRange(
  known: readonly (TimeSeries | undefined)[],
  nowMs: number,
  windowMs: number,
  stepMs: number,
): ReadRange {
  const end = lastStepEnd(nowMs, stepMs);
  const starts = known.map((series) => startFor(series, end, windowMs, stepMs));
  return { startMs: starts.reduce((a, b) => Math.min(a, b), end - stepMs), endMs: end };
}

/** One query and the positions of the workloads it is for. */
export interface PlannedRead {
  /** `window`: much at once, for newcomers and after an outage. `follow`: what is new, and little. */
  readonly kind: 'window' | 'follow';
  readonly range: ReadRange;
  readonly members: readonly number[];
}

/**
 * At most two queries: workloads that need much (new ones, and all of them after an outage), and those that only
 * follow. A newcomer thus does not make the others read their window again.
 */
export function planReads(
  known: readonly (TimeSeries | undefined)[],
  nowMs: number,
  windowMs: number,
  stepMs: number,
): readonly PlannedRead[] {
  const end = lastStepEnd(nowMs, stepMs);
  const followFromMs = end - HOPE_MS - OVERLAP_STEPS * stepMs;
  const positions = known.map((_, i) => i);
  const follows = (i: number) => startFor(known[i], end, windowMs, stepMs) >= followFromMs;
  const groups = [
    { kind: 'window', members: positions.filter((i) => !follows(i)) },
    { kind: 'follow', members: positions.filter(follows) },
  ] as const;
  return groups
    .filter(({ members }) => members.length > 0)
    .map(({ kind, members }) => ({
      kind,
      members,
      range: readRange(
        members.map((i) => known[i]),
        nowMs,
        windowMs,
        stepMs,
      ),
    }));
}

/** End of the last step that is complete at `nowMs`. */
export function lastStepEnd(nowMs: number, stepMs: number): number {
  return Math.floor(nowMs / stepMs) * stepMs;
}

/** Start of a window of whole steps that ends at `end`. */
export function windowStart(end: number, windowMs: number, stepMs: number): number {
  return end - Math.max(1, Math.floor(windowMs / stepMs)) * stepMs;
}

/** Whether a series lies on the grid of `stepMs`; after a change of the step it does not and is read anew. */
export function onGrid(series: TimeSeries | undefined, stepMs: number): series is TimeSeries {
  return series !== undefined && series.stepMs === stepMs && series.startMs % stepMs === 0 && series.values.length > 0;
}

function startFor(series: TimeSeries | undefined, end: number, windowMs: number, stepMs: number): number {
  const first = windowStart(end, windowMs, stepMs);
  if (!onGrid(series, stepMs) || endMs(series) <= first || needsWholeWindow(series, first, end)) return first;
  const knownEnd = Math.min(endMs(series), end);
  const hopeFromMs = Math.max(knownEnd - HOPE_MS, knownEnd - trailingHole(series) * stepMs);
  return Math.max(first, hopeFromMs - OVERLAP_STEPS * stepMs);
}

/** A window that was made longer, and now and then one with holes. */
function needsWholeWindow(series: TimeSeries, first: number, end: number): boolean {
  if (series.startMs > first) return true;
  const boundaryPassed = Math.floor(endMs(series) / HEAL_EVERY_MS) < Math.floor(end / HEAL_EVERY_MS);
  return boundaryPassed && missingShare(series.values) > HEAL_ABOVE_SHARE;
}

function trailingHole(series: TimeSeries): number {
  const { values } = series;
  let holes = 0;
  while (holes < values.length && Number.isNaN(values[values.length - 1 - holes]!)) holes++;
  return holes;
}

function missingShare(values: Float64Array): number {
  let missing = 0;
  for (const value of values) if (Number.isNaN(value)) missing++;
  return missing / values.length;
}
