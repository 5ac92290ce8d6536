import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { startArmaFilter } from '../../src/forecast/arma-filter.ts';
import { fitFourier, fourierCurve } from '../../src/forecast/fourier.ts';
import { fitHoltWinters, startHoltWinters } from '../../src/forecast/holt-winters.ts';
import type { PointForecaster } from '../../src/forecast/point-forecaster.ts';
import { fitSeasonalNaive, startSeasonalNaive } from '../../src/forecast/seasonal-naive.ts';
import { normal } from './made-series.ts';

interface Reference {
  readonly values: number[];
  readonly season: number[];
  readonly fitted: number[];
  readonly forecast: number[];
}

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T;
}

function predict(point: PointForecaster, steps: number): Float64Array {
  const out = new Float64Array(steps);
  point.predict(out);
  return out;
}

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < found.length; i++) {
    assert.ok(Math.abs(found[i]! - expected[i]!) <= tolerance, `[${i}] found ${found[i]}, expected ${expected[i]}`);
  }
}

describe('Holt-Winters', () => {
  it('one-step and 12-step forecasts equal statsmodels ETS(A,Ad,A) to 1e-9', () => {
    const reference = golden<Reference>('holt-winters');
    const initialSeason = reference.season;
    const point = startHoltWinters({ alpha: 0.4, beta: 0.01, gamma: 0.1, level: 9.5, initialSeason }, 0);
    const oneStep = reference.values.map((y) => {
      const [expected] = predict(point, 1);
      point.observe(y);
      return expected!;
    });
    close(oneStep, reference.fitted, 1e-9);
    close(predict(point, 12), reference.forecast, 1e-9);
  });

  it('finds a season of 24 rather than 168 on 4 weeks that have no weekly shape', () => {
    const z = Float64Array.from({ length: 672 }, (_, t) => Math.sin((2 * Math.PI * t) / 24));
    const { initialSeason } = fitHoltWinters({ z, firstStep: 0 }, [24], 6);
    assert.equal((initialSeason as Float64Array).length, 24);
    close(initialSeason as Float64Array, z.subarray(0, 24), 1e-9);
  });

  it('a missing step leaves level and season as they are', () => {
    const parameters = { alpha: 0.4, beta: 0, gamma: 0.1, level: 5, initialSeason: [1, -1] };
    const [a, b] = [startHoltWinters(parameters, 0), startHoltWinters(parameters, 0)];
    a.observe(Number.NaN);
    a.observe(Number.NaN);
    close(predict(a, 4), predict(b, 4), 0);
  });
});

describe('seasonal naive', () => {
  it('is the mean of the last 4 same slots with weights 1, 0.7, 0.49, 0.343', () => {
    const point = startSeasonalNaive({ season: 3 });
    // slot 0 of five seasons: 1, 2, 3, 4, 5; the oldest is not used
    for (let day = 1; day <= 5; day++) for (const slot of [day, 10, 20]) point.observe(slot);
    const expected = (5 + 0.7 * 4 + 0.49 * 3 + 0.343 * 2) / (1 + 0.7 + 0.49 + 0.343);
    close(predict(point, 3), [expected, 10, 20], 1e-12);
  });

  it('looks one season further back for what lies a season ahead', () => {
    const point = startSeasonalNaive({ season: 2 });
    for (const z of [1, 2, 1, 2, 1, 2]) point.observe(z);
    close(predict(point, 6), [1, 2, 1, 2, 1, 2], 1e-12);
  });

  it('leaves a missing slot out of the mean', () => {
    const point = startSeasonalNaive({ season: 2 });
    for (const z of [4, 0, Number.NaN, 0, 8, 0]) point.observe(z);
    close(predict(point, 1), [(8 + 0.49 * 4) / 1.49], 1e-12);
  });

  it('without a season repeats the last sample, and after 30 missing steps the long-run mean', () => {
    const point = startSeasonalNaive({ season: 1 });
    for (let i = 0; i < 2000; i++) point.observe(i % 2 ? 10 : 0);
    close(predict(point, 2), [10, 10], 0);
    for (let i = 0; i < 31; i++) point.observe(Number.NaN);
    assert.ok(Math.abs(predict(point, 1)[0]! - 5) < 0.2);
  });

  it('takes the week where weekends differ, and a day where the week adds only noise', () => {
    const gauss = normal(3);
    const week = Float64Array.from({ length: 24 * 28 }, (_, t) => (Math.floor(t / 24) % 7 >= 5 ? 0 : 10) + gauss());
    assert.equal(fitSeasonalNaive({ z: week, firstStep: 0 }, [24, 168])['season'], 168);
    const trend = Float64Array.from({ length: 24 * 28 }, (_, t) => Math.sin((2 * Math.PI * t) / 24) + t / 100);
    assert.equal(fitSeasonalNaive({ z: trend, firstStep: 0 }, [24, 168])['season'], 24);
  });

  it('averages 5 neighbouring minutes on a season of 1440', () => {
    const point = startSeasonalNaive({ season: 1440 });
    for (let t = 0; t < 1440; t++) point.observe(t === 700 ? 10 : 0);
    const day = predict(point, 1440);
    close(day.subarray(697, 704), [0, 2, 2, 2, 2, 2, 0], 1e-12);
  });
});

