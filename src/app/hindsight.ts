/**
 * Keeps what was forecast one lead time ahead until the step it was for is over, so that forecast and truth can
 * be shown, and judged, side by side.
 */
import type { Forecast } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';

interface Prediction {
  readonly mean: number;
  readonly quantiles: readonly (readonly [level: number, value: number])[];
}

export interface Comparison {
  readonly load: number;
  readonly predicted?: Prediction;
}

/** Smoothing of the error: a half-life of about 35 steps. */
const ERROR_RATE = 0.02;

export interface Hindsight {
  /** The forecast for the step that starts `leadMs` from its origin is kept until then. */
  remember(forecast: Forecast, leadMs: number): void;
  /** The newest complete step with what had been forecast for it; undefined when there is no sample in it. */
  compare(series: TimeSeries): Comparison | undefined;
  /** Smoothed |error| / load of the forecasts made one lead time ago; undefined before the first comparison. */
  errorRatio(): number | undefined;
}

export function createHindsight(): Hindsight {
  const byStart = new Map<number, Prediction>();
  let error: number | undefined;
  let comparedMs = Number.NEGATIVE_INFINITY;

  function learn(load: number, predicted: Prediction, startMs: number): void {
    if (startMs <= comparedMs) return;
    comparedMs = startMs;
    const now = Math.abs(load - predicted.mean) / Math.max(load, 1e-9);
    error = error === undefined ? now : error + ERROR_RATE * (now - error);
  }

  return {
    remember(forecast, leadMs) {
      const ahead = Math.min(forecast.mean.length - 1, Math.max(0, Math.ceil(leadMs / forecast.stepMs)));
      const quantiles = forecast.levels.map((level, i) => [level, forecast.quantiles[i]![ahead]!] as const);
      byStart.set(forecast.startMs + ahead * forecast.stepMs, { mean: forecast.mean[ahead]!, quantiles });
    },
    compare(series) {
      const index = series.values.length - 1;
      const load = series.values[index];
      if (load === undefined || Number.isNaN(load)) return undefined;
      const startMs = series.startMs + index * series.stepMs;
      const predicted = byStart.get(startMs);
      for (const key of byStart.keys()) if (key < startMs) byStart.delete(key);
      if (predicted) learn(load, predicted, startMs);
      return { load, ...(predicted && { predicted }) };
    },
    errorRatio: () => error,
  };
}
