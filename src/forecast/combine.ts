/** A forecast out of several, weighted by their out-of-sample error. */
import type { FittedModel, FittedSeries, Forecast, ForecastScore } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { startForecaster } from './start.ts';

/** How fast a worse score loses weight: at twice the best error a model keeps e^−5 of the weight. */
const TEMPERATURE = 0.2;
/** Keeps nearly perfect scores from deciding on noise. */
const SMALLEST_SCALE = 0.05;

/** `w ∝ exp(−(v − v_min) / (T·(v_min + 0.05)))` with v the MASE; a model without a score gets none unless none has one. */
function weightsByScore(scores: readonly ForecastScore[]): number[] {
  const errors = scores.map((score) => (Number.isFinite(score.mase) ? score.mase : Number.POSITIVE_INFINITY));
  const least = Math.min(...errors);
  if (!Number.isFinite(least)) return scores.map(() => 1 / scores.length);
  const raw = errors.map((error) => Math.exp(-(error - least) / (TEMPERATURE * (least + SMALLEST_SCALE))));
  const total = raw.reduce((sum, w) => sum + w, 0);
  return raw.map((w) => w / total);
}

/**
 * Averages means and, level by level, quantiles (Vincent's rule): quantiles that do not cross in any part do not cross
 * in the average.
 *
 * @param forecasts - at least one, all of the same steps and levels
 * @param weights - as many, ≥ 0, summing to 1
 */
export function combineForecasts(forecasts: readonly Forecast[], weights: readonly number[]): Forecast {
  const first = forecasts[0]!;
  const average = (pick: (forecast: Forecast) => Float64Array) =>
    first.mean.map((_, i) => forecasts.reduce((sum, forecast, k) => sum + weights[k]! * pick(forecast)[i]!, 0));
  return {
    ...first,
    mean: average((forecast) => forecast.mean),
    quantiles: first.levels.map((_, j) => average((forecast) => forecast.quantiles[j]!)),
    model: forecasts.map((forecast) => forecast.model).join('+'),
  };
}

/** Forecast of all fitted models together, for batches that have no acting forecaster to protect. */
export function forecastCombined(
  fitted: FittedSeries,
  history: TimeSeries,
  horizonSteps: number,
  levels: readonly number[],
): Forecast {
  const models = fitted.scores.flatMap((score) => {
    const model = fitted.models[score.model];
    return model && model.kind !== 'aggregate' ? [{ score, model }] : [];
  });
  const forecasts = models.map(({ model }) => forecastBy(model, history, horizonSteps, levels));
  return combineForecasts(forecasts, weightsByScore(models.map(({ score }) => score)));
}

function forecastBy(
  model: FittedModel,
  history: TimeSeries,
  horizonSteps: number,
  levels: readonly number[],
): Forecast {
  return startForecaster(model, history).forecast(horizonSteps, levels);
}
