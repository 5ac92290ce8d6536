import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { fitLevels } from '../../../src/forecast/experts/fit-levels.ts';
import { startHoltWintersDouble } from '../../../src/forecast/experts/holt-winters-double.ts';
import { startCovariance } from '../../../src/forecast/experts/least-squares.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { HOUR_MS, normal } from '../made-series.ts';

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T;
}

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < found.length; i++) {
    assert.ok(Math.abs(found[i]! - expected[i]!) <= tolerance, `[${i}] found ${found[i]}, expected ${expected[i]}`);
  }
}

interface Regression {
  readonly x: number[][];
  readonly y: number[];
  readonly prior: number;
  readonly lambda: number;
  readonly weights: number[];
  readonly covariance: number[][];
  readonly statsmodels: number[];
}

describe('recursive least squares', () => {
  const reference = golden<Regression>('least-squares');
  const width = reference.weights.length;

  function learn(prior: number, lambda: number) {
    const covariance = startCovariance(width, prior);
    const weights = new Float64Array(width);
    reference.x.forEach((row, t) => {
      const x = Float64Array.from(row);
      const spread = covariance.spread(x);
      const residual = reference.y[t]! - x.reduce((sum, value, j) => sum + value * weights[j]!, 0);
      for (let j = 0; j < width; j++) weights[j]! += (covariance.k[j]! / (lambda + spread)) * residual;
      covariance.absorb(spread, lambda);
    });
    return { weights, covariance };
  }

  it('with forgetting equals the textbook recursion in full matrices and doubles to 1e-5 after 400 samples', () => {
    const { weights, covariance } = learn(reference.prior, reference.lambda);
    close(weights, reference.weights, 1e-5);
    const triangle = reference.covariance.flatMap((row, i) => row.slice(0, i + 1));
    close(covariance.packed, triangle, 1e-5);
  });

  it('without forgetting equals statsmodels RecursiveLS to 1e-3, from a wide prior', () => {
    close(learn(1e4, 1).weights, reference.statsmodels, 1e-3);
  });

  it('lets no variance grow beyond its prior in 10⁵ samples that carry no news, and goes on forgetting what is told', () => {
    const covariance = startCovariance(3, 10);
    const x = Float64Array.of(1, 0, 1e-9);
    for (let t = 0; t < 100_000; t++) covariance.absorb(covariance.spread(x), 0.99);
    const [told, , quiet, , , hardly] = covariance.packed;
    assert.equal(quiet, 10);
    assert.ok(Math.abs(hardly! - 10) < 1e-3, `${hardly}`);
    // A hundred samples in memory, whatever the quiet ones do.
    assert.ok(Math.abs(told! - 0.01) < 1e-3, `${told}`);
  });

  it('stays positive over 10⁴ samples of inputs that nearly coincide', () => {
    const gauss = normal(9);
    const covariance = startCovariance(4, 3);
    const x = new Float64Array(4);
    for (let t = 0; t < 10_000; t++) {
      const common = gauss();
      for (let j = 0; j < 4; j++) x[j] = common + 1e-3 * gauss();
      const spread = covariance.spread(x);
      assert.ok(spread >= 0, `${spread} at ${t}`);
      covariance.absorb(spread, 0.999);
    }
  });

  it('starts again from its prior when the diagonal turns negative', () => {
    const covariance = startCovariance(2, 10, Float32Array.of(1, 0, -1));
    covariance.absorb(covariance.spread(Float64Array.of(1, 0)), 1);
    assert.deepEqual([...covariance.packed], [10, 0, 10]);
  });
});

describe('levels of a rank-one table', () => {
  const reference = golden<{
    decay: number;
    full: number[][];
    fullLevels: number[];
    gaps: (number | null)[][];
    gapLevels: (number | null)[];
    clean: number[][];
    singular: number[];
  }>('levels');
  const rows = (table: readonly (readonly (number | null)[])[]) =>
    table.map((row) => Float64Array.from(row, (value) => value ?? Number.NaN));

  it('equal weighted least squares on dummies of row and slot to 1e-9', () => {
    close(fitLevels(rows(reference.full), reference.decay), reference.fullLevels, 1e-9);
  });

  it('equal it to 1e-4 with a fifth of the table missing, and leave out the row of which less than a quarter is left', () => {
    const levels = fitLevels(rows(reference.gaps), reference.decay);
    assert.ok(Number.isNaN(levels[4]!));
    const known = (values: readonly (number | null)[]) => values.filter((_, d) => d !== 4) as number[];
    close(known([...levels]), known(reference.gapLevels), 1e-4);
  });

  it('are the logarithm of the first singular vector of the load itself', () => {
    const levels = fitLevels(rows(reference.clean), 1);
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    close(
      levels.map((level) => level - mean),
      reference.singular,
      1e-9,
    );
  });
});

describe('Holt-Winters of two seasons', () => {
  it('equals its equations in numpy over 960 half-hours with a gap and a spike, and 48 ahead, to 1e-4', () => {
    const reference = golden<{
      z: (number | null)[];
      day: number[];
      week: number[];
      fitted: number[];
      ahead: number[];
    }>('holt-winters-double');
    const [stepMs, seasons] = [HOUR_MS / 2, [48, 336]];
    const past = startPast({ stepMs, seasons, firstStep: 0 });
    const horizons = Array.from({ length: 48 }, (_, i) => i + 1);
    const expert = startHoltWintersDouble(
      { stepMs, seasons, horizons, past },
      {
        state: [0.1, 2000],
        levels: new Float64Array(15).fill(5),
        trends: new Float64Array(15),
        errors: new Float64Array(30),
        waiting: new Float64Array(45).fill(Number.NaN),
        counts: [0, 0, 0],
        'season.0': reference.day,
        'season.1': reference.week,
      },
    );
    const out = new Float64Array(48);
    const fitted = reference.z.map((z) => {
      expert.predict(out);
      past.push(z ?? Number.NaN, 'ok', 5);
      expert.observe();
      return out[0]!;
    });
    close(fitted, reference.fitted, 1e-4);
    expert.predict(out);
    close(out, reference.ahead, 1e-4);
  });
});
