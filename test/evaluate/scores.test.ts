import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { addCoverage, coverageBy } from '../../src/evaluate/coverage.ts';
import { meanScaledIntervalScore } from '../../src/evaluate/interval-score.ts';
import { naiveScale } from '../../src/evaluate/naive-scale.ts';
import { countsBelow, pitHistogram } from '../../src/evaluate/pit.ts';
import { pointScores } from '../../src/evaluate/point-errors.ts';
import { crps, meanPinball, quantileLoss } from '../../src/evaluate/quantile-losses.ts';
import { quantileRow, type Verified } from '../../src/evaluate/verified.ts';
import { normalScore } from '../../src/forecast/levels.ts';
import { gaussianForecast, verified } from './support.ts';

interface Golden {
  readonly season: number;
  readonly asked: readonly number[];
  readonly levels: readonly number[];
  readonly cases: readonly {
    readonly history: readonly number[];
    readonly pairs: readonly {
      readonly truth: readonly number[];
      readonly mean: readonly number[];
      readonly quantiles: readonly (readonly number[])[];
    }[];
    readonly expected: { readonly [score: string]: number } & {
      readonly coverage: readonly number[];
      readonly below: readonly number[];
    };
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/scores.json', import.meta.url), 'utf8')) as Golden;

function pairsOf({ pairs }: Golden['cases'][number]): readonly Verified[] {
  return pairs.map(({ truth, mean, quantiles }) => ({
    truth: Float64Array.from(truth),
    forecast: {
      startMs: 0,
      stepMs: 60_000,
      mean: Float64Array.from(mean),
      levels: golden.levels,
      quantiles: quantiles.map((row) => Float64Array.from(row)),
      model: 'golden',
    },
  }));
}

function near(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${what}: ${actual}, ${expected}`);
}

describe('scores against published implementations (golden/scores.py), to 1e-9', () => {
  for (const [i, one] of golden.cases.entries()) {
    const pairs = pairsOf(one);
    const scale = naiveScale(Float64Array.from(one.history), golden.season);
    const steps = pairs.reduce((sum, { truth }) => sum + truth.length, 0);

    it(`case ${i + 1}: MASE, sMAPE, RMSSE and bias are those of utilsforecast, MASE that of gluonts too`, () => {
      const scores = pointScores(pairs, scale);
      near(scores.mase, one.expected['mase']!, 'mase');
      near(scores.mase, one.expected['maseByGluonts']!, 'mase');
      near(scores.smape, one.expected['smape']!, 'smape');
      near(scores.rmsse, one.expected['rmsse']!, 'rmsse');
      near(scores.bias, one.expected['bias']!, 'bias');
    });

    it(`case ${i + 1}: weighted quantile loss is that of gluonts, mean pinball that of utilsforecast`, () => {
      const { loss, magnitude } = quantileLoss(pairs, golden.asked);
      near(loss / magnitude, one.expected['weightedQuantileLoss']!, 'weighted quantile loss');
      const mean = pairs.reduce((sum, pair) => sum + meanPinball(pair, golden.asked), 0) / pairs.length;
      near(mean, one.expected['meanQuantileLoss']!, 'mean pinball');
    });

    it(`case ${i + 1}: CRPS is that of properscoring for the ensemble of the 20 quantiles`, () => {
      near(crps(pairs), one.expected['crps']!, 'crps');
    });

    it(`case ${i + 1}: MSIS at 95 % is that of gluonts`, () => {
      near(meanScaledIntervalScore(pairs, scale.absolute), one.expected['msis']!, 'msis');
    });

    it(`case ${i + 1}: coverage at 50, 90 and 99 % is that of utilsforecast, shares below quantiles those of gluonts`, () => {
      const { count, inside } = addCoverage(coverageBy(pairs, 1, () => 0));
      for (const [k, expected] of one.expected.coverage.entries()) near(inside[k]! / count, expected, `coverage ${k}`);
      const below = countsBelow(pairs, golden.levels);
      for (const [j, expected] of one.expected.below.entries()) near(below[j]! / steps, expected, `level ${j}`);
    });
  }
});

describe('pointScores', () => {
  const scale = { absolute: 2, squared: 4 };

  it('worked by hand: errors 1 and 3 over a scale of 2 are a MASE of 1', () => {
    // |10−11| = 1, |20−17| = 3: mean 2 / 2; √((1 + 9)/2 / 4) = 1.118…; (11−10 + 17−20)/30 = −0.0667
    const scores = pointScores([verified([10, 20], [11, 17], 1)], scale);
    near(scores.mase, 1, 'mase');
    near(scores.rmsse, Math.sqrt(1.25), 'rmsse');
    near(scores.bias, -2 / 30, 'bias');
    near(scores.smape, (200 / 21 + 600 / 37) / 2, 'smape');
  });

  it('a step that was not observed counts nowhere', () => {
    const whole = pointScores([verified([10, 20], [11, 17], 1)], scale);
    const holed = pointScores([verified([10, Number.NaN, 20], [11, 99, 17], 1)], scale);
    assert.deepEqual(holed, whole);
  });

  it('a series that never changed has no scale: MASE and RMSSE are NaN, sMAPE stays', () => {
    const scores = pointScores([verified([10], [11], 1)], naiveScale(Float64Array.of(5, 5, 5, 5), 1));
    assert.ok(Number.isNaN(scores.mase) && Number.isNaN(scores.rmsse));
    near(scores.smape, 200 / 21, 'smape');
  });

  it('zero forecast and zero load are an sMAPE of 0, and no load at all has no bias', () => {
    const scores = pointScores([verified([0, 0], [0, 0], 0)], scale);
    assert.equal(scores.smape, 0);
    assert.ok(Number.isNaN(scores.bias));
  });

  it('nothing observed is NaN, not 0', () => {
    const scores = pointScores([verified([Number.NaN], [1], 1)], scale);
    assert.ok(Object.values(scores).every(Number.isNaN));
    assert.ok(Number.isNaN(crps([verified([Number.NaN], [1], 1)])));
  });
});

describe('naiveScale', () => {
  it('leaves out the pairs with a missing sample', () => {
    // season 2: pairs (1,4) 3, (NaN,·) none, (4,6) 2 → mean 2.5, squares 9 and 4
    const scale = naiveScale(Float64Array.of(1, Number.NaN, 4, 7, 6), 2);
    assert.deepEqual(scale, { absolute: 2.5, squared: 6.5 });
  });

  it('of a history shorter than the season is unknown', () => {
    assert.ok(Number.isNaN(naiveScale(Float64Array.of(1, 2), 24).absolute));
  });
});

describe('coverageBy', () => {
  it('sorts outcomes into groups by their target and leaves out those without a group', () => {
    const pair = verified([0, 100, 0, 0], [0, 0, 0, 0], 1);
    const counts = coverageBy([pair], 2, (_, step) => (step === 3 ? undefined : step % 2));
    assert.deepEqual(counts, [
      { count: 2, inside: [2, 2, 2] },
      { count: 1, inside: [0, 0, 0] },
    ]);
  });

  it('an outcome on the edge of an interval is inside it', () => {
    const forecast = gaussianForecast([10], 2);
    const edge = quantileRow(forecast, 0.95)[0]!;
    const [count] = coverageBy([{ forecast, truth: Float64Array.of(edge) }], 1, () => 0);
    assert.deepEqual(count, { count: 1, inside: [0, 1, 1] });
  });

  it('asking for a level that was not forecast is a bug and throws', () => {
    assert.throws(() => quantileRow(gaussianForecast([1], 1), 0.123), /no quantile at level 0\.123/);
  });
});

describe('pitHistogram', () => {
  it('puts the median into the middle, far outcomes into the outer of 20 bins', () => {
    const bins = pitHistogram([verified([-50, 0.01, 50], [0, 0, 0], 1)]);
    const expected = new Float64Array(20);
    expected[0] = 1;
    expected[10] = 1;
    expected[19] = 1;
    assert.deepEqual(bins, expected);
  });

  it('spreads a zero that equals every quantile evenly: an idle service looks calibrated, not biased', () => {
    const bins = pitHistogram([verified([0], [0], 0)]);
    for (const bin of bins) near(bin, 1 / 20, 'bin');
  });

  it('of 4,000 outcomes spread as the forecast says is flat: 200 in each bin', () => {
    const forecast = gaussianForecast([0], 1);
    const outcomes = Array.from({ length: 4_000 }, (_, i) => normalScore((i + 0.5) / 4_000));
    const bins = pitHistogram(outcomes.map((y) => ({ forecast, truth: Float64Array.of(y) })));
    assert.deepEqual(bins, new Float64Array(20).fill(200));
  });

  it('of a forecast half as wide as the truth is a U: the outer bins hold more than twice their share', () => {
    const outcomes = Array.from({ length: 2_000 }, (_, i) => 2 * normalScore((i + 0.5) / 2_000));
    const bins = pitHistogram(outcomes.map((y) => verified([y], [0], 1)));
    assert.ok(bins[0]! > 200 && bins[19]! > 200 && bins[10]! < 60, bins.join());
  });
});
