import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FitRequest, FittedSeries, Forecast, Mark } from '../../src/domain/forecast.ts';
import { endMs, type TimeSeries } from '../../src/domain/time-series.ts';
import { type Forecasting, type RollRequest, rollOrigins } from '../../src/evaluate/rolling-origin.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { gaussianForecast, HOUR_MS, levels, wave } from './support.ts';

/** The real forecast stage; engines refuse, so that the yardsticks alone are fitted. */
const yardsticks: Forecasting = {
  fit: (request) =>
    fitSeries(request, {
      arima: { fit: () => ({ kind: 'rejected', message: 'not in this test' }) },
      lstm: { train: () => Promise.reject(new Error('not in this test')) },
    }),
  start: (model, history) => startForecaster(model, history),
};

function requestFor(history: TimeSeries, known: readonly number[], refitEvery: number): RollRequest {
  return {
    id: 'web',
    history,
    seasonLengths: [24],
    levels: [0.5, 0.9],
    horizonSteps: 6,
    seed: 7,
    candidates: ['arima'],
    origins: { known, refitEvery },
  };
}

/** A forecaster that writes down what it was given. */
function recording() {
  const fits: FitRequest[] = [];
  const forecasts: { known: number; fittedOn: number }[] = [];
  const forecasting: Forecasting = {
    async fit(request) {
      fits.push(request);
      const fitted: FittedSeries = {
        trainedThroughMs: endMs(request.history),
        stepMs: request.history.stepMs,
        seed: request.seed,
        acting: fits.length % 2 === 1 ? 'seasonal-naive' : 'holt-winters',
        verdict: `fit ${fits.length}`,
        scores: [],
        models: { 'seasonal-naive': { kind: 'seasonal-naive', parameters: { steps: request.history.values.length } } },
      };
      return fitted;
    },
    start(model, history) {
      let known = history.values.length;
      return {
        model: model.kind,
        observe: () => {
          known += 1;
        },
        forecast(horizon) {
          forecasts.push({ known, fittedOn: model.parameters['steps'] as number });
          return gaussianForecast(new Array<number>(horizon).fill(0), 1, { startMs: known * HOUR_MS });
        },
      };
    },
  };
  return { forecasting, fits, forecasts };
}

