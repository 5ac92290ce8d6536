/** A forecast beside what then happened: the material of every score. */
import type { Forecast } from '../domain/forecast.ts';

export interface Verified {
  readonly forecast: Forecast;
  /** As long as the forecast; NaN where nothing was observed, and such a step counts in no score. */
  readonly truth: Float64Array;
}

/** @throws RangeError when the forecast does not hold the level (caller bug: `scoringLevels` were not asked for) */
export function quantileRow(forecast: Forecast, level: number): Float64Array {
  const row = forecast.quantiles[forecast.levels.indexOf(level)];
  if (!row) throw new RangeError(`the forecast of ${forecast.model} holds no quantile at level ${level}`);
  return row;
}

/** Visits every observed step: its value, its position in the horizon, its forecast. */
export function forEachObserved(
  pairs: readonly Verified[],
  visit: (y: number, step: number, forecast: Forecast) => void,
): void {
  for (const { forecast, truth } of pairs) {
    for (let i = 0; i < truth.length; i++) if (Number.isFinite(truth[i])) visit(truth[i]!, i, forecast);
  }
}
