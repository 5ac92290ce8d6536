import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type PastKeeper, startPast } from '../../../src/forecast/experts/start-past.ts';
import { type CalendarView, eventFlags, seasonWaves } from '../../../src/forecast/features/calendar.ts';
import { type FeatureSet, joinFeatures } from '../../../src/forecast/features/feature-set.ts';
import { leadingChanges } from '../../../src/forecast/features/leads.ts';
import { lags, slopes, windowMeans } from '../../../src/forecast/features/recent.ts';
import { seasonalLags, seasonalLagsOfOrigin } from '../../../src/forecast/features/seasonal.ts';
import { MINUTE_MS, normal } from '../made-series.ts';

const DAY = 288;
const STEP_MS = 5 * MINUTE_MS;

function pastOf(values: ArrayLike<number>): PastKeeper {
  const past = startPast({ stepMs: STEP_MS, seasons: [DAY, 7 * DAY], firstStep: 0 });
  for (let i = 0; i < values.length; i++) past.push(values[i]!, 'ok', 0);
  return past;
}

function read(set: FeatureSet, past: PastKeeper, origin: number, target: number, base = 0): number[] {
  const out = new Float64Array(set.names.length).fill(Number.NaN);
  set.write(past, { origin, target, base }, out, 0);
  return [...out];
}

const ramp = Float64Array.from({ length: 3 * DAY }, (_, t) => t);
const origin = ramp.length - 1;

describe('features', () => {
  it('lags and window means count back from the origin, as distances from the base', () => {
    assert.deepEqual(read(lags([0, 3]), pastOf(ramp), 800, 801, 790), [10, 7]);
    assert.deepEqual(read(windowMeans([0, 1, 4]), pastOf(ramp), 800, 801), [800, 798]);
    assert.deepEqual(windowMeans([0, 1, 4]).names, ['mean of 0 to 0 back', 'mean of 1 to 3 back']);
  });

  it('a slope over 10 steps of a line that rises by 1 a step is 10', () => {
    const [slope] = read(slopes([10]), pastOf(ramp), 800, 801);
    assert.ok(Math.abs(slope! - 10) < 1e-9, `${slope}`);
  });

  it('yesterday at the place of the target, and of the origin', () => {
    const lag = { season: DAY, ago: 1, shift: 0, halfWidth: 1 };
    assert.deepEqual(read(seasonalLags([lag]), pastOf(ramp), origin, origin + 7), [origin + 7 - DAY]);
    assert.deepEqual(read(seasonalLagsOfOrigin([lag]), pastOf(ramp), origin, origin + 7), [origin - DAY]);
    assert.deepEqual(seasonalLags([lag, { ...lag, ago: 2, shift: 1 }]).names, ['target − 288', 'target − 2 × 288 + 1']);
  });

  it('what comes 5 steps after yesterday is read a day earlier when it is not known yet', () => {
    const lag = { season: DAY, ago: 1, shift: 5, halfWidth: 0 };
    const near = origin + DAY - 5;
    assert.deepEqual(read(seasonalLags([lag]), pastOf(ramp), origin, near), [origin]);
    assert.deepEqual(read(seasonalLags([lag]), pastOf(ramp), origin, near + 1), [origin + 1 - DAY]);
  });

  it('the mean of seven days leaves out the highest and the lowest, incidents and stand-ins', () => {
    const past = startPast({ stepMs: STEP_MS, seasons: [DAY, 7 * DAY], firstStep: 0 });
    // By day: 0 … 6, a missing one, an incident, and an odd one at 40.
    const days = [0, 1, 2, 3, 4, 5, 6, Number.NaN, 90, 40];
    for (const [day, z] of days.entries()) {
      for (let t = 0; t < DAY; t++) past.push(z, day === 8 ? 'excluded' : 'ok', 77);
    }
    const lag = { season: DAY, ago: 1, shift: 0, halfWidth: 0, cycles: 7 };
    // Of the last seven days 3, 4, 5, 6 and 40 count; 3 and 40 are at the ends.
    assert.deepEqual(read(seasonalLags([lag]), past, past.newest, past.newest + 1), [5]);
    assert.deepEqual(seasonalLags([lag]).names, ['target − 288, mean of 7']);
    // Three days back there is nothing but the stand-in and the incident: better those than nothing.
    const two = { ...lag, ago: 2, cycles: 2 };
    assert.deepEqual(read(seasonalLags([two]), past, past.newest, past.newest + 1), [90]);
  });

  it('waves follow the place of the target in the day', () => {
    const waves = read(seasonWaves([DAY], 2), pastOf(ramp), origin, 3 * DAY + DAY / 4);
    [0, 1, -1, 0].forEach((expected, i) => {
      assert.ok(Math.abs(waves[i]! - expected) < 1e-12);
    });
    assert.deepEqual(seasonWaves([DAY], 2).names, ['cos 1/288', 'sin 1/288', 'cos 2/288', 'sin 2/288']);
  });

  it('an event that is on at both ends says nothing, one that begins says what it declares', () => {
    const calendar: CalendarView = {
      eventAt: (step) => ({ active: step >= 100, logUplift: step >= 100 ? 0.7 : 0, holiday: step === 101 }),
    };
    assert.deepEqual(read(eventFlags(calendar), pastOf(ramp), 99, 101), [1, 0.7, 1, 0]);
    assert.deepEqual(read(eventFlags(calendar), pastOf(ramp), 101, 102), [0, 0, 0, 1]);
  });

  it('a lead of 10 steps tells at the origin what comes here 6 steps later, and nothing that is not out yet', () => {
    const other = pastOf(Float64Array.from({ length: 1000 }, (_, t) => (t < 980 ? 0 : t - 979)));
    const [change] = read(leadingChanges([{ name: 'web', past: other, steps: 10 }]), pastOf(ramp), 985, 991);
    // Shown there at 980 and 981, against 974 and 975.
    assert.equal(change, 1.5);
    const [far] = read(leadingChanges([{ name: 'web', past: other, steps: 10 }]), pastOf(ramp), 985, 1985);
    assert.equal(far, 5.5);
  });

  it('what the past does not reach is NaN, not 0', () => {
    const young = pastOf(ramp.subarray(0, 20));
    const values = read(seasonalLags([{ season: DAY, ago: 1, shift: 0, halfWidth: 0 }]), young, 19, 20);
    assert.ok(Number.isNaN(values[0]!));
  });
});

