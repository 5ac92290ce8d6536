/** Bad samples that reach a running aggregate one by one: what it says is usable after each of them, and sane soon after. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FittedSeries, Mark } from '../../src/domain/forecast.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { cut, shopLoad } from '../forecast/made-series.ts';
import { answerTo, quantile, usable } from './support.ts';

const DAY = 96;
const FITTED = 10 * DAY;
const CANDIDATES = ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'] as const;
const shop = shopLoad(16, DAY, 0.05);

describe('bad samples, one by one', () => {
  let fitted: FittedSeries;

  before(async () => {
    ({ fitted } = await answerTo(cut(shop, FITTED), { candidates: CANDIDATES }));
  });

  const start = () => startForecaster(fitted.models.aggregate!, cut(shop, FITTED));

  /** Ratio of the median of each next hour to the load that came, over the day that follows the bad steps. */
  function dayAfter(bad: readonly number[], mark: Mark = 'ok'): Float64Array {
    const forecaster = start();
    for (const value of bad) {
      forecaster.observe(value, mark);
      usable(forecaster, 8);
    }
    const from = FITTED + bad.length;
    return Float64Array.from({ length: DAY }, (_, i) => {
      const median = quantile(usable(forecaster, 4), 0.5)[0]!;
      forecaster.observe(shop.values[from + i]!);
      return median / shop.values[from + i]!;
    });
  }

  const worst = (ratios: Float64Array) => ratios.reduce((most, r) => Math.max(most, r, 1 / r), 1);
  const many = (count: number, value: number) => new Array<number>(count).fill(value);
  const MILLION = 1e8;

  for (const [what, bad, after, most] of [
    ['a day of NaN', many(DAY, Number.NaN), 0, 1.5],
    ['infinities', [Infinity, -Infinity, Infinity, -Infinity], 0, 1.5],
    ['one spike of a million times the load', [MILLION], 4, 2],
    ['two spikes of a million times the load', [MILLION, MILLION], 4, 3],
    ['an hour of zeros', many(4, 0), 4, 2],
    ['a day of zeros', many(DAY, 0), 16, 2],
    ['a day of a constant', many(DAY, 100), 4, 2],
    ['an hour of negative values', many(4, -50), 4, 2],
  ] as const) {
    it(`${what}: from ${after} steps later on the next median is within ${most} times the load for a day`, () => {
      const ratios = dayAfter(bad).subarray(after);
      assert.ok(worst(ratios) < most, `${worst(ratios)}`);
    });
  }

  it('three samples of a million times the load: followed upwards, and within twice the load two days later', () => {
    const forecaster = start();
    for (let i = 0; i < 3; i++) forecaster.observe(MILLION);
    assert.ok(quantile(usable(forecaster, 4), 0.99)[0]! > 500);
    for (let i = 0; i < 2 * DAY; i++) {
      forecaster.observe(shop.values[FITTED + 3 + i]!);
      usable(forecaster, 4);
    }
    const median = quantile(usable(forecaster, 4), 0.5)[0]!;
    const load = shop.values[FITTED + 3 + 2 * DAY]!;
    assert.ok(median / load < 2 && median / load > 0.5, `${median} against ${load}`);
  });

  it('any doubles in any order and of any mark: what is said stays finite and ascending (property)', () => {
    const sample = fc.record({
      value: fc.oneof(
        fc.double(),
        fc.double({ min: 0, max: 300, noNaN: true }),
        fc.constantFrom(0, 1e300, -1e300, 5e-324),
      ),
      mark: fc.constantFrom<Mark>('ok', 'censored', 'excluded'),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), (samples) => {
        const forecaster = start();
        for (const { value, mark } of samples) forecaster.observe(value, mark);
        usable(forecaster, 100);
      }),
      { numRuns: 40 },
    );
  });

  it('an hour of an incident at 0, marked as such: the same hour of the next day is forecast within 25 % of without it', () => {
    const tomorrow = (ratios: Float64Array) => ratios.subarray(-4);
    const marked = tomorrow(dayAfter(many(4, 0), 'excluded'));
    const clean = tomorrow(dayAfter([...shop.values.subarray(FITTED, FITTED + 4)]));
    assert.ok(
      marked.every((ratio, i) => Math.abs(ratio / clean[i]! - 1) < 0.25),
      `${marked} against ${clean}`,
    );
  });
});

describe('a peak that was cut off', () => {
  const DAYS = 14;
  const CAP = 130;
  const long = shopLoad(DAYS + 1, DAY, 0.03);
  /** On the last three days the replicas can bear no more than that: four hours of the peak are flat. */
  const capOf = (step: number) => {
    const day = Math.floor(step / DAY);
    return day >= DAYS - 3 && day < DAYS ? CAP * (day % 7 >= 5 ? 0.6 : 1) : Number.POSITIVE_INFINITY;
  };
  const served = long.values.map((demand, step) => Math.min(demand, capOf(step)));
  const history = { ...long, values: served.subarray(0, DAYS * DAY) };

  /** Mean of the middle 4 hours of the day that comes. */
  const peakOf = (day: Float64Array) => day.subarray(40, 56).reduce((sum, value) => sum + value, 0) / 16;
  const demanded = peakOf(long.values.subarray(DAYS * DAY));

  async function forecastPeak(marks: readonly Mark[]): Promise<number> {
    const { forecaster } = await answerTo(history, { candidates: CANDIDATES, marks });
    return peakOf(quantile(usable(forecaster, DAY), 0.5));
  }

  it('does not teach that the peak is flat when its samples are marked: the median stays within 8 % of the demand', async () => {
    const marks = Array.from(history.values, (value, step): Mark => (value >= capOf(step) ? 'censored' : 'ok'));
    assert.ok(marks.filter((mark) => mark === 'censored').length > 60);
    const peak = await forecastPeak(marks);
    assert.ok(Math.abs(peak / demanded - 1) < 0.08, `${peak} of ${demanded}`);
  });

  it('would teach it without the marks: over 10 % too low', async () => {
    const peak = await forecastPeak(Array.from(history.values, (): Mark => 'ok'));
    assert.ok(peak / demanded < 0.9, `${peak} of ${demanded}`);
  });
});
