import type { Forecast, ForecasterName } from '../../src/domain/forecast.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import { scoringLevels } from '../../src/evaluate/levels.ts';
import type { Roll } from '../../src/evaluate/rolling-origin.ts';
import type { Verified } from '../../src/evaluate/verified.ts';
import { normalScore } from '../../src/forecast/levels.ts';

export const HOUR_MS = 3_600_000;
export const levels = scoringLevels([0.5, 0.9, 0.99]);

/** Normal quantiles around each mean. */
export function gaussianForecast(means: readonly number[], deviation: number, at: Partial<Forecast> = {}): Forecast {
  return {
    startMs: 0,
    stepMs: HOUR_MS,
    mean: Float64Array.from(means),
    levels,
    quantiles: levels.map((level) => Float64Array.from(means, (mean) => mean + deviation * normalScore(level))),
    model: 'seasonal-naive',
    ...at,
  };
}

export function verified(truth: readonly number[], means: readonly number[], deviation: number, startMs = 0): Verified {
  return { forecast: gaussianForecast(means, deviation, { startMs }), truth: Float64Array.from(truth) };
}

/** A wave of hours with a day and a week, and noise that depends on the seed alone. */
export function wave(days: number, seed = 1, level = 100): TimeSeries {
  const noise = noiseOf(seed);
  const values = Float64Array.from({ length: 24 * days }, (_, t) => {
    const daily = 1 + 0.6 * Math.sin((2 * Math.PI * t) / 24);
    return level * daily * (1 + 0.05 * noise());
  });
  return { startMs: 0, stepMs: HOUR_MS, values };
}

/** Roughly normal numbers (sum of twelve uniform ones, Lehmer's generator). */
export function noiseOf(seed: number): () => number {
  let state = (seed * 48_271 + 11) % 2_147_483_647;
  const uniform = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, x) => sum + x, -6);
}

/** A roll whose forecasts are given: one per origin and model, an hour apart, one step ahead. */
export function rollOf(
  truth: readonly number[],
  forecasts: {
    readonly [model in ForecasterName]?: readonly (readonly [mean: number, deviation: number] | undefined)[];
  },
  acting: readonly ForecasterName[],
  history: readonly number[] = Array.from(
    { length: 48 },
    (_, t) => 10 + 5 * Math.sin((2 * Math.PI * t) / 24) + (t % 2),
  ),
): Roll {
  const first = history.length;
  const made = Object.entries(forecasts).map(([model, list]) => [
    model,
    list.map((one, i) =>
      one ? gaussianForecast([one[0]], one[1], { startMs: (first + i) * HOUR_MS, model }) : undefined,
    ),
  ]);
  return {
    request: {
      id: 'web',
      history: { startMs: 0, stepMs: HOUR_MS, values: Float64Array.from([...history, ...truth]) },
      seasonLengths: [24],
      levels: [0.5, 0.9, 0.99],
      horizonSteps: 1,
      seed: 1,
      candidates: ['arima'],
      origins: { known: truth.map((_, i) => first + i), refitEvery: truth.length },
    },
    forecasts: Object.fromEntries(made),
    acting,
    fits: [],
  };
}
