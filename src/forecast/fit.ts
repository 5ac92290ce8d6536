/**
 * Fits every candidate on one series, scores all of them out of sample and says which one acts.
 *
 *     |------------- older -------------|-- calibrate --|-- score --|
 *      parameters for scoring            residuals       rolling origins
 *     |------------------------- refit on everything ---------------|
 *
 * The refitted model keeps the calibration of the residuals it made when it had not yet seen the newest two parts.
 *
 * The aggregate is made of the forecasters fitted here and of what learns online (aggregate/fit.ts); where it is a
 * candidate it acts, and its own gate decides sample by sample whether a yardstick acts in its place.
 */
import type { FleetModel } from '../domain/fleet.ts';
import type { FitRequest, FittedModel, FittedSeries, ForecasterName, ForecastScore, Mark } from '../domain/forecast.ts';
import { forecasterNames } from '../domain/forecast.ts';
import { endMs, type TimeSeries } from '../domain/time-series.ts';
import { fitAggregate, type Learned, transformBefore } from './aggregate/fit.ts';
import { backTest, calibrationParameters, fitCalibration } from './calibration.ts';
import { fits, type SingleName } from './candidates.ts';
import type { Engines, Learning } from './learning.ts';
import type { Parameters } from './parameters.ts';
import type { Transformed } from './point-forecaster.ts';
import { boundOutliers } from './preparation/outliers.ts';
import { failedScore, type Judged, type Judging, judge } from './scores.ts';
import { chooseActing } from './select.ts';
import { startPoint } from './start-point.ts';
import { fitTransform, type Transform, transformValues } from './transform.ts';
import { transformParameters } from './transform-parameters.ts';

/** Work is bounded: at most this many newest steps are learned from, 28 days of minutes. */
const MOST_STEPS = 40_320;
const SCORED_SHARE = 0.15;
const MOST_SCORED_SHARE = 0.25;
const FEWEST_OLDER_STEPS = 8;

/**
 * @param clock - milliseconds from any start; when given, each score says how long its forecaster took
 * @returns all models that could be fitted, their scores, and the one that acts. A series too short to be scored is
 *   answered by seasonal naive with wide quantiles.
 * @throws Error naming the series when it holds no sample at all
 */
export async function fitSeries(request: FitRequest, engines: Engines, clock?: () => number): Promise<FittedSeries> {
  return (await fitAndHoldOut(request, engines, clock)).fitted;
}

/** The model that acts as it was before it had seen the newest part of the history, for trials on that part. */
export interface HeldOut {
  readonly model: FittedModel;
  readonly history: TimeSeries;
  /** First step that the model has not seen. */
  readonly fromIndex: number;
  /** As long as the history; all `ok` when absent. */
  readonly marks?: readonly Mark[];
  readonly fleet?: FleetModel;
}

/** As `fitSeries`; `heldOut` is absent when the series is too short to hold anything back. */
export async function fitAndHoldOut(
  request: FitRequest,
  engines: Engines,
  clock?: () => number,
): Promise<{ readonly fitted: FittedSeries; readonly heldOut?: HeldOut }> {
  const recent = newest(request.history, MOST_STEPS);
  if (!recent.values.some(Number.isFinite)) {
    throw new Error(`${request.id}: nothing to learn from, none of ${recent.values.length} steps has a sample`);
  }
  const history = { ...recent, values: boundOutliers(recent.values, recent.stepMs) };
  const work = prepare(request, history, engines);
  const results: Result[] = [];
  for (const name of forecasterNames) {
    if (!isWanted(name, request.candidates)) continue;
    const attempt = name === 'aggregate' ? async () => tryAggregate(work, results) : () => tryCandidate(name, work);
    results.push(await clocked(attempt, clock));
  }
  const judged = results.flatMap((r) => (r.judged ? [r.judged] : []));
  const models = Object.fromEntries(results.flatMap((r) => (r.model ? [[r.model.kind, r.model]] : [])));
  const usable = judged.filter((j) => j.score.model in models);
  const aggregate = results.find((r) => r.verdict !== undefined);
  const choice = aggregate
    ? { acting: 'aggregate' as const, verdict: aggregate.verdict! }
    : chooseActing(usable, request.candidates, request.acting);
  const scoring = results.find((r) => r.score.model === choice.acting)?.scoring;
  const fitted = {
    trainedThroughMs: endMs(history),
    stepMs: history.stepMs,
    seed: request.seed,
    ...choice,
    scores: results.map((r) => r.score),
    models,
  };
  const { marks } = work;
  const { fleet } = request;
  return {
    fitted,
    ...(scoring && { heldOut: { history, ...scoring, ...(marks && { marks }), ...(fleet && { fleet }) } }),
  };
}

