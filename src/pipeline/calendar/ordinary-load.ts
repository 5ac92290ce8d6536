/**
 * What the load would have been without an event: that of the same time of day on the days around it, brought to the level
 * that it had just before the event. The forecaster cannot say it, because it follows the event once it is on, and knows it
 * beforehand when it comes every week.
 *
 * Where no other day knows it, because the event takes place every day or the history is young, it is the load just before
 * the event. What is learned against that holds against that.
 */
import type { Span } from '../../domain/calendar.ts';
import type { WallClock } from '../../domain/forecast.ts';
import { endMs, type TimeSeries } from '../../domain/time-series.ts';
import { offsetAt } from './wall-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days around the event that are looked at. */
const REACH_DAYS = 21;
/** The level is that of so long before the event; of a day before one that lasts longer than half a day. */
const LEVEL_MS = 3 * HOUR_MS;
/** Samples that a level needs, as a share of them all. */
const LEAST_KNOWN = 0.25;
/** What a day says about another one: one of the same name, one that is a working day or not as well, any other. */
const SAME_DAY = 1;
const ALIKE = 0.06;
const OTHER = 0.015;
/** The hours behind an event are not ordinary: it may still be felt. */
const AFTERMATH_MS = 2 * HOUR_MS;
/** The load just before an event: of so many steps and so long at least. */
const BEFORE_STEPS = 5;
const BEFORE_MS = HOUR_MS / 4;
/** A day further away says this much less. */
const FADING = 0.95;

/** The ordinary load at a moment; undefined when nothing is known of it. */
export type OrdinaryLoad = (atMs: number) => number | undefined;

interface Neighbour {
  /** To be added to a moment to reach the same time of day there. */
  readonly shiftMs: number;
  readonly weight: number;
  readonly factor: number;
}

interface Setting {
  readonly series: TimeSeries;
  /** UTC when absent. */
  readonly clock?: WallClock;
  /** Times at which an event changed the load, whichever one. */
  readonly events: readonly Span[];
}

const UTC: WallClock = { zone: 'UTC', transitions: [{ fromMs: 0, offsetMs: 0 }] };

function isChanged(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ startMs, endMs: end }) => atMs >= startMs && atMs < end + AFTERMATH_MS);
}

export function valueAt({ startMs, stepMs, values }: TimeSeries, atMs: number): number | undefined {
  const value = values[Math.floor((atMs - startMs) / stepMs)];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Mean over [fromMs, untilMs) moved by `shiftMs`, without events; undefined when too little is known. */
function levelOver({ series, events }: Setting, fromMs: number, untilMs: number, shiftMs: number): number | undefined {
  let [sum, known, all] = [0, 0, 0];
  for (let ms = fromMs; ms < untilMs; ms += series.stepMs) {
    all += 1;
    const value = isChanged(events, ms + shiftMs) ? undefined : valueAt(series, ms + shiftMs);
    if (value === undefined) continue;
    sum += value;
    known += 1;
  }
  return known > 0 && known >= LEAST_KNOWN * all ? sum / known : undefined;
}

function weekend(weekday: number): boolean {
  return weekday === 0 || weekday === 6;
}

function weightOf(weekday: number, days: number): number {
  const other = (((weekday + days) % 7) + 7) % 7;
  const alike = other === weekday ? SAME_DAY : weekend(other) === weekend(weekday) ? ALIKE : OTHER;
  return alike * FADING ** Math.abs(days);
}

/** The other days, with how much each counts and what brings it to the level of this one. */
function neighboursOf(setting: Setting, { startMs, endMs: end }: Span): readonly Neighbour[] {
  const { series, clock = UTC } = setting;
  const anchorMs = Math.min(startMs, endMs(series));
  const levelMs = end - startMs > DAY_MS / 2 ? DAY_MS : LEVEL_MS;
  const weekday = new Date(startMs + offsetAt(clock, startMs)).getUTCDay();
  const level = levelOver(setting, anchorMs - levelMs, anchorMs, 0);
  const found: Neighbour[] = [];
  for (let days = -REACH_DAYS; days <= REACH_DAYS; days++) {
    const roughMs = startMs + days * DAY_MS;
    if (days === 0 || roughMs < series.startMs - DAY_MS || roughMs >= endMs(series)) continue;
    const shiftMs = days * DAY_MS + offsetAt(clock, startMs) - offsetAt(clock, roughMs);
    const there = levelOver(setting, anchorMs - levelMs, anchorMs, shiftMs);
    const factor = level && there ? level / there : 1;
    found.push({ shiftMs, weight: weightOf(weekday, days), factor });
  }
  return found;
}

/** The value at which half of the weight lies below, in place among `values`, which are sorted here. */
function weightedMedian(values: { value: number; weight: number }[]): number {
  values.sort((a, b) => a.value - b.value);
  const half = values.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (const { value, weight } of values) {
    below += weight;
    if (below >= half) return value;
  }
  return values[values.length - 1]!.value;
}

/** @param span - of the event that is to be thought away */
export function ordinaryLoad(setting: Setting, span: Span): OrdinaryLoad {
  const neighbours = neighboursOf(setting, span);
  const { series, events } = setting;
  const anchorMs = Math.min(span.startMs, endMs(series));
  const before = levelOver(setting, anchorMs - Math.max(BEFORE_MS, BEFORE_STEPS * series.stepMs), anchorMs, 0);
  return (atMs) => {
    const values: { value: number; weight: number }[] = [];
    for (const { shiftMs, weight, factor } of neighbours) {
      const value = valueAt(series, atMs + shiftMs);
      if (value !== undefined && !isChanged(events, atMs + shiftMs)) values.push({ value: value * factor, weight });
    }
    return values.length > 0 ? weightedMedian(values) : before;
  };
}
