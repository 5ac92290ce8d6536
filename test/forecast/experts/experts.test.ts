import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { startAnalogues } from '../../../src/forecast/experts/analogues.ts';
import {
  startDayMaximum,
  startDayMean,
  startRecentMaximum,
  startWeekMean,
} from '../../../src/forecast/experts/anchors.ts';
import type { StartExpert } from '../../../src/forecast/experts/expert.ts';
import { startHoltWintersDouble } from '../../../src/forecast/experts/holt-winters-double.ts';
import { startDayShape, startWeekShape } from '../../../src/forecast/experts/level-shape.ts';
import { startFastRegression, startRegression } from '../../../src/forecast/experts/regression.ts';
import { HOUR_MS, MINUTE_MS, normal, uniform } from '../made-series.ts';
import { bytesOf } from './bytes-of.ts';
import { follow, type Setting } from './follow.ts';

const experts: readonly (readonly [
  string,
  StartExpert,
  { readonly bytes: number; readonly wakesAfterHours: number },
])[] = [
  ['the mean of the same time of day', startDayMean, { bytes: 0, wakesAfterHours: 24 }],
  ['the mean of the same time of week', startWeekMean, { bytes: 0, wakesAfterHours: 168 }],
  ['the recent maximum', startRecentMaximum, { bytes: 0, wakesAfterHours: 0 }],
  ['the maximum of the same time of day', startDayMaximum, { bytes: 0, wakesAfterHours: 24 }],
  ['the regression', startRegression, { bytes: 4000, wakesAfterHours: 2 }],
  ['the fast regression', startFastRegression, { bytes: 2500, wakesAfterHours: 2 }],
  ['the shape of the day', startDayShape, { bytes: 150, wakesAfterHours: 48 }],
  ['the shape of the week', startWeekShape, { bytes: 100, wakesAfterHours: 168 }],
  ['the analogues', startAnalogues, { bytes: 200, wakesAfterHours: 28 }],
  ['Holt-Winters of two seasons', startHoltWintersDouble, { bytes: 2500, wakesAfterHours: 24 }],
];

const minutes: Setting = {
  stepMs: MINUTE_MS,
  seasons: [1440, 10_080],
  horizons: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 72, 108, 162, 243, 365, 548, 822, 1440],
};
const tens: Setting = { stepMs: 10 * MINUTE_MS, seasons: [144, 1008], horizons: [1, 2, 3, 6, 12, 24, 48, 96, 144] };
const hours: Setting = { stepMs: HOUR_MS, seasons: [24, 168], horizons: [1, 2, 3, 6, 12, 24] };

/** A day with a wave, quieter weekends, an AR(1) on top. */
function load(setting: Setting, days: number, seed = 1): Float64Array {
  const gauss = normal(seed);
  const day = setting.seasons[0]!;
  let slow = 0;
  return Float64Array.from({ length: days * day }, (_, t) => {
    slow = 0.95 * slow + 0.03 * gauss();
    return 4 + Math.sin((2 * Math.PI * t) / day) - (Math.floor(t / day) % 7 > 4 ? 0.7 : 0) + slow + 0.02 * gauss();
  });
}

for (const [name, start, { bytes, wakesAfterHours }] of experts) {
  describe(name, () => {
    it('says the same whatever comes later', () => {
      const z = load(tens, 16);
      fc.assert(
        fc.property(fc.integer({ min: 1, max: z.length - 300 }), fc.integer({ min: 1, max: 1000 }), (cut, seed) => {
          const next = uniform(seed);
          const [one, two] = [follow(start, tens), follow(start, tens)];
          for (let t = 0; t < cut + 300; t++) {
            if (t <= cut) assert.deepEqual(two.predict(), one.predict());
            one.push(z[t]!);
            two.push(t < cut ? z[t]! : 10 * next());
          }
        }),
        { numRuns: 5 },
      );
    });

    it('goes on exactly from what it saved', () => {
      const z = load(tens, 17);
      for (const cut of [3, 100, 1300, 2200]) {
        const one = follow(start, tens);
        for (const value of z.subarray(0, cut)) one.push(value);
        const two = follow(start, tens, one.save());
        assert.deepEqual(two.predict(), one.predict());
        for (const value of z.subarray(cut, cut + 200)) {
          one.push(value);
          two.push(value);
        }
        assert.deepEqual(two.predict(), one.predict());
        assert.deepEqual(two.save(), one.save());
      }
    });

    it(`sleeps until it has what it needs, ${wakesAfterHours} h, and is awake a day and an hour later`, () => {
      const z = load(tens, 18);
      const followed = follow(start, tens);
      z.forEach((value, t) => {
        followed.push(value);
        const known = (t + 1) / 6;
        const said = followed.predict();
        for (const median of said) assert.ok(Number.isNaN(median) || Math.abs(median) < 20, `${median} at ${t}`);
        if (known < wakesAfterHours - 25) assert.ok(said.every(Number.isNaN), `awake after ${known} h`);
        if (known > 2 * wakesAfterHours + 25) assert.ok(!said.some(Number.isNaN), `asleep after ${known} h: ${said}`);
      });
    });

    it('stays finite and comes back to the load through gaps, zeros, negative values and a spike of 10⁶ times', () => {
      const clean = load(tens, 20);
      const z = clean.map((value, t) => {
        if (t % 500 < 40) return Number.NaN;
        if (t === 1200) return 1e6;
        if (t === 1300) return Math.log(1e6) + 4;
        if (t > 1600 && t < 1620) return 0;
        return t === 1700 ? -5 : value;
      });
      const followed = follow(start, tens);
      for (const value of z) {
        followed.push(value);
        for (const median of followed.predict()) assert.ok(!(Math.abs(median) > 5e6), `${median}`);
      }
      const said = followed.predict();
      // Two weeks of which both miss a place know nothing of it.
      for (const median of said) assert.ok(!(Math.abs(median - 4) >= 4), `${median}`);
      assert.ok(said.some(Number.isFinite));
    });

    for (const constant of [0, 7.25]) {
      it(`forecasts ${constant} from a load that is always ${constant}`, () => {
        const followed = follow(start, tens);
        for (let t = 0; t < 144 * 22; t++) followed.push(constant);
        for (const median of followed.predict()) assert.ok(Math.abs(median - constant) < 1e-6, `${median}`);
      });
    }

    it('survives a start with nothing but gaps', () => {
      const followed = follow(start, tens);
      for (let t = 0; t < 500; t++) followed.push(Number.NaN);
      assert.ok(followed.predict().every(Number.isNaN));
      for (const value of load(tens, 5)) followed.push(value);
      assert.ok(followed.predict().every((median) => Number.isNaN(median) || Math.abs(median) < 20));
    });

    it(`keeps at most ${bytes} bytes of its own on minutes with 19 horizons`, () => {
      const followed = follow(start, minutes);
      for (const value of load(minutes, 2)) followed.push(value);
      assert.ok(bytesOf(followed.expert.save()) <= bytes, `${bytesOf(followed.expert.save())} bytes`);
    });

    it('works on hours, and with a single season', () => {
      for (const setting of [hours, { ...hours, seasons: [24] }]) {
        const followed = follow(start, setting);
        for (const value of load(hours, 30)) followed.push(value);
        for (const median of followed.predict()) assert.ok(!(Math.abs(median - 4) > 3), `${median}`);
      }
    });
  });
}