describe('no feature sees beyond its origin', () => {
  const calendar: CalendarView = { eventAt: () => ({ active: false, logUplift: 0, holiday: false }) };
  const setsWith = (other: PastKeeper) =>
    joinFeatures([
      lags([0, 1, 7]),
      windowMeans([0, 2, 12, 24]),
      slopes([3, 12]),
      seasonalLags(
        [DAY, 7 * DAY].flatMap((season) =>
          [0, 5].flatMap((shift) => [1, 2].map((ago) => ({ season, ago, shift, halfWidth: 2 }))),
        ),
      ),
      seasonalLagsOfOrigin([{ season: DAY, ago: 1, shift: 3, halfWidth: 1 }]),
      seasonWaves([DAY, 7 * DAY], 2),
      eventFlags(calendar),
      leadingChanges([{ name: 'other', past: other, steps: 4 }]),
    ]);

  it('scrambling every step after it changes nothing, up to a day ahead and a day late', () => {
    const gauss = normal(3);
    const before = Float64Array.from({ length: 15 * DAY }, gauss);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DAY }), fc.integer({ min: 1, max: DAY }), (late, ahead) => {
        const newest = before.length - 1;
        const then = newest - late;
        const scrambled = before.map((z, t) => (t > then ? 1e3 + z : z));
        const [one, two] = [pastOf(before), pastOf(scrambled)];
        const [plain, changed] = [setsWith(one), setsWith(two)];
        assert.deepEqual(read(changed, two, then, then + ahead), read(plain, one, then, then + ahead));
      }),
      { numRuns: 60 },
    );
  });
});
