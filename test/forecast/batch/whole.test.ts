import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { BatchForecast } from '../../../src/forecast/batch/forecast-group.ts';
import { normal, shopLoad } from '../made-series.ts';
import { forecastPart } from './support.ts';

const hourly = { horizon: 24, seasons: [24, 168] };
const LEVELS = [0.025, 0.1, 0.5, 0.9, 0.975];

function assertSound({ mean, quantiles }: BatchForecast, horizon: number): void {
  assert.equal(mean.length, horizon);
  for (let h = 0; h < horizon; h++) {
    assert.ok(Number.isFinite(mean[h]!), `mean ${mean[h]} at ${h}`);
    for (const [i, row] of quantiles.entries()) {
      assert.ok(Number.isFinite(row[h]!), `quantile ${row[h]} at ${h}`);
      if (i > 0) assert.ok(row[h]! >= quantiles[i - 1]![h]!, `quantiles cross at ${h}`);
    }
  }
}

function one(values: ArrayLike<number>, frame = hourly): BatchForecast {
  const [forecast] = forecastPart([values], frame);
  assertSound(forecast!, frame.horizon);
  return forecast!;
}

const spoilt = (change: (values: Float64Array) => void) => {
  const { values } = shopLoad(28, 24, 0.05);
  change(values);
  return values;
};

/** Mean relative error over the next day of the shop. */
function shopError(values: ArrayLike<number>): number {
  const { values: truth } = shopLoad(29, 24, 0, 1);
  const { mean } = one(values);
  return mean.reduce((sum, value, h) => sum + Math.abs(value / truth[28 * 24 + h]! - 1) / 24, 0);
}

describe('a batch forecast', () => {
  it('foresees the next day of one shop within 4 %, with quantiles 15 to 40 % apart', () => {
    const values = spoilt(() => {});
    assert.ok(shopError(values) < 0.04, `${shopError(values)}`);
    const { mean, quantiles } = one(values);
    const width = mean.reduce((sum, m, h) => sum + (quantiles[4]![h]! - quantiles[0]![h]!) / m / 24, 0);
    assert.ok(width > 0.15 && width < 0.4, `${width}`);
  });

  const put = (y: Float64Array, value: number, places: readonly number[]) => {
    for (const t of places) y[t] = value;
  };
  const fifths = Array.from({ length: 134 }, (_, i) => 5 * i);
  const bad: readonly [string, (values: Float64Array) => void, number][] = [
    ['two days missing in the middle', (y) => y.fill(Number.NaN, 300, 348), 0.05],
    ['every fifth hour missing', (y) => put(y, Number.NaN, fifths), 0.06],
    ['the newest 6 hours missing', (y) => y.fill(Number.NaN, y.length - 6), 0.05],
    ['a spike of a million times in the middle', (y) => put(y, 1e8, [400]), 0.1],
    ['3 spikes of a million times among the judged hours', (y) => put(y, 1e8, [620, 640, 660]), 0.1],
  ];
  for (const [what, change, most] of bad) {
    it(`foresees the shop within ${100 * most} % with ${what}`, () => {
      const error = shopError(spoilt(change));
      assert.ok(error < most, `${error}`);
    });
  }

  it('is wider the older the newest sample is: by half again 12 hours after it, for the next hour', () => {
    const width = (values: Float64Array) => {
      const { quantiles } = one(values);
      return quantiles[4]![0]! - quantiles[0]![0]!;
    };
    assert.ok(width(spoilt((y) => y.fill(Number.NaN, y.length - 12))) > 1.5 * width(spoilt(() => {})));
  });

  it('repeats a constant and zeros exactly, with no width', () => {
    for (const constant of [0, 7, -3]) {
      const { mean, quantiles } = one(new Float64Array(500).fill(constant));
      for (const row of [mean, ...quantiles])
        assert.ok(
          row.every((y) => y === constant),
          `${constant}: ${row}`,
        );
    }
  });

  it('goes on from 1, 2 and 3 points, with quantiles around them', () => {
    assert.ok(one([5]).quantiles[4]![0]! > 5);
    for (const values of [
      [5, 6],
      [5, 7, 6],
    ]) {
      const { mean, quantiles } = one(values);
      assert.ok(mean[0]! >= 5 && mean[0]! <= 7, `${mean[0]}`);
      assert.ok(quantiles[0]![0]! < mean[0]! && quantiles[4]![0]! > mean[0]!);
    }
  });

  it('keeps a load that never was below zero at or above it, and lets another go below', () => {
    const gauss = normal(2);
    const noise = Float64Array.from({ length: 400 }, () => gauss());
    assert.ok(one(noise.map(Math.abs)).quantiles.every((row) => row.every((y) => y >= 0)));
    assert.ok(one(noise).quantiles[0]!.some((y) => y < -1));
  });

  it('works with seasons longer than the history, with none, with three, and with a horizon longer than the history', () => {
    const { values } = shopLoad(4, 24, 0.1);
    for (const seasons of [[1000, 5000], [], [24], [6, 24, 48], [2]]) {
      for (const horizon of [1, 7, 300]) assertSound(forecastPart([values], { horizon, seasons })[0]!, horizon);
    }
  });

  it('follows a random walk without seasons: the last value within 1 deviation, and wider with the horizon', () => {
    const gauss = normal(3);
    let level = 1000;
    const walk = Float64Array.from({ length: 600 }, () => (level += gauss()));
    const { mean, quantiles } = one(walk, { horizon: 40, seasons: [] });
    assert.ok(Math.abs(mean[0]! - level) < 1, `${mean[0]} after ${level}`);
    const width = (h: number) => quantiles[4]![h]! - quantiles[0]![h]!;
    assert.ok(width(39) > 2 * width(0), `${width(0)} → ${width(39)}`);
  });

  it('is finite and does not cross for 60 arbitrary groups with holes, any seasons and any horizon', () => {
    const value = fc.oneof(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.constantFrom(0, 0, 1, Number.NaN, 1e300, -1e300, 5e-324),
    );
    const series = fc.array(value, { minLength: 1, maxLength: 120 }).filter((all) => !all.every(Number.isNaN));
    const season = fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { maxLength: 2 });
    const group = fc.array(series, { minLength: 1, maxLength: 3 });
    const property = fc.property(group, season, fc.integer({ min: 1, max: 40 }), (all, some, horizon) => {
      const frame = { horizon, seasons: some.toSorted((a, b) => a - b) };
      for (const forecast of forecastPart(all, frame, { levels: LEVELS, pooled: ['pooled-change'] })) {
        assertSound(forecast, horizon);
      }
    });
    fc.assert(property, { numRuns: 60, seed: 1 });
  });

  it('scales with its series: 1,000 times the load is 1,000 times the forecast, to 1e-9', () => {
    const values = spoilt(() => {});
    const [small, large] = [one(values), one(values.map((y) => 1000 * y))];
    for (const [h, value] of small.mean.entries()) assert.ok(Math.abs(large.mean[h]! / value / 1000 - 1) < 1e-9);
  });
});
