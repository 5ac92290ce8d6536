/**
 * The load of an invented online shop, for the demo and for tests: an AI shopping guide that starts slowly, the
 * catalogue, the checkout. Visitors come in daily and weekly waves; every Thursday has a lunch sale; now and then
 * something goes viral without a warning; one day is a holiday. Deterministic by its seed.
 */

import type { CalendarEvent } from '../domain/calendar.ts';
import type { WallClock } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { Objective } from '../domain/workload.ts';
import { normalAt, uniformAt } from './random.ts';
import type { StartUp } from './start-up.ts';

export interface ShopWorkload {
  readonly name: string;
  readonly title: string;
  /** Requests per second, arriving. */
  readonly trace: TimeSeries;
  readonly perReplica: number;
  readonly startUp: StartUp;
  readonly objective: Objective;
}

export interface Shop {
  readonly workloads: readonly ShopWorkload[];
  /** What the owner of the shop has in the calendar. */
  readonly events: readonly CalendarEvent[];
}

export interface ShopSettings {
  /** Midnight UTC of a Monday. */
  readonly startMs: number;
  readonly days: number;
  /** Day of the holiday, counted from 0; outside the days there is none. */
  readonly holiday: number;
  readonly seed: number;
}

const STEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTES = 1440;
/** Monday to Sunday. */
const WEEK = [0.94, 0.92, 0.95, 1, 1.06, 1.22, 1.18];
const SUNDAY = 6;
const THURSDAY = 3;

/** What sets one workload apart from the visitors of the shop. */
interface Character {
  readonly name: string;
  readonly title: string;
  /** Requests per second at an ordinary evening peak. */
  readonly peak: number;
  readonly perReplica: number;
  readonly startUpMs: number;
  readonly waitSeconds: number;
  /** Follows the visitors this much later. */
  readonly lagMinutes: number;
  /** How much stronger the evening is than the day. */
  readonly evening: number;
  /** Answer to a sale: factor on the load at its height. */
  readonly sale: number;
}

const characters: readonly Character[] = [
  {
    name: 'ai-guide',
    title: 'AI shopping guide',
    peak: 60,
    perReplica: 4,
    startUpMs: 300_000,
    waitSeconds: 0.25,
    lagMinutes: 2,
    evening: 1.25,
    sale: 1.5,
  },
  {
    name: 'catalogue',
    title: 'Catalogue',
    peak: 900,
    perReplica: 40,
    startUpMs: 60_000,
    waitSeconds: 0.05,
    lagMinutes: 0,
    evening: 1,
    sale: 1.8,
  },
  {
    name: 'checkout',
    title: 'Checkout',
    peak: 160,
    perReplica: 15,
    startUpMs: 120_000,
    waitSeconds: 0.1,
    lagMinutes: 12,
    evening: 1.1,
    sale: 2.3,
  },
];

export function createShop(settings: ShopSettings): Shop {
  const viral = viralMoments(settings);
  return {
    workloads: characters.map((character, i) => ({
      name: character.name,
      title: character.title,
      trace: {
        startMs: settings.startMs,
        stepMs: STEP_MS,
        values: loadOf(character, settings, viral, settings.seed * characters.length + i),
      },
      perReplica: character.perReplica,
      startUp: { kind: 'fixed', ms: character.startUpMs },
      objective: { kind: 'wait', quantile: 0.95, seconds: character.waitSeconds },
    })),
    events: eventsOf(settings),
  };
}

const SALE_HOURS = 2;
const UTC: WallClock = { zone: 'UTC', transitions: [{ fromMs: 0, offsetMs: 0 }] };

/** The Thursday sale by rule, its size left to be learned; the holiday with a guess of the owner, since it comes once. */
function eventsOf({ startMs, holiday, days }: ShopSettings): readonly CalendarEvent[] {
  const noonMs = startMs + THURSDAY * DAY_MS + 12 * HOUR_MS;
  const sale: CalendarEvent = {
    name: 'lunch sale',
    type: 'flash-sale',
    startMs: noonMs,
    endMs: noonMs + SALE_HOURS * HOUR_MS,
    repeat: { kind: 'rule', unit: 'week', interval: 1, days: [], except: [], clock: UTC },
  };
  const dayMs = startMs + holiday * DAY_MS;
  const span = { startMs: dayMs + 9 * HOUR_MS, endMs: dayMs + 23 * HOUR_MS };
  return holiday < days ? [sale, { name: 'holiday', type: 'holiday', ...span, uplift: 1.25 }] : [sale];
}