/** The yardsticks are always fitted: without them nothing learned may act. */
function isWanted(name: ForecasterName, candidates: readonly ForecasterName[]): boolean {
  return name === 'seasonal-naive' || name === 'holt-winters' || candidates.includes(name);
}

interface Work {
  readonly request: FitRequest;
  readonly history: TimeSeries;
  readonly marks?: readonly Mark[];
  readonly engines: Engines;
  readonly seasons: readonly number[];
  readonly transform: Transform;
  readonly all: Transformed;
  /** Ends of the older and of the calibrating part. They are equal to the length when the series is too short to score. */
  readonly olderEnd: number;
  readonly calibratedEnd: number;
}

interface Result {
  readonly score: ForecastScore;
  readonly judged?: Judged;
  readonly model?: FittedModel;
  /** The one that was judged, and from where on. */
  readonly scoring?: Pick<HeldOut, 'model' | 'fromIndex'>;
  /** What an aggregate took, fitted on the older part and on everything. */
  readonly learned?: Learned;
  /** Of an aggregate's gate. */
  readonly verdict?: string;
}

function newest(history: TimeSeries, most: number): TimeSeries {
  const skip = Math.max(0, history.values.length - most);
  return { ...history, startMs: history.startMs + skip * history.stepMs, values: history.values.subarray(skip) };
}

/** The transform is chosen on the older part alone; a scaler that has seen the scored part would leak. */
function prepare(request: FitRequest, history: TimeSeries, engines: Engines): Work {
  const { olderEnd, calibratedEnd } = split(history.values.length, request.horizonSteps);
  const seasons = request.seasonLengths.filter((m) => Number.isInteger(m) && m > 1);
  const older = history.values.subarray(0, olderEnd);
  const fresh = fitTransform(older.some(Number.isFinite) ? older : history.values, seasons);
  const transform = transformBefore(request, fresh) ?? fresh;
  const all = {
    z: transformValues(transform, history.values),
    firstStep: Math.round(history.startMs / history.stepMs),
  };
  const marks = request.marks?.slice(-history.values.length);
  return { request, history, engines, seasons, transform, all, olderEnd, calibratedEnd, ...(marks && { marks }) };
}

function split(n: number, horizonSteps: number): { olderEnd: number; calibratedEnd: number } {
  const wanted = Math.max(2 * horizonSteps, Math.round(SCORED_SHARE * n));
  const scored = Math.min(wanted, Math.floor(MOST_SCORED_SHARE * n));
  const olderEnd = n - 2 * scored;
  if (scored <= horizonSteps || olderEnd < FEWEST_OLDER_STEPS) return { olderEnd: n, calibratedEnd: n };
  return { olderEnd, calibratedEnd: n - scored };
}

async function clocked(attempt: () => Promise<Result>, clock?: () => number): Promise<Result> {
  if (!clock) return attempt();
  const startMs = clock();
  const result = await attempt();
  return { ...result, score: { ...result.score, fitMs: clock() - startMs } };
}

async function tryCandidate(name: SingleName, work: Work): Promise<Result> {
  try {
    return work.olderEnd < work.all.z.length ? await fitAndJudge(name, work) : await fitUnscored(name, work);
  } catch (error) {
    return { score: failedScore(name, error instanceof Error ? error.message : String(error)) };
  }
}

