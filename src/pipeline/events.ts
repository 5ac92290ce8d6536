import type { CalendarEvent } from '../domain/calendar.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { WorkloadSpec } from '../domain/workload.ts';
import type { Window } from './window.ts';

/** For an event whose size nobody said and nothing shows: half as much load again. */
const ASSUMED_UPLIFT = 1.5;
/** Steps before an event whose mean stands for the ordinary load where the history is shorter than a season. */
const BEFORE_STEPS = 5;

/** How the size of an event is known. `in-season` needs none: one season before, the event was on too. */
type UpliftSource = 'configured' | 'learned' | 'assumed' | 'in-season';

/** One occurrence that reaches into the window, and what it does to the load of a step of the forecast. */
export interface EventEffect {
  readonly name: string;
  readonly uplift: number;
  readonly source: UpliftSource;
  readonly startMs: number;
  readonly shape: (load: number, step: number) => number;
}

function spanOf({ repeat }: CalendarEvent): number {
  return repeat?.kind === 'span' ? repeat.everyMs : 0;
}

interface Occurrence {
  readonly startMs: number;
  readonly endMs: number;
}

/** The occurrence whose [start − earlyMs, end) overlaps [fromMs, untilMs). */
function occurrenceIn(event: CalendarEvent, fromMs: number, untilMs: number, earlyMs: number): Occurrence | undefined {
  const { startMs, endMs } = event;
  const everyMs = spanOf(event);
  const shift = everyMs ? Math.max(0, Math.ceil((fromMs - endMs + 1) / everyMs)) * everyMs : 0;
  const occurrence = { startMs: startMs + shift, endMs: endMs + shift };
  return occurrence.startMs - earlyMs < untilMs && occurrence.endMs > fromMs ? occurrence : undefined;
}

function valueAt(series: TimeSeries, atMs: number): number | undefined {
  const value = series.values[Math.floor((atMs - series.startMs) / series.stepMs)];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Mean of what is known in [startMs, endMs); undefined when nothing is. */
function meanOver(series: TimeSeries, startMs: number, endMs: number): number | undefined {
  let sum = 0;
  let known = 0;
  for (let atMs = startMs; atMs < endMs; atMs += series.stepMs) {
    const value = valueAt(series, atMs);
    if (value === undefined) continue;
    sum += value;
    known++;
  }
  return known > 0 ? sum / known : undefined;
}

/** Load of the last occurrence over that of the same hours one season before it. */
function learnedUplift(
  event: CalendarEvent,
  last: Occurrence,
  seasonMs: number,
  series: TimeSeries,
): number | undefined {
  if (!spanOf(event) || last.startMs < event.startMs) return undefined;
  const during = meanOver(series, last.startMs, last.endMs);
  const ordinary = meanOver(series, last.startMs - seasonMs, last.endMs - seasonMs);
  return during && ordinary ? Math.max(1, during / ordinary) : undefined;
}

interface Size {
  readonly uplift: number;
  readonly source: UpliftSource;
}

function sizeOf(event: CalendarEvent, occurrence: Occurrence, seasonMs: number, series: TimeSeries): Size {
  const everyMs = spanOf(event);
  const before = { startMs: occurrence.startMs - everyMs, endMs: occurrence.endMs - everyMs };
  const repeats = everyMs > 0 && seasonMs % everyMs === 0 && occurrence.startMs - seasonMs >= event.startMs;
  if (repeats && valueAt(series, occurrence.startMs - seasonMs) !== undefined)
    return { uplift: 1, source: 'in-season' };
  if (event.uplift !== undefined) return { uplift: event.uplift, source: 'configured' };
  const learned = learnedUplift(event, before, seasonMs, series);
  return learned === undefined ? { uplift: ASSUMED_UPLIFT, source: 'assumed' } : { uplift: learned, source: 'learned' };
}

/**
 * What each calendar event does to the forecast of the window: its uplift times the load, from `earlyMs` before its
 * start (so that what is warmed up for it may take its p99 instead of its p90) to its end.
 *
 * Once the event runs the forecaster follows the raised load by itself, and the uplift must not count twice: from
 * then on the raised load is held to uplift × ordinary load × the forecast's own allowance (quantile over mean), and
 * never below the forecast itself. The ordinary load is the one of a longest season ago. Where the event was on then
 * too (`in-season`) that load is the floor from the beginning, with no uplift at all.
 */
export function eventEffects(
  spec: Pick<WorkloadSpec, 'events' | 'seasonsMs'>,
  series: TimeSeries,
  forecast: Forecast,
  window: Window,
  earlyMs: number,
): readonly EventEffect[] {
  const seasonMs = spec.seasonsMs[spec.seasonsMs.length - 1] ?? 0;
  return spec.events.flatMap((event): readonly EventEffect[] => {
    const occurrence = occurrenceIn(event, window.startMs, window.endMs, earlyMs);
    if (!occurrence) return [];
    const { startMs, endMs } = occurrence;
    const size = sizeOf(event, occurrence, seasonMs, series);
    const running = window.startMs > startMs || size.source === 'in-season';
    const lift = { uplift: size.uplift, firstMs: startMs - earlyMs, startMs, endMs, seasonMs, running };
    return [{ name: event.name, ...size, startMs, shape: shapeOf(series, forecast, lift) }];
  });
}

interface Lift extends Occurrence {
  readonly uplift: number;
  readonly firstMs: number;
  readonly seasonMs: number;
  readonly running: boolean;
}

function ordinaryAt(series: TimeSeries, lift: Lift, atMs: number): number | undefined {
  const before = lift.startMs - BEFORE_STEPS * series.stepMs;
  return (
    (lift.seasonMs > 0 ? valueAt(series, atMs - lift.seasonMs) : undefined) ?? meanOver(series, before, lift.startMs)
  );
}

function shapeOf(series: TimeSeries, forecast: Forecast, lift: Lift): EventEffect['shape'] {
  return (load, step) => {
    const atMs = forecast.startMs + step * forecast.stepMs;
    if (atMs + forecast.stepMs <= lift.firstMs || atMs >= lift.endMs) return load;
    const ordinary = lift.running ? ordinaryAt(series, lift, atMs) : undefined;
    const mean = forecast.mean[step]!;
    if (ordinary === undefined || !(mean > 0)) return load * lift.uplift;
    const lifted = lift.uplift * ordinary * (load / mean);
    return Math.max(load, lift.uplift > 1 ? Math.min(load * lift.uplift, lifted) : lifted);
  };
}
