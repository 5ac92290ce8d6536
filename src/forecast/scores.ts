/** Rolling-origin scores on the newest part of a history, through the same path that serves production. */
import type { FleetModel } from '../domain/fleet.ts';
import type {
  FittedModel,
  Forecast,
  ForecasterName,
  ForecastScore,
  Mark,
  OnlineForecaster,
} from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { pinball } from './pinball.ts';
import { startForecaster } from './start.ts';

/** A score, and the loss of every origin for paired comparisons. */
export interface Judged {
  readonly score: ForecastScore;
  /** Mean pinball loss over horizon and levels, per origin, in the unit of the series; NaN where nothing was observed. */
  readonly losses: Float64Array;
  /** Distance between origins over the horizon: how many neighbours share outcomes. */
  readonly overlap: number;
}

export interface Judging {
  readonly horizonSteps: number;
  readonly levels: readonly number[];
  /** Season of the naive that scales MASE, in steps; 1 for none. */
  readonly season: number;
  /** First index that is scored. */
  readonly fromIndex: number;
  /** As long as the history; all `ok` when absent. A load that was cut off is no outcome. */
  readonly marks?: readonly Mark[];
  /** What the shared experts of an aggregate stand on. */
  readonly fleet?: FleetModel;
}

const MOST_ORIGINS = 120;
const COVERAGE_LEVELS = [0.5, 0.9, 0.99] as const;

/** @param fitted - parameters that saw nothing at or after `fromIndex` */
export function judge(fitted: FittedModel, history: TimeSeries, judging: Judging): Judged {
  const levels = [...new Set([...judging.levels, ...COVERAGE_LEVELS])].sort((a, b) => a - b);
  const tally = newTally(levels, judging.levels);
  const known = { ...history, values: history.values.subarray(0, judging.fromIndex) };
  const forecaster = startForecaster(fitted, known, markerOf(judging), judging.fleet);
  const { losses, stride } = rollOrigins(forecaster, history, judging, levels, tally);
  const scale = naiveScale(history.values.subarray(0, judging.fromIndex), judging.season);
  const coverage = (level: number) => tally.below[levels.indexOf(level)]! / Math.max(1, tally.count);
  const [mase, weightedQuantileLoss] =
    tally.count > 0
      ? [tally.absolute / tally.count / scale, (2 * tally.pinball) / (tally.magnitude || 1)]
      : [Number.NaN, Number.NaN];
  return {
    losses,
    overlap: Math.ceil(judging.horizonSteps / stride),
    score: {
      model: fitted.kind,
      mase,
      weightedQuantileLoss,
      coverage: { q50: coverage(0.5), q90: coverage(0.9), q99: coverage(0.99) },
      origins: losses.length,
    },
  };
}

/** The score of a forecaster that could not be fitted or judged. */
export function failedScore(model: ForecasterName, failure: string): ForecastScore {
  const coverage = { q50: Number.NaN, q90: Number.NaN, q99: Number.NaN };
  return { model, mase: Number.NaN, weightedQuantileLoss: Number.NaN, coverage, origins: 0, failure };
}

function rollOrigins(
  forecaster: OnlineForecaster,
  history: TimeSeries,
  judging: Judging,
  levels: readonly number[],
  tally: Tally,
): { losses: Float64Array; stride: number } {
  const { horizonSteps, fromIndex } = judging;
  const markAt = markerOf(judging);
  const { values } = history;
  const outcomes = values.map((value, t) => (markAt(t) === 'censored' ? Number.NaN : value));
  const places = values.length - horizonSteps - fromIndex + 1;
  const stride = Math.max(1, Math.ceil(places / MOST_ORIGINS));
  const losses = new Float64Array(Math.ceil(places / stride));
  for (let i = 0; i < places; i++) {
    if (i % stride === 0) {
      const outcome = outcomes.subarray(fromIndex + i, fromIndex + i + horizonSteps);
      losses[i / stride] = countForecast(tally, forecaster.forecast(horizonSteps, levels), outcome);
    }
    forecaster.observe(values[fromIndex + i]!, markAt(fromIndex + i));
  }
  return { losses, stride };
}

function markerOf({ marks }: Judging): (index: number) => Mark {
  return (index) => marks?.[index] ?? 'ok';
}

interface Tally {
  /** For each level whether it counts in the loss, and how many outcomes were at or below its quantile. */
  readonly counted: readonly boolean[];
  readonly below: Float64Array;
  readonly median: number;
  absolute: number;
  pinball: number;
  magnitude: number;
  count: number;
}

function newTally(levels: readonly number[], counted: readonly number[]): Tally {
  return {
    counted: levels.map((level) => counted.includes(level)),
    below: new Float64Array(levels.length),
    median: levels.indexOf(0.5),
    absolute: 0,
    pinball: 0,
    magnitude: 0,
    count: 0,
  };
}

/** Adds one forecast with its outcome and returns the mean loss of this origin. A missing outcome counts nowhere. */
function countForecast(tally: Tally, forecast: Forecast, outcome: Float64Array): number {
  const weight = 1 / tally.counted.filter(Boolean).length;
  let [sum, n] = [0, 0];
  for (let i = 0; i < outcome.length; i++) {
    const y = outcome[i]!;
    if (!Number.isFinite(y)) continue;
    n += 1;
    tally.absolute += Math.abs(y - forecast.quantiles[tally.median]![i]!);
    tally.magnitude += Math.abs(y);
    for (let j = 0; j < forecast.levels.length; j++) {
      const q = forecast.quantiles[j]![i]!;
      if (y <= q) tally.below[j]! += 1;
      if (tally.counted[j]) sum += weight * pinball(forecast.levels[j]!, y, q);
    }
  }
  tally.count += n;
  tally.pinball += sum;
  return n > 0 ? sum / n : Number.NaN;
}

/** Mean |y_t − y_{t−m}| (Hyndman & Koehler 2006); for a series without change its mean magnitude, for all zeros 1. */
function naiveScale(values: Float64Array, season: number): number {
  let [sum, n, magnitude] = [0, 0, 0];
  for (let t = season; t < values.length; t++) {
    const change = Math.abs(values[t]! - values[t - season]!);
    if (!Number.isFinite(change)) continue;
    sum += change;
    magnitude += Math.abs(values[t]!);
    n += 1;
  }
  return sum / Math.max(1, n) || magnitude / Math.max(1, n) || 1;
}
