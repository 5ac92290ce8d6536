import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wallClockOf } from '../../../src/config/wall-clock.ts';
import type { CalendarEvent, RepeatRule } from '../../../src/domain/calendar.ts';
import { occurrencesBetween } from '../../../src/pipeline/calendar/occurrences.ts';

const hour = 3_600_000;
const day = 24 * hour;

function ruled(zone: string, startMs: number, lengthMs: number, more: Partial<RepeatRule> = {}): CalendarEvent {
  const rule: RepeatRule = {
    kind: 'rule',
    unit: 'day',
    interval: 1,
    days: [],
    except: [],
    clock: wallClockOf(zone),
    ...more,
  };
  return { name: 'sale', type: 'promotion', startMs, endMs: startMs + lengthMs, repeat: rule };
}

function between(event: CalendarEvent, from: string, until: string): readonly string[] {
  const show = (ms: number) => new Date(ms).toISOString().slice(0, 16);
  return occurrencesBetween([event], Date.parse(from), Date.parse(until)).map(
    ({ startMs, endMs }) => `${show(startMs)} ${show(endMs)}`,
  );
}

describe('occurrencesBetween', () => {
  const changes: readonly (readonly [
    zone: string,
    first: string,
    from: string,
    until: string,
    at: readonly string[],
  ])[] = [
    // 20:00 to 22:00 on the clock, around the days on which it is changed.
    [
      'Europe/Berlin',
      '2026-03-01T19:00Z',
      '2026-03-28',
      '2026-03-30',
      ['2026-03-28T19:00 2026-03-28T21:00', '2026-03-29T18:00 2026-03-29T20:00'],
    ],
    [
      'Europe/Berlin',
      '2026-03-01T19:00Z',
      '2026-10-24',
      '2026-10-26',
      ['2026-10-24T18:00 2026-10-24T20:00', '2026-10-25T19:00 2026-10-25T21:00'],
    ],
    [
      'America/New_York',
      '2026-03-02T01:00Z',
      '2026-03-08T00:00Z',
      '2026-03-10T00:00Z',
      ['2026-03-08T01:00 2026-03-08T03:00', '2026-03-09T00:00 2026-03-09T02:00'],
    ],
    [
      'America/New_York',
      '2026-03-02T01:00Z',
      '2026-10-31T00:00Z',
      '2026-11-02T02:00Z',
      ['2026-10-31T00:00 2026-10-31T02:00', '2026-11-01T00:00 2026-11-01T02:00', '2026-11-02T01:00 2026-11-02T03:00'],
    ],
    // Half an hour: UTC+10:30 in winter, +11 in summer.
    [
      'Australia/Lord_Howe',
      '2026-01-01T09:00Z',
      '2026-04-04',
      '2026-04-06',
      ['2026-04-04T09:00 2026-04-04T11:00', '2026-04-05T09:30 2026-04-05T11:30'],
    ],
    [
      'Australia/Lord_Howe',
      '2026-01-01T09:00Z',
      '2026-10-03',
      '2026-10-05',
      ['2026-10-03T09:30 2026-10-03T11:30', '2026-10-04T09:00 2026-10-04T11:00'],
    ],
    // No summer time.
    ['Asia/Kolkata', '2026-01-01T14:30Z', '2026-03-29', '2026-03-30', ['2026-03-29T14:30 2026-03-29T16:30']],
  ];
  for (const [zone, first, from, until, at] of changes) {
    it(`stays at 20:00 in ${zone} around ${from.slice(0, 10)}`, () => {
      assert.deepEqual(between(ruled(zone, Date.parse(first), 2 * hour), from, until), at);
    });
  }

  it('ends at the same time of day in the night that the clock goes forward: 22:00 to 06:00 are 7 hours', () => {
    const event = ruled('Europe/Berlin', Date.parse('2026-03-01T21:00Z'), 8 * hour);
    assert.deepEqual(between(event, '2026-03-28T12:00Z', '2026-03-29T12:00Z'), ['2026-03-28T21:00 2026-03-29T04:00']);
  });

  it('takes place an hour later on the day on which 02:30 does not exist', () => {
    const event = ruled('Europe/Berlin', Date.parse('2026-03-01T01:30Z'), 2 * hour);
    // 02:30 to 04:30: the start moves to 03:30, the end exists.
    assert.deepEqual(between(event, '2026-03-29', '2026-03-30'), ['2026-03-29T01:30 2026-03-29T02:30']);
  });

  it('takes the first of the two 02:30 when summer time ends', () => {
    const event = ruled('Europe/Berlin', Date.parse('2026-10-01T00:30Z'), 2 * hour);
    assert.deepEqual(between(event, '2026-10-25T00:00Z', '2026-10-25T06:00Z'), ['2026-10-25T00:30 2026-10-25T03:30']);
  });

  it('shifts by an hour when it recurs after 7 days in UTC instead', () => {
    const startMs = Date.parse('2026-03-05T19:00Z');
    const event: CalendarEvent = {
      name: 'x',
      type: 'other',
      startMs,
      endMs: startMs + hour,
      repeat: { kind: 'span', everyMs: 7 * day },
    };
    assert.deepEqual(between(event, '2026-03-26', '2026-04-03'), [
      '2026-03-26T19:00 2026-03-26T20:00',
      '2026-04-02T19:00 2026-04-02T20:00',
    ]);
  });

  it('leaves out exceptions, which count all the same: 3 occurrences with one exception are 2', () => {
    const event = ruled('Europe/Berlin', Date.parse('2026-12-03T11:00Z'), hour, {
      unit: 'week',
      count: 3,
      except: [Date.UTC(2026, 11, 10) / day],
    });
    assert.deepEqual(between(event, '2026-01-01', '2028-01-01'), [
      '2026-12-03T11:00 2026-12-03T12:00',
      '2026-12-17T11:00 2026-12-17T12:00',
    ]);
  });

  it('has none behind until, the one that starts at that moment included', () => {
    const startMs = Date.parse('2026-12-03T11:00Z');
    const event = ruled('UTC', startMs, hour, { unit: 'week', untilMs: startMs + 14 * day });
    assert.equal(between(event, '2026-01-01', '2028-01-01').length, 3);
  });

  it('finds what has begun before the window and is not over, and not what ends as it begins', () => {
    const event = ruled('Europe/Berlin', Date.parse('2026-12-03T11:00Z'), 40 * hour, { unit: 'week' });
    assert.equal(between(event, '2026-12-05T02:59Z', '2026-12-05T04:00Z').length, 1);
    assert.equal(between(event, '2026-12-05T03:00Z', '2026-12-05T04:00Z').length, 0);
    assert.equal(between(event, '2026-12-03T10:00Z', '2026-12-03T11:00Z').length, 0);
  });

  it('takes dates of a table, sorts all events by their start, and declares the uplift as a logarithm', () => {
    const spans = [
      { startMs: 10 * day, endMs: 11 * day },
      { startMs: 375 * day, endMs: 376 * day },
    ];
    const holiday: CalendarEvent = {
      name: 'Epiphany',
      type: 'holiday',
      ...spans[0]!,
      uplift: 0.5,
      repeat: { kind: 'dates', spans },
    };
    const once: CalendarEvent = { name: 'fair', type: 'launch', startMs: 9 * day, endMs: 12 * day };
    assert.deepEqual(occurrencesBetween([holiday, once], 0, 400 * day), [
      { name: 'fair', type: 'launch', startMs: 9 * day, endMs: 12 * day },
      { name: 'Epiphany', type: 'holiday', declared: Math.log(0.5), ...spans[0]! },
      { name: 'Epiphany', type: 'holiday', declared: Math.log(0.5), ...spans[1]! },
    ]);
  });

  it('starts at the same time of day as the first one, on every day of 20 years, in any zone with summer time', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago'];
    const shows = new Map(
      zones.map((zone) => [zone, new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' })]),
    );
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 7300 }), (zone, days) => {
        // 05:15: no zone changes its clock at that time.
        const show = shows.get(zone)!;
        const base = Date.UTC(2026, 0, 1);
        const first = Array.from({ length: 96 }, (_, i) => base + i * 900_000).find(
          (ms) => show.format(ms) === '05:15',
        )!;
        const from = first + days * day;
        const found = occurrencesBetween([ruled(zone, first, hour)], from - hour, from + 4 * hour);
        assert.equal(found.length, 1);
        assert.equal(show.format(found[0]!.startMs), '05:15');
        assert.equal(show.format(found[0]!.endMs), '06:15');
      }),
    );
  });
});
