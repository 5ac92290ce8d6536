/** All series of a back-test, on all cores. */
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { shippedFleet } from '../../app/shipped-fleet.ts';
import { withOwnFleet } from '../../app/training/own-fleet.ts';
import { createTrainer } from '../../app/training/trainer.ts';
import { planOrigins } from '../../evaluate/origins.ts';
import type { Forecasting } from '../../evaluate/rolling-origin.ts';
import { usableSeason } from '../../evaluate/season-parts.ts';
import { startForecaster } from '../../forecast/start.ts';
import type { Context } from '../context.ts';
import { startProgress } from '../progress.ts';
import { refuse } from '../refuse.ts';
import type { Material } from './material.ts';
import { runSeries, type SeriesJob, type SeriesResult } from './run-series.ts';
import type { BacktestSettings } from './settings.ts';

export interface Outcome {
  readonly results: readonly SeriesResult[];
  /** Series from which nothing could be learned, with the reason. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

/** @throws Error that lists every series that is too short, or when no series could be scored, or that it was stopped */
export async function runAll(
  material: Material,
  settings: BacktestSettings,
  { say, stop }: Pick<Context, 'say' | 'stop'>,
): Promise<Outcome> {
  const jobs = planJobs(material, settings);
  const workers = Math.max(1, Math.min(availableParallelism(), jobs.length));
  const warn = (message: string) => say(`${message}\n`);
  const log = (level: 'info' | 'warn', message: string) => {
    if (level === 'warn') warn(message);
  };
  // Always wasm: the same input gives the same scores on every machine.
  const trainer = createTrainer({ workers, timeoutMs: material.fitTimeoutMs, backend: 'wasm', log });
  const own = withOwnFleet(trainer, () => shippedFleet(warn), warn);
  const forecasting: Forecasting = {
    fit: (request) => own.fit(request, stop),
    start: (model, history, { fleet }, markAt) => startForecaster(model, history, markAt, fleet),
  };
  const total = jobs.reduce((sum, { origins }) => sum + origins.known.length, 0);
  const progress = startProgress('back-testing', total);
  const limit = pLimit(workers);
  let done = 0;
  const onOrigin = () => {
    done += 1;
    progress.update(done);
  };
  try {
    const runs = jobs.map((job) => limit(() => attempt(job, material, forecasting, onOrigin, stop)));
    return gather(await Promise.all(runs), material);
  } catch (error) {
    throw stop.aborted ? new Error('backtest: stopped. Nothing was written.') : error;
  } finally {
    progress.end();
    await trainer.close();
  }
}

function planJobs(
  { series, horizonSteps, seasonLengths, source }: Material,
  { wishes, seed }: BacktestSettings,
): SeriesJob[] {
  const problems: string[] = [];
  const jobs = series.flatMap((one): SeriesJob[] => {
    const steps = one.series.values.length;
    const plan = planOrigins(steps, horizonSteps, usableSeason(steps, seasonLengths), wishes);
    if (plan.kind === 'planned') return [{ one, origins: plan.origins, seed }];
    problems.push(`series ${one.id}: expected ${plan.expected}, found ${plan.found}`);
    return [];
  });
  if (problems.length > 0) refuse(source, problems);
  return jobs;
}

type Attempt = SeriesResult | { readonly id: string; readonly reason: string };

async function attempt(
  job: SeriesJob,
  material: Material,
  forecasting: Forecasting,
  onOrigin: () => void,
  stop: AbortSignal,
): Promise<Attempt> {
  try {
    return await runSeries(job, material, forecasting, onOrigin);
  } catch (error) {
    stop.throwIfAborted();
    return { id: job.one.id, reason: error instanceof Error ? error.message : String(error) };
  }
}

function gather(attempts: readonly Attempt[], { source }: Material): Outcome {
  const results = attempts.filter((one) => 'scores' in one);
  const failed = attempts.filter((one) => 'reason' in one);
  if (results.length === 0)
    refuse(
      source,
      failed.map(({ id, reason }) => `series ${id}: ${reason}`),
    );
  return { results, failed };
}
