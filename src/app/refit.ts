/**
 * The slow clock: learns capacity and refits the models of every workload, spread over time, in worker threads.
 * The loop goes on meanwhile with what it has.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { learnCapacity } from '../capacity/learn-capacity.ts';
import { recommendRequests } from '../capacity/recommend-requests.ts';
import type { WorkloadState } from '../domain/cluster.ts';
import { type FitRequest, type FittedSeries, forecasterNames } from '../domain/forecast.ts';
import { endMs, knownBy, sinceFirstSample, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import { marksOf } from '../forecast/preparation/marks.ts';
import { fitRequest } from '../pipeline/fit-request.ts';
import { type Entry, evidenceFor, loadOf } from './book.ts';
import { borrowFor, borrowsFromAnother, mayBeginToBorrow } from './borrow.ts';
import { learnDueEvents } from './event-uplifts.ts';
import { learnFleet } from './fleet.ts';
import { priorFor } from './fleet-prior.ts';
import type { LoopState, World } from './world.ts';

/** Learns what one replica serves and should request from the series that are there. */
export function learn(entry: Entry, state: WorkloadState | undefined): void {
  const known = {
    spec: entry.spec,
    series: Object.fromEntries(entry.series),
    ...(entry.replicas && { replicas: entry.replicas }),
  };
  entry.capacity = learnCapacity({
    ...known,
    containers: state?.containers ?? [],
    ...(state && { readyReplicas: state.readyReplicas }),
  });
  const requests = state && recommendRequests({ ...known, state });
  if (requests) entry.requests = requests;
  else delete entry.requests;
  if (state) entry.learnedFor = state.templateHash;
}

/**
 * A fitted series takes effect: the next round follows it with a new forecaster. Models that neither act nor go on in the
 * next fit stay on disk: with their seasons of single steps they take more memory than all that is kept.
 */
export function adopt(entry: Entry, fitted: FittedSeries, { fleet }: Pick<LoopState, 'fleet'>): void {
  const kept = Object.entries(fitted.models).filter(([kind]) => kind === fitted.acting || kind === 'aggregate');
  entry.fitted = { ...fitted, models: Object.fromEntries(kept), ...(fleet && { fleet }) };
  delete entry.following;
}

function recordFit(world: World, entry: Entry, fitted: FittedSeries, before: FittedSeries['acting'] | undefined): void {
  const { namespace, kind, name } = entry.spec.ref;
  const { metrics, log } = world;
  for (const { model, weightedQuantileLoss } of fitted.scores)
    metrics.forecast_score.set({ namespace, kind, name, model }, weightedQuantileLoss);
  for (const model of forecasterNames)
    metrics.acting_model.set({ namespace, kind, name, model }, model === fitted.acting ? 1 : 0);
  metrics.model_trained_timestamp_seconds.set({ namespace, kind, name }, fitted.trainedThroughMs / 1000);
  const fields = { workload: workloadKey(entry.spec.ref), model: fitted.acting };
  if (before !== fitted.acting) log.info(`model ${before ?? 'none'} → ${fitted.acting}: ${fitted.verdict}`, fields);
  else log.debug(`model refitted: ${fitted.verdict}`, fields);
}

/**
 * Fits one workload. A failure is logged and counted; what acted before goes on. One that still waits for a worker, behind
 * those of a large fleet, is not queued again.
 */
async function refitOne(world: World, loop: LoopState, entry: Entry, signal: AbortSignal): Promise<void> {
  const workload = workloadKey(entry.spec.ref);
  const load = loadOf(entry);
  if (!load || entry.isFitting) return;
  const { series, source } = load;
  const nowMs = world.now();
  entry.fitBegunMs = nowMs;
  entry.isFitting = true;
  try {
    const before = entry.fitted?.source === source ? entry.fitted : undefined;
    const { spec, leadMs, capacity } = entry;
    const { forecast, loopMs, decide } = loop.settings;
    const serving = capacity && { capacity, loopMs, holdMs: decide.holdMs };
    const known = knownBy(series, nowMs);
    // The window of a young workload begins long before it does.
    const history = sinceFirstSample(known);
    const marks = marksOf(evidenceFor(entry, known)).slice(-history.values.length);
    const borrowed = await borrowFor(world, loop, entry, { ...load, series: history });
    const request = {
      ...fitRequest(forecast, spec, history, before, leadMs, serving),
      marks,
      ...(borrowed && { borrowed }),
      ...(loop.fleet && { fleet: loop.fleet }),
    };
    const prior = priorFor(loop.book, entry, request);
    const end = world.metrics.fit_duration_seconds.startTimer();
    const fitted = { ...(await fitOn(world, workload, { ...request, ...(prior && { prior }) }, signal)), source };
    end();
    adopt(entry, fitted, loop);
    recordFit(world, entry, fitted, before?.acting);
    world.metrics.fits_total.inc({ result: 'ok' });
    await store(world, workload, fitted);
  } catch (error) {
    if (signal.aborted) return;
    world.metrics.fits_total.inc({ result: 'failed' });
    world.log.warn('fit failed; what acted before goes on', { workload, error });
  } finally {
    entry.isFitting = false;
  }
}

