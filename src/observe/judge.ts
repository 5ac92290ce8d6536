/**
 * The quality of one signal of one workload: the worst state that holds, each with what was expected and found.
 * The checks are a list from the worst to the best (src/domain/quality.ts).
 */
import type { LoadAnswer } from '../domain/ports.ts';
import { type Quality, type QualityState, qualityActions } from '../domain/quality.ts';
import { knownBy, lastSample, type TimeSeries } from '../domain/time-series.ts';
import type { SignalName, SignalTemplate, WorkloadRef } from '../domain/workload.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Aligned } from './align.ts';
import { amount, instant, percent, span } from './wording.ts';

export interface ObserveLimits {
  /** Most missing steps, as a share of the window that is judged. */
  readonly maxGapShare: number;
  readonly staleAfterMs: number;
  /** Least history that models can be fitted to; by default two days, or the window where that is shorter. */
  readonly minHistoryMs?: number;
}

/** What is known about one workload's signal after a read. */
export interface Evidence {
  readonly ref: WorkloadRef;
  readonly signal: SignalName;
  readonly template: SignalTemplate;
  readonly answer: LoadAnswer;
  /** Series of the answer that are this workload's. */
  readonly matched: number;
  /** What the answer brought; undefined when it brought nothing. */
  readonly fresh: Aligned | undefined;
  /** Known and fresh together. */
  readonly series: TimeSeries | undefined;
  /** Other workloads that this answer lacks though they were there shortly before. */
  readonly vanished: readonly string[];
  readonly nowMs: number;
  readonly windowMs: number;
  readonly limits: ObserveLimits;
}

/** What several checks look at, reckoned once. */
interface Summary {
  readonly last?: { readonly value: number; readonly atMs: number };
  /** From the beginning of the first step with a sample to the last complete step. */
  readonly historyMs: number;
  readonly gaps: Gaps;
}

interface Gaps {
  readonly share: number;
  readonly windowMs: number;
}

type Check = (evidence: Evidence, summary: Summary) => string | undefined;

const DAY_MS = 86_400_000;
/** Holes of the newest hours hurt the next forecast more than the same number spread over weeks. */
const RECENT_MS = 6 * 3_600_000;

const checks: readonly (readonly [QualityState, Check])[] = [
  ['unavailable', unavailable],
  ['empty', empty],
  ['not-a-number', notANumber],
  ['stale', stale],
  ['insufficient-history', insufficientHistory],
  ['partial', partial],
  ['gappy', gappy],
];

export function judge(evidence: Evidence): Quality {
  const summary = summarise(evidence);
  const { signal, fresh } = evidence;
  const [state, message] = worst(evidence, summary);
  return {
    signal,
    state,
    action: qualityActions[state],
    message,
    ...(summary.last && { lastSampleMs: summary.last.atMs }),
    missingShare: summary.gaps.share,
    repairs: fresh?.repairs ?? { resets: 0, duplicates: 0, infinities: 0 },
  };
}

function worst(evidence: Evidence, summary: Summary): readonly [QualityState, string] {
  for (const [state, check] of checks) {
    const message = check(evidence, summary);
    if (message !== undefined) return [state, message];
  }
  const { share, windowMs } = summary.gaps;
  return [
    'ok',
    `newest sample of ${instant(summary.last!.atMs)}, ${percent(share)} of the last ${span(windowMs)} missing`,
  ];
}

function unavailable({ answer }: Evidence, { last }: Summary): string | undefined {
  if (answer.kind === 'answered') return undefined;
  const known = last ? `what is known ends at ${instant(last.atMs)}` : 'nothing is known from before';
  return `the query failed, ${known}. ${answer.message}`;
}

function empty({ ref, template, answer, fresh }: Evidence, { last }: Summary): string | undefined {
  if (answer.kind === 'failed' || fresh) return undefined;
  if (last && answer.series.length > 0) return undefined;
  const { namespaceLabel, nameLabel, kindLabel, name } = template;
  const pattern = template.namePattern === undefined ? '' : ` (by the pattern ${template.namePattern})`;
  const kind = kindLabel === undefined ? '' : ` and ${kindLabel}="${ref.kind}"`;
  const labels = `${namespaceLabel}="${ref.namespace}" and ${nameLabel}="${ref.name}"${pattern}${kind}`;
  return `expected one series with ${labels} from template ${JSON.stringify(name)}, found none among ${answer.series.length}: unknown, not zero`;
}

