import type { Demand } from '../domain/capacity.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';

/** How far back the last complete step may lie; older load says nothing about now. */
const REACTIVE_STEPS = 10;

/** The quantile row of a level, by linear interpolation between the neighbours that the forecast has. */
function quantileAt(forecast: Forecast, level: number, step: number): number {
  const { levels, quantiles } = forecast;
  let above = 0;
  while (above < levels.length - 1 && levels[above]! < level) above++;
  const upper = quantiles[above]![step]!;
  if (above === 0 || levels[above]! <= level) return upper;
  const below = levels[above - 1]!;
  const lower = quantiles[above - 1]![step]!;
  return lower + ((level - below) / (levels[above]! - below)) * (upper - lower);
}

/** Indices of the steps that overlap [startMs, endMs); the first step of the forecast is 0. */
function stepsOver(forecast: Forecast, startMs: number, endMs: number): readonly [first: number, end: number] {
  const first = Math.max(0, Math.floor((startMs - forecast.startMs) / forecast.stepMs));
  const end = Math.max(first + 1, Math.ceil((endMs - forecast.startMs) / forecast.stepMs));
  if (end > forecast.mean.length) {
    throw new RangeError(`forecast: expected at least ${end} steps for the window, got ${forecast.mean.length}`);
  }
  return [first, end];
}

function checkLoad(load: number, what: string): void {
  if (!Number.isFinite(load)) throw new RangeError(`${what}: expected a finite load, got ${load}`);
}

/**
 * The largest load that a window may bring at a quantile level: the maximum of the level's row over all steps that
 * overlap [windowStartMs, windowEndMs). Replicas are worked out after the quantile; that is allowed because the
 * replicas needed never fall when the load rises.
 *
 * @param level - in (0, 1); between the forecast's levels by interpolation, outside them the nearest row
 * @param shape - changes the load of one step, for example by an event; receives the step's index
 * @throws RangeError when the forecast does not reach over the window or has a number that is not finite in it
 */
export function demandOver(
  forecast: Forecast,
  level: number,
  windowStartMs: number,
  windowEndMs: number,
  shape?: (load: number, step: number) => number,
): Demand {
  const [first, end] = stepsOver(forecast, windowStartMs, windowEndMs);
  let load = -1;
  let at = first;
  for (let step = first; step < end; step++) {
    const expected = Math.max(0, quantileAt(forecast, level, step));
    const shaped = shape ? shape(expected, step) : expected;
    checkLoad(shaped, `forecast ${forecast.model}, step ${step}`);
    if (shaped > load) {
      load = shaped;
      at = step;
    }
  }
  const atMs = Math.max(windowStartMs, forecast.startMs + at * forecast.stepMs);
  return { load, quantile: level, atMs, windowStartMs, windowEndMs, model: forecast.model };
}

/** The largest mean over a window: what is expected, with no allowance for error. */
export function expectedOver(forecast: Forecast, windowStartMs: number, windowEndMs: number): number {
  const [first, end] = stepsOver(forecast, windowStartMs, windowEndMs);
  let load = 0;
  for (let step = first; step < end; step++) load = Math.max(load, forecast.mean[step]!);
  checkLoad(load, `forecast ${forecast.model}`);
  return load;
}

/**
 * The load of the last complete step, as the floor that holds whatever the forecast says. Looks back over a few
 * missing steps.
 *
 * @param series - only complete steps (`knownBy`)
 * @returns undefined when the newest steps are all missing: unknown, not zero
 */
export function reactiveDemand(series: TimeSeries): Demand | undefined {
  const { values, startMs, stepMs } = series;
  const oldest = Math.max(0, values.length - REACTIVE_STEPS);
  for (let i = values.length - 1; i >= oldest; i--) {
    const load = values[i]!;
    if (Number.isNaN(load)) continue;
    const windowStartMs = startMs + i * stepMs;
    const windowEndMs = windowStartMs + stepMs;
    return { load, quantile: 0.5, atMs: windowStartMs, windowStartMs, windowEndMs, model: 'reactive' };
  }
  return undefined;
}
