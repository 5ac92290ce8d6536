/**
 * Goes through the scored part of a trace as the daemon would: refit on the slow clock, every sample observed once, a
 * forecast after each of them. Nothing is known to a forecaster that had not ended by then.
 */
import type { ExpertName } from '../../../src/domain/fleet.ts';
import type {
  FitRequest,
  FittedSeries,
  ForecasterName,
  OnlineForecaster,
  Trainer,
} from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { usualRamps } from '../../../src/evaluate/ramps.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { newTally, type Tally } from './tally.ts';

export interface Course {
  readonly name: string;
  readonly series: TimeSeries;
  /** First scored step, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** Steps ahead that are scored, ascending. */
  readonly horizons: readonly number[];
  readonly levels: readonly number[];
  readonly models: readonly ForecasterName[];
  readonly candidates: readonly ForecasterName[];
  /** What the aggregate holds; those of the daemon by default. */
  readonly experts?: readonly ExpertName[];
  readonly refitSteps: number;
  readonly windowSteps: number;
  /** Forecasts are made behind each so many steps; behind every one by default. */
  readonly originEvery?: number;
}

/** Scores of one model: one tally per horizon of the course. */
export type Scores = ReadonlyMap<ForecasterName, readonly Tally[]>;

const DAY_MS = 86_400_000;

export async function follow(course: Course, trainer: Trainer): Promise<Scores> {
  const { series, from, to, horizons, levels, models, originEvery = 1 } = course;
  const ramps = usualRamps({ ...series, values: series.values.subarray(0, from) }, DAY_MS / series.stepMs);
  const place = (step: number) => {
    const atMs = series.startMs + step * series.stepMs;
    const day = Math.floor(atMs / DAY_MS);
    return { hour: Math.floor((atMs - day * DAY_MS) / 3_600_000), ramp: ramps?.kindAt(atMs) ?? 2, day };
  };
  const scores = new Map(models.map((model) => [model, horizons.map(() => newTally(levels))] as const));
  let fitted: FittedSeries | undefined;
  let running = new Map<ForecasterName, OnlineForecaster>();
  for (let known = from; known < to; known++) {
    if ((known - from) % course.refitSteps === 0) {
      fitted = await trainer.fit(requestAt(course, known, fitted));
      running = startAll(course, fitted, known);
    } else for (const forecaster of running.values()) forecaster.observe(series.values[known - 1]!);
    if (known % originEvery !== 0) continue;
    for (const [model, forecaster] of running) {
      const forecast = forecaster.forecast(horizons.at(-1)!, levels);
      for (const [i, ahead] of horizons.entries()) {
        const target = known + ahead - 1;
        const row = levels.map((_, j) => forecast.quantiles[j]![ahead - 1]!);
        if (target < to) scores.get(model)![i]!.add(series.values[target]!, row, place(target));
      }
    }
  }
  return scores;
}

function windowAt({ series, windowSteps }: Course, known: number): TimeSeries {
  const first = Math.max(0, known - windowSteps);
  return {
    ...series,
    startMs: series.startMs + first * series.stepMs,
    values: series.values.slice(first, known),
  };
}

function requestAt(course: Course, known: number, previous: FittedSeries | undefined): FitRequest {
  const day = DAY_MS / course.series.stepMs;
  return {
    id: course.name,
    history: windowAt(course, known),
    seasonLengths: [day, 7 * day],
    levels: course.levels,
    horizonSteps: course.horizons.at(-1)!,
    seed: 1,
    candidates: course.candidates,
    ...(course.experts && { experts: course.experts }),
    ...(previous && { acting: previous.acting, previous }),
  };
}

function startAll(course: Course, fitted: FittedSeries, known: number): Map<ForecasterName, OnlineForecaster> {
  const history = windowAt(course, known);
  return new Map(
    course.models.flatMap((model) => {
      const parameters = fitted.models[model];
      return parameters ? [[model, startForecaster(parameters, history, undefined, fitted.fleet)] as const] : [];
    }),
  );
}
