import assert from 'node:assert/strict';
import fc from 'fast-check';
import { coverageBy } from '../../src/evaluate/coverage.ts';
import { meanScaledIntervalScore } from '../../src/evaluate/interval-score.ts';
import { pitHistogram } from '../../src/evaluate/pit.ts';
import { pointScores } from '../../src/evaluate/point-errors.ts';
import { crps, meanPinball, quantileLoss } from '../../src/evaluate/quantile-losses.ts';
import type { Verified } from '../../src/evaluate/verified.ts';
import { levels, verified } from './support.ts';

const load = fc.double({ min: 0, max: 1e4, noNaN: true });
const sample = fc.oneof({ weight: 5, arbitrary: load }, { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0) });
const spread = fc.double({ min: 0, max: 100, noNaN: true });
const step = fc.tuple(sample, load);
const horizon = fc.array(step, { minLength: 1, maxLength: 8 });
const pairs: fc.Arbitrary<readonly Verified[]> = fc
  .tuple(fc.array(horizon, { minLength: 1, maxLength: 5 }), spread)
  .map(([list, deviation]) =>
    list.map((steps) =>
      verified(
        steps.map(([y]) => y),
        steps.map(([, mean]) => mean),
        deviation,
      ),
    ),
  );

const scale = { absolute: 3, squared: 9 };

function observed(list: readonly Verified[]): number {
  return list.reduce((sum, { truth }) => sum + truth.filter(Number.isFinite).length, 0);
}

function times(list: readonly Verified[], factor: number): readonly Verified[] {
  const multiplied = (values: Float64Array) => values.map((value) => factor * value);
  return list.map(({ forecast, truth }) => ({
    truth: multiplied(truth),
    forecast: { ...forecast, mean: multiplied(forecast.mean), quantiles: forecast.quantiles.map(multiplied) },
  }));
}

function near(a: number, b: number): void {
  // The same infinity is near: the smallest double as the whole load makes a score too large for any.
  if (Object.is(a, b)) return;
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)), `${a} and ${b}`);
}

describe('scores, for any forecasts and outcomes', () => {
  it('losses are never negative, and sMAPE lies in 0 to 200', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        if (observed(list) === 0) return;
        const { mase, rmsse, smape } = pointScores(list, scale);
        for (const value of [mase, rmsse, smape, crps(list), quantileLoss(list, levels).loss]) assert.ok(value >= 0);
        assert.ok(smape <= 200 + 1e-9);
        assert.ok(meanScaledIntervalScore(list, 3) >= 0);
      }),
    );
  });

  it('the unit of the load does not matter: in thousands of it all relative scores are the same', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const thousands = times(list, 1_000);
        const larger = { absolute: 3_000, squared: 9e6 };
        const [a, b] = [pointScores(list, scale), pointScores(thousands, larger)];
        for (const key of ['mase', 'rmsse', 'smape', 'bias'] as const) near(a[key], b[key]);
        near(meanScaledIntervalScore(list, 3), meanScaledIntervalScore(thousands, 3_000));
        near(1_000 * crps(list), crps(thousands));
      }),
    );
  });

  it('a step without outcome changes nothing, whatever was forecast for it', () => {
    fc.assert(
      fc.property(pairs, load, (list, mean) => {
        const more = [...list, verified([Number.NaN], [mean], 1)];
        assert.deepEqual(pointScores(more, scale), pointScores(list, scale));
        near(crps(more), crps(list));
        assert.deepEqual(pitHistogram(more), pitHistogram(list));
        assert.deepEqual(quantileLoss(more, levels), quantileLoss(list, levels));
      }),
    );
  });

  it('wider intervals hold no fewer outcomes: 50 % ≤ 90 % ≤ 99 % ≤ all', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [{ count, inside }] = coverageBy(list, 1, () => 0) as [{ count: number; inside: readonly number[] }];
        assert.equal(count, observed(list));
        assert.ok(inside[0]! <= inside[1]! && inside[1]! <= inside[2]! && inside[2]! <= count);
      }),
    );
  });

  it('the bins of the PIT histogram hold every outcome once', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        near(
          pitHistogram(list).reduce((sum, mass) => sum + mass, 0),
          observed(list),
        );
      }),
    );
  });

  it('the pinball loss of the pairs is their weighted quantile loss taken apart', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const sum = list.reduce((total, pair) => {
          const n = observed([pair]);
          return n > 0 ? total + n * meanPinball(pair, levels) : total;
        }, 0);
        near(quantileLoss(list, levels).loss, 2 * sum);
      }),
    );
  });

  it('no forecast scores better than the truth itself', () => {
    fc.assert(
      fc.property(fc.array(load, { minLength: 1, maxLength: 6 }), (truth) => {
        const perfect = [verified(truth, truth, 0)];
        const scores = pointScores(perfect, scale);
        assert.deepEqual([scores.mase, scores.rmsse, scores.smape], [0, 0, 0]);
        assert.equal(crps(perfect), 0);
        assert.equal(meanScaledIntervalScore(perfect, 3), 0);
      }),
    );
  });

  it('scoring leaves forecasts and outcomes as they were', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const before = structuredClone(list);
        pointScores(list, scale);
        coverageBy(list, 1, () => 0);
        pitHistogram(list);
        assert.deepEqual(list, before);
      }),
      { numRuns: 20 },
    );
  });
});
