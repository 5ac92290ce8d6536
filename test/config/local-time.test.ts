import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isTimeZone, parseMoment } from '../../src/config/local-time.ts';

function iso(text: string, timeZone: string): string {
  const moment = parseMoment(text, timeZone);
  return moment.kind === 'moment' ? new Date(moment.ms).toISOString() : moment.kind;
}

describe('parseMoment', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['2026-11-27T08:00', 'UTC', '2026-11-27T08:00:00.000Z'],
    ['2026-11-27 08:00:30', 'UTC', '2026-11-27T08:00:30.000Z'],
    ['2026-11-27', 'Europe/Berlin', '2026-11-26T23:00:00.000Z'],
    ['2026-11-27T08:00', 'Europe/Berlin', '2026-11-27T07:00:00.000Z'],
    ['2026-07-27T08:00', 'Europe/Berlin', '2026-07-27T06:00:00.000Z'],
    ['2026-07-27T08:00', 'Asia/Kathmandu', '2026-07-27T02:15:00.000Z'],
    ['2026-07-27T08:00', 'Pacific/Kiritimati', '2026-07-26T18:00:00.000Z'],
    // An offset of its own leaves nothing to the zone.
    ['2026-07-27T08:00Z', 'Europe/Berlin', '2026-07-27T08:00:00.000Z'],
    ['2026-07-27T08:00-03:30', 'Europe/Berlin', '2026-07-27T11:30:00.000Z'],
    // Summer time in Berlin begins 2027-03-28 02:00 and ends 2026-10-25 03:00.
    ['2027-03-28T02:30', 'Europe/Berlin', 'skipped'],
    ['2027-03-28T03:00', 'Europe/Berlin', '2027-03-28T01:00:00.000Z'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'], // the first of the two
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
  ];
  for (const [text, zone, expected] of table) {
    it(`takes ${text} in ${zone} as ${expected}`, () => assert.equal(iso(text, zone), expected));
  }

  const refused = [
    '2026-02-30',
    '2026-13-01',
    '2026-11-27T24:00',
    '2026-11-27T08:60',
    '27.11.2026',
    '2026-11-27T8:00',
    '2026-11-27T08:00+99:00',
    '',
  ];
  for (const text of refused) {
    it(`does not guess at "${text}"`, () => assert.equal(parseMoment(text, 'UTC').kind, 'malformed'));
  }

  it('reads back what the clock of New York shows at any minute, except in the hour that is shown twice', () => {
    const zone = 'America/New_York';
    const show = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    fc.assert(
      fc.property(fc.integer({ min: 25_000_000, max: 32_000_000 }), (minute) => {
        const moment = parseMoment(show.format(minute * 60_000), zone);
        assert.equal(moment.kind, 'moment');
        const early = moment.kind === 'moment' ? minute * 60_000 - moment.ms : Number.NaN;
        assert.ok(early === 0 || early === 3_600_000, `${early} ms early`);
      }),
    );
  });
});

describe('isTimeZone', () => {
  it('knows Europe/Berlin and UTC, and no Europe/Berln', () => {
    assert.equal(isTimeZone('Europe/Berlin'), true);
    assert.equal(isTimeZone('UTC'), true);
    assert.equal(isTimeZone('Europe/Berln'), false);
    assert.equal(isTimeZone(''), false);
  });
});
