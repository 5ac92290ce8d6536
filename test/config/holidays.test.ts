import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HolidayWish, holidayEvents, holidayPlace } from '../../src/config/holidays.ts';
import { parseSettings } from '../../src/config/load.ts';

const bavaria: HolidayWish = { country: 'DE', region: 'BY', kinds: ['public'] };

/** Start and end of a holiday in a year, as UTC. */
function spanIn(wish: HolidayWish, zone: string, name: string, year: number): string | undefined {
  const event = holidayEvents(wish, zone, 2026).find((each) => each.name === name);
  const spans = event?.repeat?.kind === 'dates' ? event.repeat.spans : [];
  const span = spans.find(({ startMs }) => new Date(startMs + 43_200_000).getUTCFullYear() === year);
  return span && [span.startMs, span.endMs].map((ms) => new Date(ms).toISOString().slice(0, 16)).join(' ');
}

describe('holidayEvents', () => {
  it('are days from midnight to midnight on the clock of the zone', () => {
    assert.equal(spanIn(bavaria, 'Europe/Berlin', 'Epiphany', 2027), '2027-01-05T23:00 2027-01-06T23:00');
    assert.equal(spanIn(bavaria, 'Europe/Berlin', 'Labour Day', 2027), '2027-04-30T22:00 2027-05-01T22:00');
    assert.equal(spanIn(bavaria, 'UTC', 'Epiphany', 2027), '2027-01-06T00:00 2027-01-07T00:00');
  });

  it('move with Easter: Good Friday on 3 April 2026 and 26 March 2027', () => {
    assert.equal(spanIn(bavaria, 'UTC', 'Good Friday', 2026)?.slice(0, 10), '2026-04-03');
    assert.equal(spanIn(bavaria, 'UTC', 'Good Friday', 2027)?.slice(0, 10), '2027-03-26');
  });

  it('are 23 hours long where the clock goes forward on that day: Easter Sunday of Brandenburg in 2027', () => {
    const brandenburg: HolidayWish = { country: 'DE', region: 'BB', kinds: ['public'] };
    assert.equal(spanIn(brandenburg, 'Europe/Berlin', 'Easter Sunday', 2027), '2027-03-27T23:00 2027-03-28T22:00');
  });

  it('follow rules such as the fourth Thursday of November, and their substitutes', () => {
    const us: HolidayWish = { country: 'US', kinds: ['public'] };
    assert.equal(spanIn(us, 'America/New_York', 'Thanksgiving Day', 2026), '2026-11-26T05:00 2026-11-27T05:00');
    assert.equal(
      spanIn(us, 'America/New_York', 'Independence Day (substitute day)', 2026),
      '2026-07-03T04:00 2026-07-04T04:00',
    );
  });

  it('are those of the region: Corpus Christi in Bavaria and not in Berlin', () => {
    const names = (region: string) => holidayEvents({ ...bavaria, region }, 'UTC', 2026).map(({ name }) => name);
    assert.ok(names('BY').includes('Corpus Christi'));
    assert.ok(!names('BE').includes('Corpus Christi'));
  });

  it('are public ones alone unless other kinds are asked for', () => {
    const kinds = ['public', 'observance'] as const;
    const names = (wish: HolidayWish) => holidayEvents(wish, 'UTC', 2026).map(({ name }) => name);
    assert.ok(!names(bavaria).includes("Valentine's Day"));
    assert.ok(names({ ...bavaria, kinds }).includes("Valentine's Day"));
  });

  it('reach from 2 years back to 5 ahead, each name once, with type and uplift', () => {
    const events = holidayEvents({ ...bavaria, uplift: 0.6 }, 'UTC', 2026);
    const christmas = events.filter(({ name }) => name === 'Christmas Day');
    assert.equal(christmas.length, 1);
    assert.equal(christmas[0]!.type, 'holiday');
    assert.equal(christmas[0]!.uplift, 0.6);
    const { repeat, startMs } = christmas[0]!;
    assert.equal(new Date(startMs).getUTCFullYear(), 2024);
    assert.equal(repeat?.kind === 'dates' && repeat.spans.length, 8);
  });

  it('begin within the day where the day has no midnight: in Beirut summer time begins at 00:00', () => {
    // The last Sunday of March, which is Easter Sunday in 2027: 01:00 there is 22:00 UTC of the day before.
    const brandenburg: HolidayWish = { country: 'DE', region: 'BB', kinds: ['public'] };
    assert.equal(spanIn(brandenburg, 'Asia/Beirut', 'Easter Sunday', 2027), '2027-03-27T22:00 2027-03-28T21:00');
  });
});

