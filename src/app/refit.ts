/**
 * The slow clock: learns capacity and refits the models of every workload, spread over time, in worker threads.
 * The loop goes on meanwhile with what it has.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import cron from 'node-cron';
import { learnCapacity } from '../capacity/learn-capacity.ts';
import type { FitRequest, FittedSeries } from '../domain/forecast.ts';
import type { Settings } from '../domain/settings.ts';
import { knownBy, type TimeSeries } from '../domain/time-series.ts';
import { type WorkloadSpec, workloadKey } from '../domain/workload.ts';
import { levelsFor } from '../pipeline/levels.ts';
import { type Entry, loadSeries } from './book.ts';
import type { LoopState, World } from './world.ts';

/** Scores look this far ahead at least: the lead of a slow start and the review behind it. */
const LEAST_HORIZON_MS = 15 * 60_000;

function fitRequest(
  settings: Settings,
  spec: WorkloadSpec,
  history: TimeSeries,
  acting: FittedSeries['acting'] | undefined,
): FitRequest {
  const { stepMs } = history;
  return {
    id: workloadKey(spec.ref),
    history,
    seasonLengths: spec.seasonsMs.map((season) => Math.round(season / stepMs)),
    levels: levelsFor(spec.violationShare),
    horizonSteps: Math.max(1, Math.ceil(Math.max(LEAST_HORIZON_MS, 2 * (spec.startUpMs ?? 0)) / stepMs)),
    seed: settings.forecast.seed,
    candidates: settings.forecast.candidates,
    ...(acting && { acting }),
  };
}

/** Learns what one replica serves from the series that are there. */
export async function learn(world: World, entry: Entry): Promise<void> {
  const key = workloadKey(entry.spec.ref);
  const states = await world.cluster.states([entry.spec.ref]);
  const state = states.get(key);
  entry.capacity = learnCapacity({
    spec: entry.spec,
    series: Object.fromEntries(entry.series),
    containers: state?.containers ?? [],
    ...(state && { readyReplicas: state.readyReplicas }),
  });
}

/** A fitted series takes effect: the next round follows it with a new forecaster. */
export function adopt(entry: Entry, fitted: FittedSeries): void {
  entry.fitted = fitted;
  delete entry.following;
}

function recordFit(world: World, entry: Entry, fitted: FittedSeries, before: FittedSeries['acting'] | undefined): void {
  const { namespace, kind, name } = entry.spec.ref;
  const { metrics, log } = world;
  for (const { model, weightedQuantileLoss } of fitted.scores) {
    metrics.forecast_score.set({ namespace, kind, name, model }, weightedQuantileLoss);
    metrics.acting_model.set({ namespace, kind, name, model }, model === fitted.acting ? 1 : 0);
  }
  metrics.model_trained_timestamp_seconds.set({ namespace, kind, name }, fitted.trainedThroughMs / 1000);
  const fields = { workload: workloadKey(entry.spec.ref), model: fitted.acting };
  if (before !== fitted.acting) log.info(`model ${before ?? 'none'} → ${fitted.acting}: ${fitted.verdict}`, fields);
  else log.debug(`model refitted: ${fitted.verdict}`, fields);
}

/** Refits one workload. A failure is logged and counted; what acted before goes on. */
async function refitOne(world: World, loop: LoopState, entry: Entry, signal: AbortSignal): Promise<void> {
  const workload = workloadKey(entry.spec.ref);
  try {
    await learn(world, entry);
    const series = loadSeries(entry);
    if (!series) return;
    const before = entry.fitted?.acting;
    const end = world.metrics.fit_duration_seconds.startTimer();
    const fitted = await world.trainer.fit(
      fitRequest(loop.settings, entry.spec, knownBy(series, world.now()), before),
      signal,
    );
    end();
    adopt(entry, fitted);
    recordFit(world, entry, fitted, before);
    world.metrics.fits_total.inc({ result: 'ok' });
    await world.models.save(workload, fitted);
  } catch (error) {
    if (signal.aborted) return;
    world.metrics.fits_total.inc({ result: 'failed' });
    world.log.warn('refit failed; what acted before goes on', { workload, error });
  }
}

/** Takes what was fitted before from disk; a damaged or foreign file is set aside with a reason. */
export async function loadModels(world: World, loop: LoopState): Promise<void> {
  for (const [key, entry] of loop.book) {
    if (entry.fitted) continue;
    const stored = await world.models.load(key);
    if (stored.kind === 'loaded') {
      adopt(entry, stored.fitted);
      recordFit(world, entry, stored.fitted, stored.fitted.acting);
    }
    if (stored.kind === 'set-aside') {
      world.metrics.models_set_aside_total.inc();
      world.log.warn(`stored model set aside: ${stored.message}`, { workload: key, reason: 'model-damaged' });
    }
  }
}

/** Refits the workloads that have no model yet at once, or all of them spread evenly over `spreadMs`. */
export async function refitAll(
  world: World,
  loop: LoopState,
  signal: AbortSignal,
  which: 'missing' | 'all',
): Promise<void> {
  const entries = [...loop.book.values()].filter((entry) => which === 'all' || !entry.fitted);
  const pauseMs = which === 'all' ? loop.settings.forecast.spreadMs / Math.max(1, entries.length) : 0;
  const running = entries.map(async (entry, i) => {
    try {
      await sleep(i * pauseMs, undefined, { signal });
    } catch {
      return; // stopped before its turn
    }
    await refitOne(world, loop, entry, signal);
  });
  await Promise.all(running);
}

export interface RefitClock {
  stop(): Promise<void>;
}

/** Refits on the cron schedule of the settings. A refit that takes longer than the period is not overtaken by the next. */
export function startRefitClock(world: World, loop: LoopState, signal: AbortSignal): RefitClock {
  const { refitCron, timeZone } = loop.settings.forecast;
  const task = cron.schedule(refitCron, () => refitAll(world, loop, signal, 'all'), {
    timezone: timeZone,
    noOverlap: true,
    name: 'refit',
  });
  return {
    stop: async () => {
      await task.destroy();
    },
  };
}
