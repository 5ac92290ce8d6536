/**
 * A fitted model put to work: transform → point forecaster → calibration → quantiles, sample by sample.
 *
 * The same path serves production, scoring and simulation. `startForecaster` replays the history through `observe`, so a
 * forecaster started at t equals one that was started earlier and observed up to t. An aggregate holds its state in the
 * fitted model and only observes what came after.
 */
import type { FleetModel } from '../domain/fleet.ts';
import type { FittedModel, Forecast, Mark, OnlineForecaster } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { startAggregateForecaster } from './aggregate/forecaster.ts';
import { type Bounds, startBounds } from './bounds.ts';
import { readCalibration } from './calibration.ts';
import { type Calibrator, type Spread, startCalibrator } from './calibrator.ts';
import type { SingleName } from './candidates.ts';
import { type Ceiling, startCeiling } from './ceiling.ts';
import { borrowedIn } from './fleet/borrowed-model.ts';
import { startBorrower } from './fleet/borrower.ts';
import { GRID, type LevelPlace, MEAN_WEIGHTS, placeLevel } from './levels.ts';
import { type OrdinarySpread, startOrdinarySpread } from './ordinary-spread.ts';
import { numberIn } from './parameters.ts';
import { pendingMedians } from './pending-medians.ts';
import type { PointForecaster } from './point-forecaster.ts';
import { startOutlierBound } from './preparation/outliers.ts';
import { startPoint } from './start-point.ts';
import { fromZ, type Transform, toZ } from './transform.ts';
import { readTransform } from './transform-parameters.ts';

/**
 * @param fitted - from `fitSeries` or the model store
 * @param history - samples up to now, of the step the model was fitted on; a season or two warms every model up
 * @param markAt - how each sample of the history may be used, by its index; all `ok` by default
 * @param fleet - what the shared experts of an aggregate stand on
 * @throws RangeError when the step of the history is not the model's (caller bug)
 */
export function startForecaster(
  fitted: FittedModel,
  history: TimeSeries,
  markAt: (index: number) => Mark = () => 'ok',
  fleet?: FleetModel,
): OnlineForecaster {
  const stepMs = numberIn(fitted.parameters, 'stepMs');
  if (history.stepMs !== stepMs) {
    throw new RangeError(`history has a step of ${history.stepMs} ms, the model was fitted on ${stepMs} ms`);
  }
  if (fitted.kind === 'aggregate') {
    const borrowed = borrowedIn(fitted);
    return borrowed
      ? startBorrower(fitted, borrowed, history, markAt, fleet)
      : startAggregateForecaster(fitted, history, markAt, fleet);
  }
  const forecaster = newForecaster(fitted, fitted.kind, history);
  for (const value of history.values) forecaster.observe(value);
  return forecaster;
}

interface Running {
  readonly transform: Transform;
  readonly point: PointForecaster;
  readonly calibrator: Calibrator;
  readonly bounds: Bounds;
  /** Every quantile and the mean stay at or under it. */
  readonly ceiling: Ceiling;
  readonly ordinary: OrdinarySpread;
  /** Absolute number of the next step. */
  next: number;
  /** Steps since the last true sample. */
  age: number;
}

function newForecaster(fitted: FittedModel, kind: SingleName, history: TimeSeries): OnlineForecaster {
  const { parameters } = fitted;
  const firstStep = Math.round(history.startMs / history.stepMs);
  const calibration = readCalibration(parameters);
  const horizonSteps = calibration.horizons[calibration.horizons.length - 1]!;
  // Samples the parameters were fitted on would teach the calibration that the model is better than it is.
  const learnFrom = Math.round(numberIn(parameters, 'trainedThroughMs') / history.stepMs);
  const pending = pendingMedians(calibration.horizons);
  const ahead = new Float64Array(horizonSteps);
  const none = new Float64Array(horizonSteps).fill(Number.NaN);
  const outliers = startOutlierBound(history.stepMs);
  const running: Running = {
    transform: readTransform(parameters),
    point: startPoint(kind, parameters, firstStep),
    calibrator: startCalibrator(calibration),
    bounds: startBounds(),
    ceiling: startCeiling(calibration.season, horizonSteps),
    ordinary: startOrdinarySpread(calibration.season),
    next: firstStep,
    age: 0,
  };
  return {
    model: fitted.kind,
    observe(value) {
      const z = toZ(running.transform, outliers.bound(value));
      if (running.next >= learnFrom) running.calibrator.learn(z, running.next, pending.at);
      running.age = Number.isNaN(z) ? running.age + 1 : 0;
      running.point.observe(z);
      running.bounds.observe(z);
      running.ceiling.observe(fromZ(running.transform, z));
      running.ordinary.observe(z);
      running.next += 1;
      if (running.next < learnFrom) return;
      running.point.predict(ahead);
      running.bounds.apply(ahead);
      // A median made `age` steps behind the last sample is one of a longer horizon than it says.
      pending.push(running.age === 0 ? ahead : none);
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
  const cap = toZ(running.transform, running.ceiling.value());
  const widest = running.ordinary.value();
  for (let i = 0; i < horizonSteps; i++) {
    const spread = running.calibrator.spread(i + 1, running.next + i, running.age, widest);
    mean[i] = meanOf(running.transform, medians[i]!, spread, cap);
    let below = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < places.length; j++) {
      below = Math.max(below, quantileZ(medians[i]!, spread, places[j]!, cap));
      quantiles[j]![i] = fromZ(running.transform, below);
    }
  }
  return { mean, levels, quantiles };
}

const GRID_PLACES = GRID.map(placeLevel);

function quantileZ(median: number, spread: Spread, place: LevelPlace, cap: number): number {
  return Math.min(cap, median + spread.scale * spread.score(place));
}

/** The mean does not survive the transform, so it is the weighted mean of the quantiles after it. */
function meanOf(transform: Transform, median: number, spread: Spread, cap: number): number {
  let sum = 0;
  for (let j = 0; j < GRID.length; j++) {
    sum += MEAN_WEIGHTS[j]! * fromZ(transform, quantileZ(median, spread, GRID_PLACES[j]!, cap));
  }
  return sum;
}
