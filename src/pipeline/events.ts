import type { Forecast } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { CalendarEvent, WorkloadSpec } from '../domain/workload.ts';
import type { Window } from './window.ts';

/** An event of unknown size: the upper quartile of what sales and campaigns do to a shop. */
const DEFAULT_UPLIFT = 1.5;
/** Steps before an event whose mean stands for the ordinary load where no season is long enough. */
const BEFORE_STEPS = 5;

/** One occurrence that reaches into the window, and what it does to the load of a step of the forecast. */
export interface EventEffect {
  readonly name: string;
  readonly uplift: number;
  readonly startMs: number;
  readonly assumed: boolean;
  readonly shape: (load: number, step: number) => number;
}

interface Occurrence {
  readonly startMs: number;
  readonly endMs: number;
}

/** The occurrence whose [start − early, end) overlaps [fromMs, untilMs). */
function occurrenceIn(event: CalendarEvent, fromMs: number, untilMs: number, earlyMs: number): Occurrence | undefined {
  const { startMs, endMs, everyMs } = event;
  const shift = everyMs ? Math.max(0, Math.ceil((fromMs - endMs + 1) / everyMs)) * everyMs : 0;
  const occurrence = { startMs: startMs + shift, endMs: endMs + shift };
  return occurrence.startMs - earlyMs < untilMs && occurrence.endMs > fromMs ? occurrence : undefined;
}

function valueAt(series: TimeSeries, atMs: number): number | undefined {
  const value = series.values[Math.floor((atMs - series.startMs) / series.stepMs)];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function meanBefore(series: TimeSeries, beforeMs: number): number | undefined {
  const values = Array.from({ length: BEFORE_STEPS }, (_, i) => valueAt(series, beforeMs - (i + 1) * series.stepMs));
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : undefined;
}

/** The load of a step without the event: one longest season before, else just before the event. */
function ordinaryAt(spec: WorkloadSpec, series: TimeSeries, occurrence: Occurrence, atMs: number): number | undefined {
  const season = spec.seasonsMs[spec.seasonsMs.length - 1];
  return (season && valueAt(series, atMs - season)) ?? meanBefore(series, occurrence.startMs);
}

/**
 * What a calendar event does to the forecast of the window: its uplift times the load from `earlyMs` before its
 * start (so that what is warmed up for it may take its p99 instead of its p90) to its end.
 *
 * Once the event runs the forecaster follows the raised load by itself; the uplift must not count twice. From then
 * on the raised bound is held to uplift × ordinary load × the forecast's own allowance (quantile over mean), and
 * never below the forecast itself.
 */
export function eventEffect(
  spec: WorkloadSpec,
  series: TimeSeries,
  forecast: Forecast,
  window: Window,
  earlyMs: number,
): EventEffect | undefined {
  for (const event of spec.events) {
    const occurrence = occurrenceIn(event, window.startMs, window.endMs, earlyMs);
    if (!occurrence) continue;
    const uplift = event.uplift ?? DEFAULT_UPLIFT;
    const shape = shapeOf(spec, series, forecast, {
      ...occurrence,
      uplift,
      earlyMs,
      running: window.startMs > occurrence.startMs,
    });
    return { name: event.name, uplift, startMs: occurrence.startMs, assumed: event.uplift === undefined, shape };
  }
  return undefined;
}

interface Lift extends Occurrence {
  readonly uplift: number;
  readonly earlyMs: number;
  readonly running: boolean;
}

function shapeOf(spec: WorkloadSpec, series: TimeSeries, forecast: Forecast, lift: Lift): EventEffect['shape'] {
  return (load, step) => {
    const atMs = forecast.startMs + step * forecast.stepMs;
    if (atMs + forecast.stepMs <= lift.startMs - lift.earlyMs || atMs >= lift.endMs) return load;
    const raised = load * lift.uplift;
    const ordinary = lift.running ? ordinaryAt(spec, series, lift, atMs) : undefined;
    const mean = forecast.mean[step]!;
    if (ordinary === undefined || !(mean > 0)) return raised;
    return Math.min(raised, Math.max(load, lift.uplift * ordinary * (load / mean)));
  };
}
