/**
 * The part that differs between forecasters: the median on the transformed scale z. Transform, calibration and
 * quantiles around it are the same for all (start.ts), so that a comparison compares the models and nothing else.
 */
import type { Parameters } from './parameters.ts';

export interface PointForecaster {
  /** @param z - transformed load of the next complete step; NaN when missing (the forecaster imputes it for itself). */
  observe(z: number): void;
  /** Writes the medians of steps 1 … `out.length` after the last one observed. Finite as soon as one sample was seen. */
  predict(out: Float64Array): void;
  /** As `predict`, for these steps alone (ascending), where that is less work. */
  predictAt?(horizons: readonly number[], out: Float64Array): void;
  /** Parameters from which it can be started to go on exactly from here. */
  save(): Parameters;
}

/** A transformed series with its place on the absolute step grid, where seasons are anchored: `slot = step mod season`. */
export interface Transformed {
  readonly z: Float64Array;
  /** Step number of `z[0]` since the epoch. */
  readonly firstStep: number;
}

/** Remainder in [0, m) for negative steps too. */
export function slotOf(step: number, season: number): number {
  const r = step % season;
  return r < 0 ? r + season : r;
}

/** Half-width of the moving average over neighbouring slots: about two minutes either side on a daily season of minutes. */
export function smoothingHalfWidth(season: number): number {
  return Math.min(15, Math.floor(season / 600));
}