/** A borrowed past that cannot be learned takes nothing from the own history: it is fitted without. */
async function fitOn(world: World, workload: string, request: FitRequest, signal: AbortSignal): Promise<FittedSeries> {
  try {
    return await world.trainer.fit(request, signal);
  } catch (error) {
    const { borrowed, ...own } = request;
    if (!borrowed || signal.aborted) throw error;
    world.log.warn(`the history of ${borrowed.from} could not be learned; fitted without`, { workload, error });
    return world.trainer.fit(own, signal);
  }
}

/** What was fitted serves also where it cannot be stored, on a full disk: until a restart. */
async function store({ models, log }: World, workload: string, fitted: FittedSeries): Promise<void> {
  await models
    .save(workload, fitted)
    .catch((error: unknown) => log.warn('the model was fitted but cannot be stored', { workload, error }));
}

/** Takes what was fitted before from disk; a damaged or foreign file is set aside with a reason. */
export async function loadModels(world: World, loop: LoopState): Promise<void> {
  for (const [key, entry] of loop.book) {
    if (entry.fitted) continue;
    const stored = await world.models.load(key);
    if (stored.kind === 'loaded') {
      adopt(entry, stored.fitted, loop);
      recordFit(world, entry, stored.fitted, stored.fitted.acting);
    }
    if (stored.kind === 'set-aside') {
      world.metrics.models_set_aside_total.inc();
      world.log.warn(`stored model set aside: ${stored.message}`, { workload: key, reason: 'model-damaged' });
    }
  }
}

/** A fit that failed is tried again after this long. */
const RETRY_MS = 10 * 60_000;

/** No model yet, or what it learned from is outgrown or another: a young workload does not wait for the night. */
function isDue(entry: Entry, nowMs: number): boolean {
  const { fitted, fitBegunMs } = entry;
  if (fitBegunMs !== undefined && nowMs - fitBegunMs < RETRY_MS) return false;
  const load = loadOf(entry);
  if (!fitted || !load) return !fitted;
  const own = sinceFirstSample(knownBy(load.series, nowMs));
  return hasDoubled(own, fitted) || mayBeginToBorrow(entry, own) || borrowsFromAnother(entry);
}

function hasDoubled(own: TimeSeries, { trainedThroughMs }: FittedSeries): boolean {
  return endMs(own) - own.startMs >= 2 * Math.max(0, trainedThroughMs - own.startMs);
}

/** Fits what is due between two ticks of the refit clock. */
export async function fitDue(world: World, loop: LoopState, signal: AbortSignal): Promise<void> {
  await learnDueEvents(world, loop);
  const due = [...loop.book.values()].filter((entry) => isDue(entry, world.now()));
  await Promise.all(due.map((entry) => refitOne(world, loop, entry, signal)));
}

/** Learns capacity and refits all workloads, spread evenly over `spreadMs`; then what they share. */
export async function refitAll(world: World, loop: LoopState, signal: AbortSignal): Promise<void> {
  const entries = [...loop.book];
  const states = await world.cluster.states(entries.map(([, entry]) => entry.spec.ref)).catch(() => undefined);
  const pauseMs = loop.settings.forecast.spreadMs / Math.max(1, entries.length);
  const running = entries.map(async ([key, entry], i) => {
    try {
      await sleep(i * pauseMs, undefined, { signal });
    } catch {
      return; // stopped before its turn
    }
    try {
      learn(entry, states?.get(key));
    } catch (error) {
      world.log.warn('what a replica serves could not be learned; what was known goes on', { workload: key, error });
    }
    await refitOne(world, loop, entry, signal);
  });
  await Promise.all(running);
  await learnFleet(world, loop, signal);
}