interface Place {
  readonly country: string;
  readonly region?: string;
  readonly days: readonly string[];
}

describe('the tables of public holidays', () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'public_holidays.json'), 'utf8')) as {
    readonly by: string;
    readonly years: readonly number[];
    readonly places: readonly Place[];
  };
  const daysOf = ({ country, region }: Place) => {
    const events = holidayEvents({ country, region, kinds: ['public'] }, 'UTC', 2026);
    const spans = events.flatMap(({ repeat }) => (repeat?.kind === 'dates' ? repeat.spans : []));
    const days = spans.map(({ startMs }) => new Date(startMs).toISOString().slice(0, 10));
    return [...new Set(days)].filter((day) => golden.years.includes(Number(day.slice(0, 4)))).sort();
  };
  for (const place of golden.places) {
    const name = [place.country, place.region ?? []].flat().join('-');
    it(`has the ${place.days.length} days of ${name} that ${golden.by} has in three years`, () =>
      assert.deepEqual(daysOf(place), place.days));
  }
});

describe('holidayPlace', () => {
  it('knows countries, their regions, and regions of those', () => {
    assert.deepEqual(holidayPlace(bavaria), { kind: 'known' });
    assert.deepEqual(holidayPlace({ country: 'US', region: 'LA-NO', kinds: [] }), { kind: 'known' });
    assert.deepEqual(holidayPlace({ country: 'JP', kinds: [] }), { kind: 'known' });
  });

  it('names the regions there are where another is asked for', () => {
    const place = holidayPlace({ country: 'DE', region: 'bw', kinds: [] });
    assert.ok(place.kind === 'unknown' && place.codes.includes('BW') && place.meant === 'BW');
  });
});

describe('the calendar of a configuration', () => {
  const settingsOf = (text: string) => {
    const result = parseSettings(`prometheus: { url: "http://prometheus:9090" }\n${text}`, 'test');
    assert.ok(result.kind === 'loaded', JSON.stringify(result));
    return result.settings;
  };
  const sale = '{ name: sale, start: 2026-12-03T20:00, end: 2026-12-03T22:00, repeat: { every: day } }';
  const starts = (events: readonly { readonly startMs: number }[]) =>
    events.map(({ startMs }) => new Date(startMs).toISOString().slice(0, 16));

  it('of the defaults reaches discovered workloads, on the clock of their namespace', () => {
    const { discovery } = settingsOf(`
timeZone: Europe/Berlin
defaults: { replicas: { max: 9 }, events: [${sale}] }
namespaces: { shop-us: { timeZone: America/New_York }, other: { priority: 5 } }
discovery: {}`);
    assert.deepEqual(starts(discovery!.defaults.events), ['2026-12-03T19:00']);
    assert.deepEqual(starts(discovery!.byNamespace['shop-us']!.events), ['2026-12-04T01:00']);
    assert.deepEqual(starts(discovery!.byNamespace['other']!.events), ['2026-12-03T19:00']);
    assert.equal(discovery!.defaults.clock?.zone, 'Europe/Berlin');
    assert.equal(discovery!.byNamespace['shop-us']!.clock?.zone, 'America/New_York');
  });

  it('keeps the holidays of the defaults where a workload has events of its own', () => {
    const { workloads } = settingsOf(`
defaults: { replicas: { max: 9 }, holidays: [{ country: DE }] }
workloads: [{ namespace: shop, name: checkout, events: [${sale}] }]`);
    const names = workloads[0]!.events.map(({ name }) => name);
    assert.equal(names[0], 'sale');
    assert.ok(names.includes('National Holiday'));
    assert.equal(workloads[0]!.clock, undefined, 'UTC');
  });

  it('takes a date alone as the last day of a rule, that day included', () => {
    const { workloads } = settingsOf(`
defaults: { replicas: { max: 9 } }
workloads:
  - namespace: shop
    name: checkout
    timeZone: Asia/Kolkata
    events: [{ name: sale, start: 2026-12-03T20:00, end: 2026-12-03T22:00, repeat: { every: day, until: 2026-12-05 } }]`);
    const { repeat } = workloads[0]!.events[0]!;
    assert.equal(repeat?.kind === 'rule' && new Date(repeat.untilMs!).toISOString(), '2026-12-05T18:29:59.000Z');
  });
});
