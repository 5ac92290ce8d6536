/**
 * Tables of public holidays, from the package date-holidays. It is loaded, with some 35 MB of memory, only where a file
 * names a country.
 */
import { createRequire } from 'node:module';
import type { HolidaysTypes } from 'date-holidays';
import type { CalendarEvent, Span } from '../domain/calendar.ts';
import { parseMoment } from './local-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The table reaches from the years that a long history has to years in which the process has been restarted. */
const YEARS_BACK = 2;
const YEARS_AHEAD = 5;

export const holidayKinds = ['public', 'bank', 'school', 'optional', 'observance'] as const;

export interface HolidayWish {
  /** ISO 3166 code, such as DE. */
  readonly country: string;
  /** A part of the country (BY), or a part of that (LA-NO). */
  readonly region?: string | undefined;
  readonly kinds: readonly (typeof holidayKinds)[number][];
  readonly uplift?: number | undefined;
}

type Table = typeof import('date-holidays').default;

let loaded: Table | undefined;

/** Its CommonJS form can be loaded in the middle of a synchronous check. */
function table(): Table {
  loaded ??= createRequire(import.meta.url)('date-holidays') as Table;
  return loaded;
}

type Place = readonly [country: string, state?: string, region?: string];

/** The codes of a wish, each only when it is known. */
function placeOf({ country, region }: HolidayWish): Place {
  const [state, ...rest] = region?.split('-') ?? [];
  return state === undefined ? [country] : rest.length === 0 ? [country, state] : [country, state, rest.join('-')];
}

type Known =
  | { readonly kind: 'known' }
  | {
      readonly kind: 'unknown';
      readonly of: 'country' | 'region';
      readonly codes: readonly string[];
      readonly meant?: string;
    };

function codesOf(names: { readonly [code: string]: string } | undefined): readonly string[] {
  return Object.keys(names ?? {});
}

/** Whether there is a table for the place; the codes that could be meant when there is none. */
export function holidayPlace(wish: HolidayWish): Known {
  const holidays = new (table())();
  const [country, state, region] = placeOf(wish);
  const countries = codesOf(holidays.getCountries());
  const miss = (of: 'country' | 'region', found: string, codes: readonly string[]): Known => {
    // Codes of two letters are all alike; what is meant shows only in the case.
    const meant = codes.find((code) => code.toUpperCase() === found.toUpperCase());
    return { kind: 'unknown', of, codes, ...(meant !== undefined && { meant }) };
  };
  if (!countries.includes(country)) return miss('country', country, countries);
  const states = codesOf(holidays.getStates(country));
  if (state !== undefined && !states.includes(state)) return miss('region', state, states);
  const regions = state === undefined ? [] : codesOf(holidays.getRegions(country, state));
  if (region !== undefined && !regions.includes(region))
    return miss(
      'region',
      wish.region!,
      regions.map((code) => `${state}-${code}`),
    );
  return { kind: 'known' };
}

/** From midnight to midnight on the clock of the zone, or from the hour at which it begins (Christmas Eve at 14:00). */
function spanOf({ date, start, end }: HolidaysTypes.Holiday, zone: string): Span {
  const length = end.getTime() - start.getTime();
  // A day of 23 or 25 hours is still a day on the clock.
  const onClock = length >= 20 * HOUR_MS ? Math.round(length / DAY_MS) * DAY_MS : length;
  const wall = Date.parse(`${date.slice(0, 10)}T${date.slice(11, 19)}Z`);
  const moment = (ms: number) => {
    const found = parseMoment(new Date(ms).toISOString().slice(0, 19), zone);
    // Midnight does not exist where summer time begins at midnight: then the day begins an hour later.
    const later =
      found.kind === 'moment' ? found : parseMoment(new Date(ms + HOUR_MS).toISOString().slice(0, 19), zone);
    if (later.kind !== 'moment') throw new Error(`${date}: no such time in ${zone}`);
    return later.ms;
  };
  return { startMs: moment(wall), endMs: moment(wall + onClock) };
}

const made = new Map<string, readonly CalendarEvent[]>();

/**
 * The holidays of a place as events: one for each name, from two years back to five years ahead.
 *
 * @param wish - of a place that is known
 * @param zone - on whose clock the days begin and end
 * @param year - the current one
 */
export function holidayEvents(
  wish: HolidayWish,
  zone: string,
  year = new Date().getUTCFullYear(),
): readonly CalendarEvent[] {
  const key = JSON.stringify([placeOf(wish), wish.kinds, wish.uplift, zone, year]);
  const before = made.get(key);
  if (before) return before;
  const [country, ...parts] = placeOf(wish);
  const source = new (table())(country, ...(parts as [string, string]), { types: [...wish.kinds] });
  const years = Array.from({ length: YEARS_BACK + YEARS_AHEAD + 1 }, (_, i) => year - YEARS_BACK + i);
  const byName = new Map<string, Span[]>();
  for (const holiday of years.flatMap((each) => source.getHolidays(each, 'en'))) {
    const spans = byName.get(holiday.name) ?? [];
    spans.push(spanOf(holiday, zone));
    byName.set(holiday.name, spans);
  }
  const events = [...byName].map(([name, spans]) => eventOf(name, spans, wish));
  made.set(key, events);
  return events;
}

function eventOf(name: string, spans: readonly Span[], { uplift }: HolidayWish): CalendarEvent {
  const sorted = spans.toSorted((a, b) => a.startMs - b.startMs);
  const repeat = { kind: 'dates' as const, spans: sorted };
  return { name, type: 'holiday', ...sorted[0]!, ...(uplift !== undefined && { uplift }), repeat };
}
