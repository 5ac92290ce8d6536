import assert from 'node:assert/strict';
import { formatReport } from '../../../src/cli/backtest/format-table.ts';
import type { Material } from '../../../src/cli/backtest/material.ts';
import { reportOf } from '../../../src/cli/backtest/report.ts';
import { fanLevels, runSeries } from '../../../src/cli/backtest/run-series.ts';
import type { FittedSeries, Forecast } from '../../../src/domain/forecast.ts';
import { endMs } from '../../../src/domain/time-series.ts';
import type { Forecasting } from '../../../src/evaluate/rolling-origin.ts';
import { HOUR_MS } from '../../evaluate/support.ts';

/** A sawtooth of 1 … 24 that is 24 higher each day: the naive of a day is off by 24 in sample. */
const values = Float64Array.from({ length: 240 }, (_, t) => t + 1);

const material: Material = {
  source: 'hand-made',
  series: [{ id: 'saw', series: { startMs: 0, stepMs: HOUR_MS, values }, style: { kind: 'number' } }],
  horizonSteps: 2,
  seasonLengths: [24],
  levels: [0.5],
  candidates: ['arima'],
  fitTimeoutMs: 1,
};

/** Holt-Winters is always 12 too low, ARIMA always 6 too high, with no spread; ARIMA acts, and LSTM cannot be fitted. */
const offsets = { 'holt-winters': -12, arima: 6 } as const;
const forecasting: Forecasting = {
  async fit({ history, seed }) {
    const score = { mase: 1, weightedQuantileLoss: 1, coverage: { q50: 0, q90: 0, q99: 0 }, origins: 1 };
    const fitted: FittedSeries = {
      trainedThroughMs: endMs(history),
      stepMs: HOUR_MS,
      seed,
      acting: 'arima',
      verdict: 'arima acts',
      scores: [
        { model: 'holt-winters', ...score, fitMs: 1_000 },
        { model: 'arima', ...score, fitMs: 3_000 },
        { model: 'lstm', ...score, failure: 'no backend' },
      ],
      models: {
        'holt-winters': { kind: 'holt-winters', parameters: {} },
        arima: { kind: 'arima', parameters: {} },
      },
    };
    return fitted;
  },
  start(model, history) {
    let known = history.values.length;
    const offset = offsets[model.kind as keyof typeof offsets];
    return {
      model: model.kind,
      observe() {
        known += 1;
      },
      forecast(horizon, levels): Forecast {
        const mean = Float64Array.from({ length: horizon }, (_, i) => known + 1 + i + offset);
        const quantiles = levels.map(() => mean);
        return { startMs: known * HOUR_MS, stepMs: HOUR_MS, mean, levels, quantiles, model: model.kind };
      },
    };
  },
};

describe('the report of a back-test, worked by hand', () => {
  async function report() {
    const origins = { known: [200, 206, 212, 218, 224, 230, 236, 238], refitEvery: 4 };
    const result = await runSeries({ one: material.series[0]!, origins, seed: 1 }, material, forecasting, () => {});
    return { result, report: reportOf(material, { results: [result], failed: [] }, 1) };
  }

  it('errors of 12 and 6 over a naive error of 24 are a MASE of 0.5 and 0.25, and what acted is one of them', async () => {
    const { models } = (await report()).report;
    assert.deepEqual(
      models.map(({ model, mase, rmsse, bias }) => [model, mase, rmsse, Math.sign(bias)]),
      [
        ['holt-winters', 0.5, 0.5, -1],
        ['arima', 0.25, 0.25, 1],
        ['acting', 0.25, 0.25, 1],
      ],
    );
  });

  it('half the loss is a gain of 50 %; two days are too few for an interval', async () => {
    const [holtWinters, arima] = (await report()).report.models;
    assert.equal(arima!.verdict, 'acts: beats Holt-Winters by 50 %, too few days to say how surely');
    assert.equal(holtWinters!.verdict, 'yardstick: loses to ARIMA by 100 %, too few days to say how surely');
    assert.equal(arima!.skill, undefined);
  });

  it('an interval without width holds nothing, and an outcome below all quantiles is in the first bin', async () => {
    const [holtWinters, arima] = (await report()).report.models;
    assert.deepEqual(arima!.coverage, { count: 16, shares: { '0.5': 0, '0.9': 0, '0.99': 0 } });
    assert.deepEqual([arima!.pit[0], holtWinters!.pit[19]], [1, 1]);
    assert.ok(arima!.reliability.every(({ share }) => share === 1));
  });

  it('two fits of 1 and 3 s: each model has its mean, what acted their sum; LSTM failed twice with its reason', async () => {
    const { models, series } = (await report()).report;
    assert.deepEqual(
      models.map(({ fits }) => [fits.count, fits.mean_seconds]),
      [
        [2, 1],
        [2, 3],
        [2, 4],
      ],
    );
    assert.deepEqual(series[0]!.failures, [{ model: 'lstm', reason: 'no backend' }]);
  });

  it('times are written as the input wrote them: seconds here', async () => {
    const [series] = (await report()).report.series;
    assert.deepEqual([series!.first_origin, series!.last_origin], [String(200 * 3_600), String(238 * 3_600)]);
    assert.deepEqual(
      series!.fits.map(({ at }) => at),
      [String(200 * 3_600), String(224 * 3_600)],
    );
  });

  it('the fans of a picture begin at the last known sample, do not overlap, and are parted by NaN', async () => {
    const { fans } = (await report()).result;
    const median = fans.rows[fanLevels.indexOf(0.5)]!;
    // 8 origins, none within the horizon of another: each opening, two steps, a gap
    assert.equal(median.length, 32);
    assert.deepEqual(median.slice(0, 4), [200, 207, 208, Number.NaN]);
    assert.equal(fans.atMs[0], 199 * HOUR_MS);
    assert.equal(fans.truth.values.at(-1), 240);
  });

  it('origins within the horizon of another have no fan of their own', async () => {
    const origins = { known: [200, 201, 202, 203, 204], refitEvery: 5 };
    const { fans } = await runSeries({ one: material.series[0]!, origins, seed: 1 }, material, forecasting, () => {});
    // horizon 2: fans open at 199, 201 and 203, each with two steps and a gap
    assert.deepEqual(
      [0, 4, 8].map((i) => fans.atMs[i]! / HOUR_MS),
      [199, 201, 203],
    );
    assert.equal(fans.atMs.length, 12);
  });

  it('the table names the model that could not be fitted', async () => {
    const text = formatReport((await report()).report);
    assert.match(text, /LSTM could not always be fitted to saw: no backend/);
    assert.match(text, /^hand-made: series saw, 2 steps ahead from 8 origins from 720000 to 856800, 2 fits/);
  });
});
