/**
 * A fitted model put to work: transform → point forecaster → calibration → quantiles, sample by sample.
 *
 * The same path serves production, scoring and simulation. `startForecaster` replays the history through `observe`, so a
 * forecaster started at t equals one that was started earlier and observed up to t.
 */
import type { FittedModel, Forecast, OnlineForecaster } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { startArima } from './arima.ts';
import { type Bounds, startBounds } from './bounds.ts';
import { readCalibration } from './calibration.ts';
import { type Calibrator, type Spread, startCalibrator } from './calibrator.ts';
import { startHoltWinters } from './holt-winters.ts';
import { startHybrid } from './hybrid.ts';
import { GRID, HIGHEST, type LevelPlace, MEAN_WEIGHTS, placeLevel } from './levels.ts';
import { startLstm } from './lstm.ts';
import { numberIn } from './parameters.ts';
import { pendingMedians } from './pending-medians.ts';
import type { PointForecaster } from './point-forecaster.ts';
import { type RecentMaximum, startRecentMaximum } from './recent-maximum.ts';
import { startSeasonalNaive } from './seasonal-naive.ts';
import { fromZ, type Transform, toZ } from './transform.ts';
import { readTransform } from './transform-parameters.ts';

/** Beyond level 0.99 a quantile stays at or under this multiple of the largest sample of the last seven seasons. */
const FAR_TAIL_CAP = 1.1;

/**
 * @param fitted - from `fitSeries` or the model store
 * @param history - samples up to now, of the step the model was fitted on; a season or two warms every model up
 * @throws RangeError when the step of the history is not the model's (caller bug)
 */
export function startForecaster(fitted: FittedModel, history: TimeSeries): OnlineForecaster {
  const stepMs = numberIn(fitted.parameters, 'stepMs');
  if (history.stepMs !== stepMs) {
    throw new RangeError(`history has a step of ${history.stepMs} ms, the model was fitted on ${stepMs} ms`);
  }
  const forecaster = newForecaster(fitted, history);
  for (const value of history.values) forecaster.observe(value);
  return forecaster;
}

/** The model's own part, by kind. */
export function startPoint(fitted: FittedModel, firstStep: number): PointForecaster {
  switch (fitted.kind) {
    case 'seasonal-naive':
      return startSeasonalNaive(fitted.parameters);
    case 'holt-winters':
      return startHoltWinters(fitted.parameters, firstStep);
    case 'arima':
      return startArima(fitted.parameters, firstStep);
    case 'lstm':
      return startLstm(fitted.parameters, firstStep);
    case 'hybrid':
      return startHybrid(fitted.parameters, firstStep);
  }
}

interface Running {
  readonly transform: Transform;
  readonly point: PointForecaster;
  readonly calibrator: Calibrator;
  readonly bounds: Bounds;
  readonly maximum: RecentMaximum;
  /** Absolute number of the next step. */
  next: number;
  /** Steps since the last true sample. */
  age: number;
}

function newForecaster(fitted: FittedModel, history: TimeSeries): OnlineForecaster {
  const { parameters } = fitted;
  const firstStep = Math.round(history.startMs / history.stepMs);
  const calibration = readCalibration(parameters);
  const horizonSteps = calibration.horizons[calibration.horizons.length - 1]!;
  // Samples the parameters were fitted on would teach the calibration that the model is better than it is.
  const learnFrom = Math.round(numberIn(parameters, 'trainedThroughMs') / history.stepMs);
  const pending = pendingMedians(calibration.horizons);
  const ahead = new Float64Array(horizonSteps);
  const running: Running = {
    transform: readTransform(parameters),
    point: startPoint(fitted, firstStep),
    calibrator: startCalibrator(calibration),
    bounds: startBounds(),
    maximum: startRecentMaximum(calibration.season),
    next: firstStep,
    age: 0,
  };
  return {
    model: fitted.kind,
    observe(value) {
      const z = toZ(running.transform, value);
      if (running.next >= learnFrom) running.calibrator.learn(z, running.next, pending.at);
      running.age = Number.isNaN(z) ? running.age + 1 : 0;
      running.point.observe(z);
      running.bounds.observe(z);
      running.maximum.observe(z);
      running.next += 1;
      if (running.next < learnFrom) return;
      running.point.predict(ahead);
      running.bounds.apply(ahead);
      pending.push(ahead);
    },
    forecast(horizonSteps, levels) {
      // A grid need not begin at the epoch: 1,700,000,000 s is no full hour.
      const startMs = history.startMs + (running.next - firstStep) * history.stepMs;
      return { startMs, stepMs: history.stepMs, model: fitted.kind, ...forecastOf(running, horizonSteps, levels) };
    },
  };
}

function forecastOf(
  running: Running,
  horizonSteps: number,
  levels: readonly number[],
): Pick<Forecast, 'mean' | 'levels' | 'quantiles'> {
  const places = levels.map(placeLevel);
  const medians = new Float64Array(horizonSteps);
  running.point.predict(medians);
  running.bounds.apply(medians);
  running.calibrator.settle();
  const mean = new Float64Array(horizonSteps);
  const quantiles = levels.map(() => new Float64Array(horizonSteps));
  const cap = farTailCap(running);
  for (let i = 0; i < horizonSteps; i++) {
    const spread = running.calibrator.spread(i + 1, running.next + i, running.age);
    mean[i] = meanOf(running.transform, medians[i]!, spread);
    let below = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < places.length; j++) {
      below = Math.max(below, quantileZ(medians[i]!, spread, places[j]!, cap));
      quantiles[j]![i] = fromZ(running.transform, below);
    }
  }
  return { mean, levels, quantiles };
}

function farTailCap(running: Running): number {
  const largest = running.maximum.value();
  if (!Number.isFinite(largest)) return Number.POSITIVE_INFINITY;
  const y = fromZ(running.transform, largest);
  return toZ(running.transform, y > 0 ? FAR_TAIL_CAP * y : y);
}

const GRID_PLACES = GRID.map(placeLevel);
const EDGE: LevelPlace = placeLevel(HIGHEST);

/** A far quantile is capped, though never below the 0.99 quantile, which is tracked and needs no cap. */
function quantileZ(median: number, spread: Spread, place: LevelPlace, cap: number): number {
  const z = median + spread.scale * spread.score(place);
  if (place.kind !== 'upper-tail') return z;
  return Math.min(z, Math.max(cap, median + spread.scale * spread.score(EDGE)));
}

/** The mean does not survive the transform, so it is the weighted mean of the quantiles after it. */
function meanOf(transform: Transform, median: number, spread: Spread): number {
  let sum = 0;
  for (let j = 0; j < GRID.length; j++) {
    sum += MEAN_WEIGHTS[j]! * fromZ(transform, median + spread.scale * spread.score(GRID_PLACES[j]!));
  }
  return sum;
}
