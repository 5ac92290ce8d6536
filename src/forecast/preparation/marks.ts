/**
 * How each sample of a load may be used, from what else was measured at the time.
 *
 * Served load is demand only while everything that is asked for is served. At saturation it is what the replicas could
 * bear, and a forecast that learns from it learns that the peak is flat: those samples are lower bounds (`censored`).
 * During an incident it is not this workload's demand at all (`excluded`).
 *
 * A sample is judged by what was known when its step ended, so that a mark is the same online and in a history.
 */
import type { Mark } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';

/** [fromMs, untilMs). */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What was measured beside the load. Whatever is absent is not asked. */
export interface Evidence {
  readonly load: TimeSeries;
  readonly readyReplicas?: TimeSeries;
  /** Millicores used by all replicas, and the limit of one; without a limit nothing is cut off. */
  readonly cpu?: TimeSeries;
  readonly cpuLimitMillicores?: number;
  /** Share of the time in which replicas were throttled. */
  readonly throttledShare?: TimeSeries;
  /** Share of the requests that were answered with an error. */
  readonly errorShare?: TimeSeries;
  /** Seconds, and the most that the objective allows. */
  readonly latency?: TimeSeries;
  readonly objectiveSeconds?: number;
  /** Replicas that a load needs. */
  readonly replicasFor?: (load: number) => number;
  /** When a dependency was out, or an event was declared. */
  readonly incidents: readonly Span[];
}

/** CPU near its limit, throttling for a quarter of the time, one error in a hundred requests. */
const CPU_AT_LIMIT = 0.95;
const THROTTLED = 0.25;
const ERRORS = 0.01;

/**
 * A service that always fails some requests would be cut off for ever, and no fall of its load be learned. So errors are a
 * doubt only beyond twice the median share of the last week: an overload of three days does not become usual, a bug does.
 * Looked at often enough for a median, and by no divisor of an hour: a job of every hour is met at all its minutes.
 */
const TIMES_USUAL = 2;
const USUAL_MS = 7 * 86_400_000;
const USUAL_EVERY_MS = 59 * 60_000;
/** With less than a day of shares nothing is usual yet. */
const FEWEST_USUAL = 24;

/**
 * After this many missing steps the next ones are of a rate whose window is only partly covered: Prometheus divides by
 * the whole window, so it is too low. A window is a step and two scrapes at least.
 */
const GAP_STEPS = 3;
const WINDOW_STEPS = 2;

type Doubt = 'cpu-at-limit' | 'throttled' | 'errors' | 'too-few-replicas' | 'incident' | 'after-a-gap';

/** The first that holds decides: an incident leaves nothing to learn, a cut-off load at least a bound. */
const doubts: readonly (readonly [Doubt, Mark, (evidence: Evidence, index: number, atMs: number) => boolean])[] = [
  ['incident', 'excluded', isIncident],
  ['after-a-gap', 'excluded', isAfterGap],
  ['cpu-at-limit', 'censored', isCpuAtLimit],
  ['throttled', 'censored', ({ throttledShare }, _, atMs) => valueAt(throttledShare, atMs) > THROTTLED],
  ['errors', 'censored', isFailing],
  ['too-few-replicas', 'censored', isShort],
];

/** Why a sample is not demand; undefined when nothing speaks against it, or there is no sample. */
export function doubtAbout(evidence: Evidence, index: number): readonly [doubt: Doubt, mark: Mark] | undefined {
  const { load } = evidence;
  if (Number.isNaN(load.values[index]!)) return undefined;
  const atMs = load.startMs + index * load.stepMs;
  for (const [doubt, mark, holds] of doubts) if (holds(evidence, index, atMs)) return [doubt, mark];
  return undefined;
}

export function markAt(evidence: Evidence, index: number): Mark {
  return doubtAbout(evidence, index)?.[1] ?? 'ok';
}

/** One mark for each step of the load. */
export function marksOf(evidence: Evidence): readonly Mark[] {
  return Array.from(evidence.load.values, (_, index) => markAt(evidence, index));
}

/** NaN, of which no comparison holds, where there is no sample. */
function valueAt(series: TimeSeries | undefined, atMs: number): number {
  if (!series) return Number.NaN;
  return series.values[Math.floor((atMs - series.startMs) / series.stepMs)] ?? Number.NaN;
}

function isIncident({ incidents, load }: Evidence, _: number, atMs: number): boolean {
  return incidents.some(({ fromMs, untilMs }) => atMs + load.stepMs > fromMs && atMs < untilMs);
}

function isAfterGap({ load: { values } }: Evidence, index: number): boolean {
  let from = index;
  while (from > 0 && from > index - WINDOW_STEPS + 1 && !Number.isNaN(values[from - 1]!)) from -= 1;
  let missing = 0;
  while (missing < GAP_STEPS && missing < from && Number.isNaN(values[from - 1 - missing]!)) missing += 1;
  return missing === GAP_STEPS;
}

function isCpuAtLimit({ cpu, cpuLimitMillicores, readyReplicas }: Evidence, _: number, atMs: number): boolean {
  if (cpuLimitMillicores === undefined) return false;
  return valueAt(cpu, atMs) >= CPU_AT_LIMIT * cpuLimitMillicores * valueAt(readyReplicas, atMs);
}

function isFailing({ errorShare }: Evidence, _: number, atMs: number): boolean {
  const share = valueAt(errorShare, atMs);
  return share > ERRORS && !isUsual(errorShare, share, atMs);
}

/** At most twice the median is what at least half of the shares reach the half of. */
function isUsual(shares: TimeSeries | undefined, share: number, atMs: number): boolean {
  let [known, like] = [0, 0];
  for (let agoMs = USUAL_EVERY_MS; agoMs <= USUAL_MS; agoMs += USUAL_EVERY_MS) {
    const before = valueAt(shares, atMs - agoMs);
    if (Number.isNaN(before)) continue;
    known += 1;
    if (TIMES_USUAL * before >= share) like += 1;
  }
  return known >= FEWEST_USUAL && like >= known / 2;
}

/** Either alone is no proof: a slow release is not short of replicas, and a cautious capacity model is not saturation. */
function isShort(evidence: Evidence, index: number, atMs: number): boolean {
  const { load, readyReplicas, latency, objectiveSeconds, replicasFor } = evidence;
  if (objectiveSeconds === undefined || !replicasFor) return false;
  if (!(valueAt(latency, atMs) > objectiveSeconds)) return false;
  return valueAt(readyReplicas, atMs) < replicasFor(load.values[index]!);
}
