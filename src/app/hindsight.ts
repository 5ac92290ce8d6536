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
  const judged = new Set<number>();
  let error: number | undefined;

  function learn(load: number, { mean }: Prediction): void {
    const now = Math.abs(load - mean) / Math.max(load, 1e-9);
    error = error === undefined ? now : error + ERROR_RATE * (now - error);
  }

  /** Judges every step that is over, also when several arrive at once after an outage; each is judged once. */
  function judgeUntil(series: TimeSeries, newestMs: number): void {
    for (const [startMs, predicted] of byStart) {
      if (startMs > newestMs) continue;
      const load = series.values[Math.round((startMs - series.startMs) / series.stepMs)];
      if (load !== undefined && !Number.isNaN(load) && !judged.has(startMs)) learn(load, predicted);
      if (startMs < newestMs) byStart.delete(startMs);
      judged.add(startMs);
    }
    for (const startMs of judged) if (startMs < newestMs) judged.delete(startMs);
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
      judgeUntil(series, startMs);
      const predicted = byStart.get(startMs);
      return { load, ...(predicted && { predicted }) };
    },
    errorRatio: () => error,
  };
}
