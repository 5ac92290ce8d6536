/** What a young workload takes from the one that it is declared to be like, and for how long. */
import type { BorrowedPast, FittedSeries } from '../domain/forecast.ts';
import { endMs, knownBy, type TimeSeries } from '../domain/time-series.ts';
import { type WorkloadRef, workloadKey } from '../domain/workload.ts';
import { type BorrowedModel, borrowedIn } from '../forecast/fleet/borrowed-model.ts';
import { type Borrowing, borrowPast, isOldEnough, type Marked } from '../forecast/fleet/borrowed-past.ts';
import { marksOf } from '../forecast/preparation/marks.ts';
import { observeSignal } from '../observe/observe-signal.ts';
import { readRange } from '../observe/read-range.ts';
import { onClockOf } from '../pipeline/on-clock-of.ts';
import { type Entry, evidenceFor, type Load } from './book.ts';
import type { LoopState, World } from './world.ts';

const DAY_MS = 86_400_000;
/** Two of each day of the week are a past of its own. */
const GROWN_MS = 14 * DAY_MS;
/** Some steps at the start of a window may be missing. */
const FULL_SHARE = 0.95;
/** A donor that is not listened to by then has had its chance at every hour of the day, and more than once. */
const TRIED_MS = 3 * DAY_MS;

/** Once, where the fits of before were too early for it, or before the donor was declared. */
export function mayBeginToBorrow(entry: Entry, own: TimeSeries): boolean {
  const { spec, fitted } = entry;
  if (!spec.like || !fitted || entry.saidOfDonor !== undefined || borrowedBefore(entry)) return false;
  return isOldEnough(own) && ageOf(own) < TRIED_MS;
}

/** It forecasts with the history of a workload that it is not, or no longer, declared to be like. */
export function borrowsFromAnother({ spec, fitted }: Entry): boolean {
  const from = fitted && modelIn(fitted)?.facts.from;
  return from !== undefined && from !== (spec.like && workloadKey(spec.like));
}

/**
 * Undefined where nothing is declared or it is too early, and where it is over or there is nothing to borrow: then the reason
 * is in the log, once.
 *
 * @param load - from the first own sample on
 */
export async function borrowFor(
  world: World,
  loop: LoopState,
  entry: Entry,
  load: Load,
): Promise<BorrowedPast | undefined> {
  const { like } = entry.spec;
  if (!like || !isOldEnough(load.series)) return undefined;
  const from = workloadKey(like);
  const over = overBecause(entry, load.series, loop.settings.history.windowMs);
  if (over) return say(world, entry, from, over);
  const donor = await donorOf(world, loop, entry, like, load);
  const borrowing = donor.kind === 'none' ? donor : borrowPast(load.series, donor);
  const before = borrowedBefore(entry);
  const record = before && (entry.following?.forecaster.status?.().borrowed?.record ?? before.record);
  if (borrowing.kind === 'none') {
    if (!before) return say(world, entry, from, borrowing.reason);
    return { ...before.facts, ...noPast(load.series), ...(record && { record }) };
  }
  const { past } = borrowing;
  tell(world, entry, `history of ${from} stands for the past: ${words(past)}`);
  return { ...past, from, ...(record && { record }) };
}

type NoDonor = Extract<Borrowing, { readonly kind: 'none' }>;
type Donor = (Marked & { readonly kind: 'read' }) | NoDonor;

function none(reason: string): NoDonor {
  return { kind: 'none', reason };
}

/** What was borrowed before goes on where the donor cannot be read any more. */
function noPast({ startMs, stepMs }: TimeSeries): Pick<BorrowedPast, 'past' | 'marks'> {
  return { past: { startMs, stepMs, values: new Float64Array(0) }, marks: [] };
}

function ageOf(own: TimeSeries): number {
  return endMs(own) - own.startMs;
}

/** Of the donor that is declared now: how another one compared says nothing of it. */
function borrowedBefore(entry: Entry): BorrowedModel | undefined {
  return entry.fitted && !borrowsFromAnother(entry) ? modelIn(entry.fitted) : undefined;
}

function modelIn({ models: { aggregate } }: FittedSeries): BorrowedModel | undefined {
  return aggregate && borrowedIn(aggregate);
}

/** Completes "nothing is borrowed: "; undefined while it goes on. */
function overBecause(entry: Entry, own: TimeSeries, windowMs: number): string | undefined {
  if (ageOf(own) >= GROWN_MS) return 'two weeks of its own are there';
  // It never gets older than the window, which may be shorter.
  if (ageOf(own) >= FULL_SHARE * windowMs) return 'its own history fills the window';
  if (ageOf(own) < TRIED_MS || !entry.fitted) return undefined;
  if (!borrowedBefore(entry)) return 'three days of its own are there';
  const status = entry.following?.forecaster.status?.().borrowed;
  return !status || status.acting ? undefined : 'its own history forecasts better';
}

function words({ pastMs, ratio, doubt }: Pick<BorrowedPast, 'pastMs' | 'ratio' | 'doubt'>): string {
  return `${(pastMs / DAY_MS).toFixed(1)} d at ${+ratio.toPrecision(3)} times its level, give or take ${(100 * doubt).toFixed(0)} %`;
}

function say(world: World, entry: Entry, from: string, reason: string): undefined {
  tell(world, entry, `nothing is borrowed from ${from}: ${reason}`);
}

function tell({ log }: World, entry: Entry, message: string): void {
  if (entry.saidOfDonor === message) return;
  entry.saidOfDonor = message;
  log.info(message, { workload: workloadKey(entry.spec.ref), stage: 'fit' });
}

/** Up to now and on the wall clock of the workload. */
async function donorOf(
  world: World,
  loop: LoopState,
  { spec }: Entry,
  like: WorkloadRef,
  { signal, series: own }: Load,
): Promise<Donor> {
  const entry = loop.book.get(workloadKey(like));
  const known = entry ? entry.series.get(signal) : await readGone(world, loop, spec, like, signal);
  if (typeof known === 'string') return none(`it cannot be read: ${known}`);
  if (!known || known.stepMs !== own.stepMs || !known.values.some(Number.isFinite))
    return none(`it has no samples of ${signal}`);
  const series = knownBy(known, world.now());
  const marks = entry ? marksOf(evidenceFor(entry, series)) : Array.from(series.values, () => 'ok' as const);
  return { kind: 'read', ...onClockOf({ series, marks }, entry?.spec.clock ?? spec.clock, spec.clock) };
}

/** One that is not followed, as a Deployment of an earlier name: what the source still has under its labels, or why it fails. */
async function readGone(
  { source, now, stop }: World,
  { settings }: LoopState,
  { signals }: Entry['spec'],
  like: WorkloadRef,
  signal: Load['signal'],
): Promise<TimeSeries | string | undefined> {
  const template = signals[signal];
  if (!template) return undefined;
  const { stepMs, history } = settings;
  const { windowMs, ...limits } = history;
  const nowMs = now();
  const range = { ...readRange([undefined], nowMs, windowMs, stepMs), stepMs };
  const answer = await source.read(template, [like], range, stop);
  if (answer.kind === 'failed') return answer.message;
  const known = new Map();
  const context = { signal, template, workloads: [like], known, nowMs, stepMs, windowMs, limits };
  return observeSignal(answer, context).get(workloadKey(like))?.series;
}
