import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wallClockOf } from '../../src/config/wall-clock.ts';
import { clockOver, momentAt, offsetAt, wallAt } from '../../src/pipeline/calendar/wall-clock.ts';

const minute = 60_000;

function changesOf(zone: string, year: number): readonly string[] {
  return wallClockOf(zone)
    .transitions.filter(({ fromMs }) => new Date(fromMs).getUTCFullYear() === year && fromMs > Date.UTC(1990, 0, 1))
    .map(({ fromMs, offsetMs }) => `${new Date(fromMs).toISOString().slice(0, 16)} ${offsetMs / minute}`);
}

describe('wallClockOf', () => {
  const table: readonly (readonly [zone: string, year: number, changes: readonly string[]])[] = [
    ['Europe/Berlin', 2026, ['2026-03-29T01:00 120', '2026-10-25T01:00 60']],
    ['America/New_York', 2026, ['2026-03-08T07:00 -240', '2026-11-01T06:00 -300']],
    ['Australia/Lord_Howe', 2026, ['2026-04-04T15:00 630', '2026-10-03T15:30 660']],
    ['Asia/Kolkata', 2026, []],
    ['UTC', 2026, []],
    // Back to winter time for Ramadan.
    ['Africa/Casablanca', 2025, ['2025-02-23T02:00 0', '2025-04-06T02:00 60']],
    // A change for good, by law, across the date line.
    ['Pacific/Apia', 2011, ['2011-04-02T14:00 -660', '2011-09-24T14:00 -600', '2011-12-30T10:00 840']],
  ];
  for (const [zone, year, changes] of table) {
    it(`knows the ${changes.length} changes of ${zone} in ${year}`, () =>
      assert.deepEqual(changesOf(zone, year), changes));
  }

  it('shows what the clock of the runtime shows, at any minute from 1990 to 2099', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca'];
    const shows = new Map(
      zones.map((timeZone) => [
        timeZone,
        new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
      ]),
    );
    const first = Date.UTC(1990, 0, 1) / minute;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: first, max: Date.UTC(2099, 11, 31) / minute }),
        (zone, m) => {
          const shown = new Date(wallAt(wallClockOf(zone), m * minute)).toISOString();
          assert.equal(shown.slice(0, 16).replace('T', ' '), shows.get(zone)!.format(m * minute));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is found once for each zone', () => assert.equal(wallClockOf('Europe/Berlin'), wallClockOf('Europe/Berlin')));
});

describe('momentAt', () => {
  const berlin = wallClockOf('Europe/Berlin');
  const at = (wall: string) => new Date(momentAt(berlin, Date.parse(`${wall}Z`))).toISOString().slice(0, 16);

  it('goes back from the wall clock', () => {
    assert.equal(at('2026-07-27T08:00'), '2026-07-27T06:00');
    assert.equal(at('2026-11-27T08:00'), '2026-11-27T07:00');
  });

  it('takes the first of two times and goes on past a time that is skipped', () => {
    assert.equal(at('2026-10-25T02:30'), '2026-10-25T00:30');
    assert.equal(at('2026-10-25T03:00'), '2026-10-25T02:00');
    assert.equal(at('2026-03-29T02:30'), '2026-03-29T01:30');
    assert.equal(at('2026-03-29T01:59'), '2026-03-29T00:59');
  });

  it('is the inverse of wallAt at every minute that is shown once, in either direction of the zone', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 12_000_000, max: 60_000_000 }), (zone, m) => {
        const clock = wallClockOf(zone);
        const apart = m * minute - momentAt(clock, wallAt(clock, m * minute));
        assert.ok(apart === 0 || apart === 60 * minute || apart === 30 * minute, `${apart} ms`);
      }),
    );
  });
});

describe('clockOver', () => {
  const berlin = wallClockOf('Europe/Berlin');

  it('keeps what holds in the span: 3 offsets in a year that begins and ends in winter', () => {
    const [from, until] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
    const part = clockOver(berlin, from, until);
    assert.equal(part.zone, 'Europe/Berlin');
    assert.equal(part.transitions.length, 3);
    for (let ms = from; ms < until; ms += 86_400_000) assert.equal(offsetAt(part, ms), offsetAt(berlin, ms));
  });

  it('is never empty, also before the first change', () => {
    assert.equal(clockOver(berlin, 0, 1).transitions.length, 1);
  });
});
