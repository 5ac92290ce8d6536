/** The public way from a history to a forecast, as the daemon and the batch command go it. */
import assert from 'node:assert/strict';
import {
  type FitRequest,
  type FittedSeries,
  type Forecast,
  forecasterNames,
  type OnlineForecaster,
} from '../../src/domain/forecast.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { enginesWith, idleLstm } from '../forecast/engines.ts';

const LEVELS = [0.1, 0.5, 0.9, 0.99] as const;

export interface Answer {
  readonly fitted: FittedSeries;
  readonly forecaster: OnlineForecaster;
}

export function requestOf(history: TimeSeries, changes: Partial<FitRequest> = {}): FitRequest {
  const day = Math.round(86_400_000 / history.stepMs);
  return {
    id: 'shop/Deployment/checkout',
    history,
    seasonLengths: [day, 7 * day],
    levels: [0.5, 0.9, 0.99],
    horizonSteps: 4,
    seed: 1,
    candidates: forecasterNames,
    ...changes,
  };
}

export async function answerTo(
  history: TimeSeries,
  changes: Partial<FitRequest> = {},
  engines = enginesWith(idleLstm),
): Promise<Answer> {
  const fitted = await fitSeries(requestOf(history, changes), engines);
  return { fitted, forecaster: startForecaster(fitted.models[fitted.acting]!, history) };
}

/** Everything that the fit says about itself, as `explain` and the log show it. */
export function saidBy({ scores, verdict }: FittedSeries): string {
  return [verdict, ...scores.map(({ model, failure }) => `${model}: ${failure ?? 'fitted'}`)].join('\n');
}

/** A forecast that capacity can be planned with: finite, and ascending by level at every step. */
export function usable(forecaster: OnlineForecaster, steps: number): Forecast {
  const forecast = forecaster.forecast(steps, LEVELS);
  for (let h = 0; h < steps; h++) {
    let below = Number.NEGATIVE_INFINITY;
    for (const row of forecast.quantiles) {
      assert.ok(Number.isFinite(row[h]!) && row[h]! >= below, `step ${h}: ${row[h]} after ${below}`);
      below = row[h]!;
    }
    assert.ok(Number.isFinite(forecast.mean[h]!), `mean of step ${h}: ${forecast.mean[h]}`);
  }
  return forecast;
}

/** The row of a level of `usable`. */
export function quantile({ levels, quantiles }: Forecast, level: (typeof LEVELS)[number]): Float64Array {
  return quantiles[levels.indexOf(level)]!;
}