function loadOf(character: Character, settings: ShopSettings, viral: readonly Viral[], seed: number): Float64Array {
  const values = new Float64Array(settings.days * MINUTES);
  let mood = 0;
  for (let minute = 0; minute < values.length; minute++) {
    // Slow drift of interest around the expected load: AR(1) with a memory of half an hour, 4 % wide.
    mood = 0.967 * mood + 0.04 * Math.sqrt(1 - 0.967 ** 2) * normalAt(seed, minute, 11);
    const visits = visitors(minute - character.lagMinutes, character, settings);
    const lifted = visits * saleFactor(minute - character.lagMinutes, character) * viralFactor(minute, viral);
    values[minute] = arrivals(character.peak * lifted * Math.exp(mood), seed, minute);
  }
  return values;
}

/** Requests of one minute as a Poisson count (by its normal approximation), back to a rate per second. */
function arrivals(rate: number, seed: number, minute: number): number {
  const expected = rate * 60;
  return Math.max(0, Math.round(expected + Math.sqrt(expected) * normalAt(seed, minute, 12))) / 60;
}

/** Visitors relative to an ordinary evening peak. */
function visitors(minute: number, { evening }: Character, { holiday }: ShopSettings): number {
  const day = Math.floor(minute / MINUTES);
  const weekday = day === holiday ? SUNDAY : ((day % 7) + 7) % 7;
  const late = weekday >= 5 ? 1 : 0;
  const hour = (((minute % MINUTES) + MINUTES) % MINUTES) / 60;
  const shape =
    0.1 +
    0.4 * wave(hour, 10.5 + late, 2.1) +
    0.14 * wave(hour, 12.6 + late, 0.7) +
    0.78 * evening * wave(hour, 20.2, 2);
  const growth = 1 + 0.004 * day;
  return shape * WEEK[weekday]! * growth * (day === holiday ? 1.25 : 1);
}

/** A bump of height 1 around an hour of the day, across midnight too. */
function wave(hour: number, at: number, width: number): number {
  const apart = Math.abs(hour - at);
  const distance = Math.min(apart, 24 - apart);
  return Math.exp(-0.5 * (distance / width) ** 2);
}

/** Thursday noon: a newsletter goes out, the rush comes within minutes and ebbs away over an hour and a half. */
function saleFactor(minute: number, { sale }: Character): number {
  if (Math.floor(minute / MINUTES) % 7 !== THURSDAY) return 1;
  return 1 + (sale - 1) * surge((minute % MINUTES) - 12 * 60, 6, 45);
}

interface Viral {
  readonly minute: number;
  readonly lift: number;
}

/** About two in a week, at any time of the waking day, of any size up to half of the load again. */
function viralMoments({ days, seed }: ShopSettings): readonly Viral[] {
  const moments: Viral[] = [];
  for (let day = 0; day < days; day++) {
    if (uniformAt(seed, day, 21) > 2 / 7) continue;
    const minute = day * MINUTES + Math.floor((8 + 14 * uniformAt(seed, day, 22)) * 60);
    moments.push({ minute, lift: 0.2 + 0.3 * uniformAt(seed, day, 23) });
  }
  return moments;
}

function viralFactor(minute: number, viral: readonly Viral[]): number {
  return viral.reduce((factor, moment) => factor * (1 + moment.lift * surge(minute - moment.minute, 12, 30)), 1);
}

/** Rises over `rise` minutes to 1, then falls by half every `half` minutes. */
function surge(since: number, rise: number, half: number): number {
  if (since < 0) return 0;
  return since < rise ? since / rise : 0.5 ** ((since - rise) / half);
}
