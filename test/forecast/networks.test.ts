/** LSTM and hybrid with real training: what they can learn that the others cannot, and that they do no harm elsewhere. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { loadBackend } from '../../src/adapters/tensorflow/backend.ts';
import { createLstmEngine } from '../../src/adapters/tensorflow/engine.ts';
import type { FitRequest, FittedSeries } from '../../src/domain/forecast.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { startFeatures } from '../../src/forecast/lstm-features.ts';
import { startSeasonalNaive } from '../../src/forecast/seasonal-naive.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { enginesWith, idleLstm } from './engines.ts';
import { normal, seriesOf, shopLoad } from './made-series.ts';

function requestFor(values: ArrayLike<number>, changes: Partial<FitRequest> = {}): FitRequest {
  return {
    id: 'shop',
    history: seriesOf(values),
    seasonLengths: [24],
    levels: [0.5, 0.9],
    horizonSteps: 1,
    seed: 1,
    candidates: ['arima', 'lstm', 'hybrid'],
    ...changes,
  };
}

/** A daily wave times exp(x/4), x a tent map with a little noise: without autocorrelation, yet nearly determined by its last value. */
function tentLoad(n: number): Float64Array {
  const gauss = normal(2);
  let x = 0.3;
  return Float64Array.from({ length: n }, (_, t) => {
    x = Math.min(1, Math.max(-1, 1 - 2 * Math.abs(x) + 0.05 * gauss()));
    return 100 * (1.5 - Math.cos((2 * Math.PI * t) / 24)) * Math.exp(x / 4);
  });
}

describe('networks', () => {
  let fitted: FittedSeries;
  before(async () => {
    await loadBackend('wasm');
    fitted = await fitSeries(requestFor(tentLoad(3000)), enginesWith(createLstmEngine()));
  });

  const mase = (name: string) => fitted.scores.find(({ model }) => model === name)!.mase;

  it('a network acts on a tent map, whose next value no linear model sees, with at most 80 % of the error of ARIMA', () => {
    assert.ok(['lstm', 'hybrid'].includes(fitted.acting), fitted.verdict);
    assert.match(fitted.verdict, /^(lstm|hybrid) acts: beats (holt-winters|seasonal-naive) by \d+ % over \d+ origins$/);
    assert.ok(mase(fitted.acting) < 0.8 * mase('arima'), `${mase(fitted.acting)}, ${mase('arima')}`);
  });

  it('is trusted there, and its forecast depends on the last value', () => {
    const model = fitted.models[fitted.acting]!;
    assert.ok((model.parameters['network.trust'] as number) > 0);
    const load = tentLoad(2000);
    const [low, high] = [0.8, 1.2].map((factor) => {
      const forecaster = startForecaster(model, seriesOf(load.subarray(0, 1999)));
      forecaster.observe(load[1999]! * factor);
      return forecaster.forecast(1, [0.5]).quantiles[0]![0]!;
    });
    assert.ok(Math.abs(Math.log(high! / low!)) > 0.02, `${low}, ${high}`);
  });

  it('does little harm on pure noise around a wave: at most 15 % above the error of its base', async () => {
    const noise = await fitSeries(
      { ...requestFor([]), history: shopLoad(60, 24, 0.1), seasonLengths: [24, 168], horizonSteps: 3 },
      enginesWith(createLstmEngine()),
    );
    const scoreOf = (name: string) => noise.scores.find(({ model }) => model === name)!.mase;
    assert.ok(scoreOf('lstm') < 1.15 * scoreOf('seasonal-naive'), `${scoreOf('lstm')}, ${scoreOf('seasonal-naive')}`);
    assert.ok(scoreOf('hybrid') < 1.15 * scoreOf('arima'), `${scoreOf('hybrid')}, ${scoreOf('arima')}`);
  });

  it('an idle network leaves its base as it is: the LSTM then equals seasonal naive', async () => {
    const load = shopLoad(28, 24, 0.1);
    const idle = await fitSeries(
      { ...requestFor([]), history: load, seasonLengths: [24, 168], candidates: ['lstm'] },
      enginesWith(idleLstm),
    );
    const [a, b] = (['lstm', 'seasonal-naive'] as const).map(
      (name) => startForecaster(idle.models[name]!, load).forecast(6, [0.1, 0.9]).quantiles,
    );
    assert.deepEqual(a, b);
  });

  it('needs enough to learn from: 4 days of hours are refused with the number of steps', async () => {
    const short = await fitSeries({ ...requestFor([]), history: shopLoad(5, 24, 0.1) }, enginesWith(idleLstm));
    const { failure } = short.scores.find(({ model }) => model === 'lstm')!;
    assert.match(failure ?? '', /\d+ steps are left to learn from, 65 are needed/);
  });
});

describe('features', () => {
  const settings = { scale: 0.1, centre: 0, deviation: 1, seasons: [4], anchorSeason: 4, horizonSteps: 3 };

  it('stay finite through a history that begins with gaps and has a spike of 1,000 deviations', () => {
    const features = startFeatures(startSeasonalNaive({ season: 4 }), 0, settings);
    for (const z of [Number.NaN, Number.NaN, 1, Number.NaN, 100, 1, 1, Number.NaN, 2]) {
      const row = features.observe(z);
      assert.ok(
        row.every((x) => Number.isFinite(x) && Math.abs(x) < 12),
        `${z}: ${row}`,
      );
    }
  });

  it('know the place in the season by its absolute step, wherever the history begins', () => {
    const rows = [0, 2].map((first) => {
      const features = startFeatures(startSeasonalNaive({ season: 4 }), first, settings);
      let row = features.observe(1);
      for (let t = first; t < 5; t++) row = features.observe(1);
      return Array.from(row.subarray(7, 11));
    });
    assert.deepEqual(rows[0], rows[1]);
  });
});
