import assert from 'node:assert/strict';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { type FitRequest, type FittedSeries, forecasterNames } from '../../src/domain/forecast.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { enginesWith, idleLstm } from './engines.ts';
import { cut, normal, seriesOf, shopLoad } from './made-series.ts';

const LEVELS = [0.001, 0.025, 0.5, 0.9, 0.99, 0.999, 0.9999];
const TRAINED_STEPS = 21 * 24;
const load = shopLoad(28, 24, 0.1);

const request: FitRequest = {
  id: 'shop',
  history: cut(load, TRAINED_STEPS),
  seasonLengths: [24, 168],
  levels: [0.5, 0.9, 0.99],
  horizonSteps: 12,
  seed: 1,
  candidates: forecasterNames,
};

describe('startForecaster', () => {
  let fitted: FittedSeries;
  before(async () => {
    fitted = await fitSeries(request, enginesWith(idleLstm));
  });

  it('has a usable model of all 5 forecasters on 3 weeks of hours', () => {
    assert.deepEqual(Object.keys(fitted.models).sort(), [...forecasterNames].sort());
  });

  for (const name of forecasterNames) {
    describe(name, () => {
      const model = () => fitted.models[name]!;

      it('started from a history cut at t equals one that observed up to t, for 5 places of t', () => {
        for (const t of [30, TRAINED_STEPS - 1, TRAINED_STEPS, TRAINED_STEPS + 1, 600]) {
          const early = startForecaster(model(), cut(load, 20));
          for (let i = 20; i < t; i++) early.observe(load.values[i]!);
          assert.deepEqual(early.forecast(24, LEVELS), startForecaster(model(), cut(load, t)).forecast(24, LEVELS));
        }
      });

      it('does not look ahead: what comes after t changes no forecast made at t', () => {
        const other = { ...load, values: load.values.map((y, i) => (i < 600 ? y : 9 * y)) };
        const [a, b] = [load, other].map((series) => startForecaster(model(), cut(series, 600)).forecast(12, LEVELS));
        assert.deepEqual(a, b);
      });

      it('keeps 7 quantiles in order, at or above 0 and finite for 100 arbitrary continuations', () => {
        const sample = fc.oneof(
          fc.double({ min: 0, max: 1e4, noNaN: true }),
          fc.constantFrom(Number.NaN, 0, 1e9, Number.POSITIVE_INFINITY, -5),
        );
        const property = fc.property(fc.array(sample, { maxLength: 60 }), (samples) => {
          const forecaster = startForecaster(model(), cut(load, TRAINED_STEPS));
          for (const y of samples) forecaster.observe(y);
          const { mean, quantiles } = forecaster.forecast(20, LEVELS);
          for (let i = 0; i < 20; i++) {
            assert.ok(Number.isFinite(mean[i]!) && mean[i]! >= 0, `mean ${mean[i]}`);
            for (let j = 0; j < LEVELS.length; j++) {
              assert.ok(Number.isFinite(quantiles[j]![i]!) && quantiles[j]![i]! >= 0, `quantile ${quantiles[j]![i]}`);
              assert.ok(j === 0 || quantiles[j]![i]! >= quantiles[j - 1]![i]!, `level ${LEVELS[j]} crosses`);
            }
          }
        });
        fc.assert(property, { numRuns: 100, seed: 1 });
      });

      it('widens with the age of the last true sample: after 3 missing hours the band is at least 1.4 times as wide', () => {
        const forecaster = startForecaster(model(), load);
        const width = () => {
          const { quantiles } = forecaster.forecast(1, [0.1, 0.9]);
          return Math.log(quantiles[1]![0]! / quantiles[0]![0]!);
        };
        const fresh = width();
        for (let i = 0; i < 3; i++) forecaster.observe(Number.NaN);
        assert.ok(width() > 1.4 * fresh, `${width()} against ${fresh}`);
      });

      for (const [outage, hours] of [
        ['6 hours', 6],
        ['4 days', 96],
        ['10 days', 240],
      ] as const) {
        it(`stays at or under 1.1 × the maximum of the last week through an outage of ${outage} and a day behind it`, () => {
          const forecaster = startForecaster(model(), cut(load, 25 * 24));
          const most = 1.1 * Math.max(...load.values.subarray(0, 25 * 24));
          const check = () => {
            const { mean, quantiles } = forecaster.forecast(15, LEVELS);
            for (const row of [mean, ...quantiles]) assert.ok(Math.max(...row) <= most * (1 + 1e-9), `${row}`);
          };
          for (let i = 0; i < hours; i++) {
            forecaster.observe(Number.NaN);
            check();
          }
          const back = 24 * 7 - ((25 * 24 + hours) % (24 * 7));
          for (let i = 0; i < back; i++) forecaster.observe(load.values[(25 * 24 + hours + i) % (24 * 7)]!);
          for (let i = 0; i < 24; i++) {
            forecaster.observe(load.values[i]! * 0.9);
            check();
          }
        });
      }

      it('fills a missing day by its own season, not by the last value', () => {
        const forecaster = startForecaster(model(), cut(load, 25 * 24));
        for (let i = 0; i < 12; i++) forecaster.observe(Number.NaN);
        const { quantiles } = forecaster.forecast(12, [0.5]);
        const [noon, night] = [quantiles[0]![0]!, quantiles[0]![11]!];
        assert.ok(noon > 2 * night, `noon ${noon.toFixed(0)}, night ${night.toFixed(0)}`);
      });

      it('covers 90 % of the next hours within 8 points on a week it has not seen', () => {
        const forecaster = startForecaster(model(), cut(load, TRAINED_STEPS));
        let below = 0;
        for (let t = TRAINED_STEPS; t < load.values.length; t++) {
          if (load.values[t]! <= forecaster.forecast(1, [0.9]).quantiles[0]![0]!) below += 1;
          forecaster.observe(load.values[t]!);
        }
        const share = below / (load.values.length - TRAINED_STEPS);
        assert.ok(Math.abs(share - 0.9) < 0.08, `${share}`);
      });
    });
  }

  it('is free to follow a load that grows: behind a jump to 3 times the maximum the 0.999 quantile of persistence passes 1.1 × of that', async () => {
    const { models } = await fitSeries({ ...request, seasonLengths: [] }, enginesWith(idleLstm));
    const forecaster = startForecaster(models['seasonal-naive']!, request.history);
    const most = 3 * Math.max(...request.history.values);
    forecaster.observe(most);
    const highest = () => Math.max(...forecaster.forecast(3, [0.999]).quantiles[0]!);
    assert.ok(highest() > 1.1 * most && highest() <= 2 * most * (1 + 1e-9), `${highest()} behind ${most}`);
    for (let i = 0; i < 12; i++) forecaster.observe(most);
    assert.ok(highest() <= 1.1 * most * (1 + 1e-9), `${highest()} behind ${most}`);
  });

  it('starts its forecast at the end of the last complete step', () => {
    const forecast = startForecaster(fitted.models['holt-winters']!, cut(load, 100)).forecast(3, [0.5]);
    assert.equal(forecast.startMs, 100 * load.stepMs);
    assert.equal(forecast.stepMs, load.stepMs);
    assert.equal(forecast.mean.length, 3);
    assert.equal(forecast.model, 'holt-winters');
  });

  it('keeps a grid that does not begin at a full step: the forecast starts 100 steps after the history does', () => {
    const shifted = { ...cut(load, 100), startMs: 1_700_000_000_000 };
    const { startMs } = startForecaster(fitted.models['seasonal-naive']!, shifted).forecast(1, [0.5]);
    assert.equal(startMs, shifted.startMs + 100 * load.stepMs);
  });

  it('keeps the place in the season when the history begins at another hour', () => {
    const model = fitted.models['holt-winters']!;
    const later = { startMs: 31 * load.stepMs, stepMs: load.stepMs, values: load.values.subarray(31) };
    const [a, b] = [load, later].map((s) => startForecaster(model, s).forecast(24, [0.5]).quantiles[0]!);
    for (let i = 0; i < 24; i++)
      assert.ok(Math.abs(a![i]! / b![i]! - 1) < 0.02, `step ${i}: ${a![i]} against ${b![i]}`);
  });

  it('refuses a history of another step: a model of hours cannot follow minutes', () => {
    const minutes = seriesOf([1, 2, 3], 60_000);
    assert.throws(() => startForecaster(fitted.models.arima!, minutes), /step of 60000 ms.*fitted on 3600000 ms/);
  });

  it('refuses a level of 1, which no forecast can answer', () => {
    const forecaster = startForecaster(fitted.models['seasonal-naive']!, load);
    assert.throws(() => forecaster.forecast(1, [0.5, 1]), /quantile level 1/);
  });

  it('caps a 0.9999 quantile at 1.1 times the largest hour of the last week, never below the 0.99 quantile', () => {
    const { quantiles } = startForecaster(fitted.models['holt-winters']!, load).forecast(12, [0.99, 0.9999]);
    const largest = Math.max(...load.values.subarray(-8 * 24));
    for (let i = 0; i < 12; i++) {
      assert.ok(quantiles[1]![i]! <= Math.max(1.1 * largest * (1 + 1e-9), quantiles[0]![i]!));
    }
  });

  it('after 24 hours of doubled load Holt-Winters expects 1.4 times the usual at least, ARIMA never less than the usual', () => {
    const median = (name: 'arima' | 'holt-winters' | 'seasonal-naive') => {
      const forecaster = startForecaster(fitted.models[name]!, load);
      const gauss = normal(9);
      for (let i = 0; i < 24; i++) forecaster.observe(2 * load.values[i]! * Math.exp(0.05 * gauss()));
      return forecaster.forecast(1, [0.5]).quantiles[0]![0]! / load.values[24]!;
    };
    assert.ok(median('holt-winters') > 1.4, `holt-winters ${median('holt-winters')}`);
    assert.ok(median('arima') > 0.85, `arima ${median('arima')}`);
    assert.ok(median('seasonal-naive') < 1.4, `seasonal-naive ${median('seasonal-naive')}`);
  });
});
