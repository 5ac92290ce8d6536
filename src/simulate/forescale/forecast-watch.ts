import type { Timetable } from '../timetable.ts';
import { stepAt } from '../timetable.ts';
import type { Learner } from './learner.ts';

/** Levels that are watched: a 90 % band around the median, and what is planned with at the default aim. */
export const watchedLevels = [0.05, 0.5, 0.95, 0.999] as const;

/** Forecasts made one lead ahead, by the step that they are of. */
export interface WatchedForecasts {
  readonly leadSteps: number;
  /** Step of the trace, ascending. */
  readonly steps: readonly number[];
  /** One list per watched level, as long as `steps`. */
  readonly quantiles: readonly (readonly number[])[];
}

export interface ForecastWatch {
  readonly seen: WatchedForecasts;
  /** To be called when a row has been decided. */
  afterRow(row: number): void;
}

/**
 * Looks at forescale's forecasts from outside while it is simulated: at most about `most` of them behind the warm-up, each
 * as far ahead as replicas have to be asked for. Asking changes nothing: a forecaster only changes by what it observes.
 */
export function watchForecasts(
  learner: () => Learner | undefined,
  timetable: Timetable,
  leadSteps: number,
  most: number,
): ForecastWatch {
  const { rowsPerStep, warmUpRows, rows, startMs, stepMs } = timetable;
  const every = rowsPerStep * Math.max(1, Math.ceil((rows - warmUpRows) / rowsPerStep / most));
  const steps: number[] = [];
  const quantiles = watchedLevels.map((): number[] => []);
  return {
    seen: { leadSteps, steps, quantiles },
    afterRow(row) {
      if (row < warmUpRows || row % every !== 0) return;
      const forecast = learner()?.current()?.forecast(leadSteps, watchedLevels);
      if (forecast === undefined) return;
      const step = Math.round((forecast.startMs - startMs) / stepMs) + leadSteps - 1;
      if (step >= stepAt(timetable, rows)) return;
      steps.push(step);
      quantiles.forEach((list, i) => {
        list.push(forecast.quantiles[i]![leadSteps - 1]!);
      });
    },
  };
}