describe('rollOrigins', () => {
  it('fits at every third origin on what is known there, and observes in between', async () => {
    const { forecasting, fits, forecasts } = recording();
    await rollOrigins(requestFor(wave(10), [100, 110, 115, 130, 131], 3), forecasting);
    assert.deepEqual(
      fits.map(({ history }) => history.values.length),
      [100, 130],
    );
    assert.deepEqual(forecasts, [
      { known: 100, fittedOn: 100 },
      { known: 110, fittedOn: 100 },
      { known: 115, fittedOn: 100 },
      { known: 130, fittedOn: 130 },
      { known: 131, fittedOn: 130 },
    ]);
  });

  it('hands a fit, and whoever follows it, the marks of what is known and none of what comes', async () => {
    const { forecasting, fits } = recording();
    const history = wave(10);
    const marks = Array.from(history.values, (_, t): Mark => (t % 3 === 0 ? 'censored' : 'ok'));
    const seen: [known: number, mark: Mark | undefined][] = [];
    const listening: Forecasting = {
      ...forecasting,
      start(model, past, fitted, markAt) {
        let known = past.values.length;
        for (let t = 0; t < known; t++) seen.push([t, markAt(t)]);
        const forecaster = forecasting.start(model, past, fitted, markAt);
        return { ...forecaster, observe: (_, mark) => void seen.push([known++, mark]) };
      },
    };
    await rollOrigins({ ...requestFor(history, [100, 104], 2), marks }, listening);
    assert.deepEqual(fits[0]!.marks, marks.slice(0, 100));
    assert.deepEqual(
      seen.map(([, mark]) => mark),
      marks.slice(0, 104),
    );
    assert.deepEqual(seen.at(-1), [103, 'ok']);
  });

  it('hands a fit no more memory than it may see: the buffer ends at the origin', async () => {
    const { forecasting, fits } = recording();
    await rollOrigins(requestFor(wave(10), [100], 1), forecasting);
    assert.equal(fits[0]!.history.values.buffer.byteLength, 800);
  });

  it('tells each refit who acted before, for hysteresis, and what it left, and notes who acts at each origin', async () => {
    const { forecasting, fits } = recording();
    const roll = await rollOrigins(requestFor(wave(10), [100, 110, 120], 2), forecasting);
    assert.deepEqual(
      fits.map(({ acting }) => acting),
      [undefined, 'seasonal-naive'],
    );
    assert.deepEqual(
      fits.map(({ previous }) => previous?.verdict),
      [undefined, 'fit 1'],
    );
    assert.deepEqual(roll.acting, ['seasonal-naive', 'seasonal-naive', 'holt-winters']);
  });

  it('a model that could not be fitted has holes in its forecasts, not an old model', async () => {
    const { forecasting } = recording();
    let fit = 0;
    const sometimes: Forecasting = {
      ...forecasting,
      async fit(request) {
        const fitted = await forecasting.fit(request);
        fit += 1;
        return fit === 2 ? { ...fitted, models: {} } : fitted;
      },
    };
    const roll = await rollOrigins(requestFor(wave(10), [100, 110, 120], 1), sometimes);
    const made = roll.forecasts['seasonal-naive']!.map((forecast) => forecast !== undefined);
    assert.deepEqual(made, [true, false, true]);
  });

  it('forecasts start where the known part ends', async () => {
    const roll = await rollOrigins(requestFor(wave(10), [200, 215], 2), yardsticks);
    for (const forecasts of Object.values(roll.forecasts)) {
      assert.deepEqual(
        forecasts.map((forecast) => forecast?.startMs),
        [200 * HOUR_MS, 215 * HOUR_MS],
      );
    }
  });

  it('an origin without its whole horizon is refused', async () => {
    await assert.rejects(rollOrigins(requestFor(wave(10), [236], 1), yardsticks), /6 steps behind it/);
  });

  it('replacing everything after an origin by noise changes no forecast made at or before it (property)', async () => {
    const known = [150, 163, 170, 190, 200];
    const history = wave(10);
    const clean = await rollOrigins(requestFor(history, known, 2), yardsticks);
    const spike = fc.constantFrom(0, 1e-9, 1e9, Number.NaN);
    const noise = fc.array(fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), spike), {
      minLength: 90,
      maxLength: 90,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 4 }), noise, async (origin, replacement) => {
        const from = known[origin]!;
        const values = history.values.map((value, t) => (t < from ? value : replacement[t - from]!));
        const noisy = await rollOrigins(requestFor({ ...history, values }, known, 2), yardsticks);
        assert.deepEqual(noisy.acting.slice(0, origin + 1), clean.acting.slice(0, origin + 1));
        for (const model of ['seasonal-naive', 'holt-winters'] as const) {
          assert.deepEqual(noisy.forecasts[model]!.slice(0, origin + 1), clean.forecasts[model]!.slice(0, origin + 1));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('the noise does reach the forecasts behind it: the property above can fail', async () => {
    const history = wave(10);
    const known = [150, 163, 170];
    const values = history.values.map((value, t) => (t < 155 ? value : 1e6));
    const clean = await rollOrigins(requestFor(history, known, 3), yardsticks);
    const noisy = await rollOrigins(requestFor({ ...history, values }, known, 3), yardsticks);
    assert.notDeepEqual(noisy.forecasts['holt-winters']![1], clean.forecasts['holt-winters']![1]);
  });

  it('the same request gives the same forecasts, and observing between refits equals starting anew', async () => {
    const request = requestFor(wave(12), [200, 220, 240], 3);
    const once = await rollOrigins(request, yardsticks);
    assert.deepEqual(await rollOrigins(request, yardsticks), once);
    const model = once.fits[0]!.models['holt-winters']!;
    const anew = startForecaster(model, { ...request.history, values: request.history.values.slice(0, 240) });
    const forecast: Forecast = anew.forecast(6, once.forecasts['holt-winters']![2]!.levels);
    assert.deepEqual(once.forecasts['holt-winters']![2], forecast);
    assert.ok(levels.every((level) => level === 0.99 || forecast.levels.includes(level)));
  });
});