async function fitAndJudge(name: SingleName, work: Work): Promise<Result> {
  const { all, olderEnd, calibratedEnd, request, history } = work;
  const earlier = await learn(name, work, olderEnd);
  const point = startPoint(name, earlier, all.firstStep);
  const test = backTest(point, all, olderEnd, request.horizonSteps);
  const scoring = assemble(name, work, earlier, test, calibratedEnd);
  const judged = judge(scoring, history, judgingFrom(work, calibratedEnd));
  const parameters = await learn(name, work, all.z.length, earlier);
  const model = assemble(name, work, parameters, test, all.z.length);
  const learned = { earlier, parameters };
  return { score: judged.score, judged, scoring: { model: scoring, fromIndex: calibratedEnd }, model, learned };
}

function judgingFrom({ seasons, olderEnd, request, marks }: Work, fromIndex: number): Judging {
  const season = seasons.find((m) => m < olderEnd / 2) ?? 1;
  const { horizonSteps, fleet } = request;
  const levels = [...new Set([...request.levels, 0.5])];
  return { horizonSteps, levels, season, fromIndex, ...(marks && { marks }), ...(fleet && { fleet }) };
}

function tryAggregate(work: Work, singles: readonly Result[]): Result {
  try {
    const learned = Object.fromEntries(
      singles.flatMap((r) => (r.learned ? [[r.score.model, r.learned] as const] : [])),
    );
    const { model, verdict, scoring } = fitAggregate(work, learned);
    const { fromIndex } = scoring ?? { fromIndex: work.all.z.length };
    if (!scoring || work.all.z.length - fromIndex <= work.request.horizonSteps)
      return { score: unscored(work), model, verdict };
    const judged = judge(scoring.model, work.history, judgingFrom(work, fromIndex));
    return { score: judged.score, scoring, model, verdict };
  } catch (error) {
    return { score: failedScore('aggregate', error instanceof Error ? error.message : String(error)) };
  }
}

/** An aggregate that has seen little that is new keeps the score of before. */
function unscored({ request, all }: Work): ForecastScore {
  const before = request.previous?.scores.find((score) => score.model === 'aggregate');
  const message = `${all.z.length} steps are too few to score ${request.horizonSteps} steps ahead`;
  return before && Number.isFinite(before.mase) ? before : failedScore('aggregate', message);
}

/** Too short to hold anything back: only seasonal naive, with residuals of the part after its first steps. */
async function fitUnscored(name: SingleName, work: Work): Promise<Result> {
  const { all, request } = work;
  const message = `${all.z.length} steps are too few to score ${request.horizonSteps} steps ahead`;
  if (name !== 'seasonal-naive') return { score: failedScore(name, message) };
  const parameters = await learn(name, work, all.z.length);
  const point = startPoint(name, parameters, all.firstStep);
  const test = backTest(point, all, 1, request.horizonSteps);
  const model = assemble(name, work, parameters, test, all.z.length);
  return { score: failedScore(name, message), model, learned: { parameters } };
}

function learn(name: SingleName, work: Work, end: number, earlier?: Parameters): Promise<Parameters> {
  const learning: Learning = {
    series: { z: work.all.z.subarray(0, end), firstStep: work.all.firstStep },
    seasons: work.seasons,
    horizonSteps: work.request.horizonSteps,
    seed: work.request.seed,
    engines: work.engines,
    ...(earlier ? { earlier } : {}),
  };
  return fits[name](learning);
}

function assemble(
  name: SingleName,
  work: Work,
  parameters: Parameters,
  test: ReturnType<typeof backTest>,
  end: number,
): FittedModel {
  const { all, history, seasons, transform } = work;
  return {
    kind: name,
    parameters: {
      ...parameters,
      ...transformParameters(transform),
      ...calibrationParameters(fitCalibration(all, test, seasons, end)),
      stepMs: history.stepMs,
      trainedThroughMs: history.startMs + end * history.stepMs,
    },
  };
}