describe('ARMA filter', () => {
  it('one-step forecasts equal those of statsmodels (Kalman filter) to 1e-6 after 50 steps', () => {
    const reference = golden<{
      values: number[];
      phi: number[];
      theta: number[];
      mean: number;
      oneStep: number[];
      forecast: number[];
    }>('arma');
    const filter = startArmaFilter({
      phi: Float64Array.from(reference.phi),
      theta: Float64Array.from(reference.theta, (x) => -x),
      mean: reference.mean,
    });
    const one = new Float64Array(1);
    reference.values.forEach((w, t) => {
      filter.predict(one);
      if (t >= 50) assert.ok(Math.abs(one[0]! - reference.oneStep[t]!) < 1e-6, `step ${t}`);
      filter.observe(w);
    });
    const ahead = new Float64Array(12);
    filter.predict(ahead);
    close(ahead, reference.forecast, 1e-6);
  });

  it('a missing value is its own forecast: observing NaN equals observing what was predicted', () => {
    const coefficients = { phi: Float64Array.of(0.5, 0.2), theta: Float64Array.of(-0.3), mean: 2 };
    const [a, b] = [startArmaFilter(coefficients), startArmaFilter(coefficients)];
    const one = new Float64Array(1);
    for (const w of [3, 1, 4]) for (const filter of [a, b]) filter.observe(w);
    b.predict(one);
    assert.equal(a.observe(Number.NaN), 0);
    b.observe(one[0]!);
    const [x, y] = [new Float64Array(5), new Float64Array(5)];
    a.predict(x);
    b.predict(y);
    close(x, y, 1e-12);
  });
});

describe('harmonics', () => {
  it('recover a wave of two seasons to 1e-3 and leave out the multiples that a day already has', () => {
    const wave = (t: number) => 3 + Math.cos((2 * Math.PI * 2 * t) / 24) + 0.5 * Math.sin((2 * Math.PI * 3 * t) / 168);
    const z = Float64Array.from({ length: 672 }, (_, t) => wave(1000 + t));
    const parameters = fitFourier({ z, firstStep: 1000 }, [24, 168]);
    const curve = fourierCurve(parameters);
    for (let t = 0; t < 400; t++) assert.ok(Math.abs(curve(t) - wave(t)) < 1e-3, `step ${t}: ${curve(t)}, ${wave(t)}`);
    const weekly = (parameters['fourier.multiples'] as number[]).filter(
      (_, i) => (parameters['fourier.seasons'] as number[])[i] === 168,
    );
    assert.deepEqual(weekly, [1, 2, 3, 4, 5, 6, 8, 9, 10]);
  });

  it('are only a constant when no season fits twice', () => {
    const curve = fourierCurve(fitFourier({ z: Float64Array.of(1, 2, 3), firstStep: 0 }, [24]));
    assert.ok(Math.abs(curve(7) - 2) < 1e-9);
  });
});