function notANumber({ fresh }: Evidence): string | undefined {
  const bad = fresh?.newestBad;
  return bad && `expected a number as the newest sample, found ${bad.found} at ${instant(bad.atMs)}`;
}

function stale({ nowMs, limits, fresh }: Evidence, { last }: Summary): string | undefined {
  if (!last) return `expected a usable sample, found none among ${fresh?.samples ?? 0}`;
  const ageMs = nowMs - last.atMs;
  if (ageMs <= limits.staleAfterMs) return undefined;
  return `the newest sample is ${span(ageMs)} old, limit ${span(limits.staleAfterMs)}`;
}

function insufficientHistory({ limits, windowMs }: Evidence, { historyMs }: Summary): string | undefined {
  const leastMs = limits.minHistoryMs ?? Math.min(2 * DAY_MS, windowMs);
  if (historyMs >= leastMs) return undefined;
  return `expected at least ${span(leastMs)} of history, found ${span(historyMs)}`;
}

/** Whatever makes an answer less than whole without making it useless. */
function partial(evidence: Evidence, summary: Summary): string | undefined {
  const { answer, ref, fresh, matched, vanished } = evidence;
  if (answer.kind === 'failed') return undefined;
  if (!fresh)
    return `${workloadKey(ref)} is missing from an answer with ${answer.series.length} series, though it was in earlier ones`;
  if (answer.warnings.length > 0) return `the answer came with warnings: ${answer.warnings.join('; ')}`;
  if (matched > 1)
    return `expected one series, found ${matched}; the largest value of each step is used. Sum the query by the two labels`;
  const from = collapsedFrom(evidence, summary);
  if (from === undefined || vanished.length === 0) return undefined;
  const others =
    vanished.length > 3 ? `${vanished.slice(0, 3).join(', ')} and ${vanished.length - 3} more` : vanished.join(', ');
  return `the load fell from ${amount(from)} to ${amount(summary.last!.value)} while the answer lacks ${others}: rather a failing scrape than less demand`;
}

function gappy({ limits }: Evidence, { gaps }: Summary): string | undefined {
  if (gaps.share <= limits.maxGapShare) return undefined;
  return `${percent(gaps.share)} of the last ${span(gaps.windowMs)} is missing, limit ${percent(limits.maxGapShare)}`;
}

/** Steps in which a fall counts as sudden, and steps before them that it is measured against. */
const SUDDEN_STEPS = 3;
const BEFORE_STEPS = 12;
const COLLAPSE_SHARE = 0.1;

/** The load before it fell by more than 90 % within a few steps; undefined when it did not. */
function collapsedFrom({ series }: Evidence, { last }: Summary): number | undefined {
  if (!series || !last) return undefined;
  const lastStep = Math.round((last.atMs - series.startMs) / series.stepMs);
  const until = Math.max(0, lastStep - SUDDEN_STEPS);
  const before = series.values
    .subarray(Math.max(0, until - BEFORE_STEPS), until)
    .filter((value) => !Number.isNaN(value));
  if (before.length === 0) return undefined;
  const median = before.sort()[Math.floor(before.length / 2)]!;
  return last.value < COLLAPSE_SHARE * median ? median : undefined;
}

function summarise({ series, nowMs }: Evidence): Summary {
  const known = series && knownBy(series, nowMs);
  const last = known && lastSample(known);
  if (!known || !last) return { historyMs: 0, gaps: { share: 1, windowMs: 0 } };
  const sinceFirst = known.values.subarray(known.values.findIndex((value) => !Number.isNaN(value)));
  const whole = gapsOf(sinceFirst, known.stepMs);
  const recent = gapsOf(sinceFirst.subarray(-Math.ceil(RECENT_MS / known.stepMs)), known.stepMs);
  return { last, historyMs: sinceFirst.length * known.stepMs, gaps: recent.share > whole.share ? recent : whole };
}

function gapsOf(values: Float64Array, stepMs: number): Gaps {
  let missing = 0;
  for (const value of values) if (Number.isNaN(value)) missing++;
  return { share: missing / values.length, windowMs: values.length * stepMs };
}
