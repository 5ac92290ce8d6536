/** Forecasts of every step, out of those of the tracked horizons. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { WallClock } from '../../../src/domain/forecast.ts';
import { forecastCurve } from '../../../src/forecast/aggregate/forecast-curve.ts';
import type { AggregateSettings } from '../../../src/forecast/aggregate/parts.ts';
import { expertsOf } from '../../../src/forecast/aggregate/roster.ts';
import { type RunningAggregate, runAggregate } from '../../../src/forecast/aggregate/running.ts';
import { shopLoad } from '../made-series.ts';

const QUARTERS = 96;
const STEP_MS = 900_000;

const settings: AggregateSettings = {
  stepMs: STEP_MS,
  seasons: [QUARTERS, 7 * QUARTERS],
  horizonSteps: 4,
  transform: { kind: 'log', offset: 10 },
  firstStep: 0,
  firstScale: 0.5,
  experts: expertsOf(['seasonal-naive', 'holt-winters', 'persistence'], {}),
};

/** Behind ten days of a shop. */
function behindTenDays(clock?: WallClock, noise = 0.1): RunningAggregate {
  const running = runAggregate({ ...settings, ...(clock && { clock }) });
  for (const y of shopLoad(10, QUARTERS, noise).values) running.observe(y, 'ok');
  return running;
}

describe('forecast of a curve', () => {
  const zs = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 4, maxLength: 4 });

  it('never crosses and stays at or under the ceiling, whatever the rows are', () => {
    fc.assert(
      fc.property(zs, zs, zs, fc.double({ min: 0, max: 1e6, noNaN: true }), (low, high, mean, ceiling) => {
        const rows = [low, high, mean].map((row) => Float64Array.from(row));
        const forecast = forecastCurve(rows, [0.1, 0.9], { kind: 'log', offset: 2 }, ceiling);
        for (let k = 0; k < 4; k++) {
          assert.ok(forecast.quantiles[0]![k]! <= forecast.quantiles[1]![k]!);
          assert.ok(forecast.quantiles[1]![k]! <= ceiling && forecast.mean[k]! <= ceiling);
        }
      }),
    );
  });

  it('is not bounded by a ceiling that nothing is known of', () => {
    const rows = [Float64Array.of(20), Float64Array.of(19)];
    const { quantiles, mean } = forecastCurve(rows, [0.5], { kind: 'linear', unit: 2 }, Number.POSITIVE_INFINITY);
    assert.deepEqual([quantiles[0]![0], mean[0]], [40, 38]);
  });
});

describe('curve of an aggregate', () => {
  it('says of a step the same whether 5 steps are asked for, a day, or three', () => {
    const running = behindTenDays();
    const levels = [0.01, 0.5, 0.999];
    const longest = running.forecast(3 * QUARTERS, levels);
    for (const steps of [1, 5, QUARTERS]) {
      const { mean, quantiles } = running.forecast(steps, levels);
      assert.deepEqual(mean, longest.mean.slice(0, steps));
      assert.deepEqual(
        quantiles,
        longest.quantiles.map((row) => row.slice(0, steps)),
      );
    }
  });

  it('keeps the shape of the day: over 24 h the median lies within 15 % of that of the shop', () => {
    const { quantiles } = behindTenDays().forecast(QUARTERS, [0.5]);
    const coming = shopLoad(11, QUARTERS, 0).values.subarray(10 * QUARTERS);
    const off = quantiles[0]!.reduce((sum, q, k) => sum + Math.abs(q - coming[k]!), 0);
    assert.ok(off < 0.15 * coming.reduce((sum, y) => sum + y, 0), `${off}`);
  });

  it('widens beyond the last horizon with the root of the time: from a day and a half to three and a half', () => {
    const { quantiles } = behindTenDays().forecast(4 * QUARTERS, [0.1, 0.5]);
    const width = (k: number) => Math.log(quantiles[1]![k]! + 10) - Math.log(quantiles[0]![k]! + 10);
    const noon = QUARTERS / 2;
    assert.ok(Math.abs(width(noon + 3 * QUARTERS) / width(noon + QUARTERS) / Math.sqrt(3.5 / 1.5) - 1) < 0.02);
  });

  it('is there from the first sample on, even when that one is excluded and makes no ordinary course', () => {
    const running = runAggregate(settings);
    running.observe(40, 'excluded');
    const { quantiles } = running.forecast(QUARTERS, [0.5]);
    for (const q of quantiles[0]!) assert.ok(Math.abs(q - 40) < 1, `${q}`);
  });

  it('moves with the clock of people: where it goes forward an hour, the day behind comes an hour earlier', () => {
    const HOUR_MS = 3_600_000;
    const changeMs = 10 * QUARTERS * STEP_MS + 2 * HOUR_MS;
    const clock: WallClock = {
      zone: 'Made/Up',
      transitions: [
        { fromMs: 0, offsetMs: 0 },
        { fromMs: changeMs, offsetMs: HOUR_MS },
      ],
    };
    const [still, moved] = [behindTenDays(undefined, 0.05), behindTenDays(clock, 0.05)].map(
      (running) => running.forecast(3 * QUARTERS, [0.5]).quantiles[0]!,
    );
    let [aligned, unaligned] = [0, 0];
    for (let k = QUARTERS + 8; k < 2 * QUARTERS; k++) {
      aligned += Math.abs(moved![k]! - still![k + 4]!);
      unaligned += Math.abs(moved![k]! - still![k]!);
    }
    assert.ok(aligned < unaligned / 2, `${aligned} against ${unaligned}`);
  });
});
