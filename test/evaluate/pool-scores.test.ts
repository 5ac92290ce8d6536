import assert from 'node:assert/strict';
import { poolScores } from '../../src/evaluate/pool-scores.ts';
import { scoreSeries } from '../../src/evaluate/score-series.ts';
import { rollOf } from './support.ts';

const flat = new Array<number>(48).fill(7);

function series(truth: readonly number[], means: readonly number[], history?: readonly number[]) {
  const forecasts = { 'seasonal-naive': means.map((mean) => [mean, 1] as const) };
  return scoreSeries(rollOf(truth, forecasts, new Array(truth.length).fill('seasonal-naive'), history));
}

describe('scoreSeries', () => {
  it('what acted is scored by the model of each origin: two of ARIMA, two of Holt-Winters', () => {
    const truth = [10, 12, 14, 16];
    const good = truth.map((y) => [y, 1] as const);
    const bad = truth.map((y) => [y + 5, 1] as const);
    const acting = ['arima', 'arima', 'holt-winters', 'holt-winters'] as const;
    const { models } = scoreSeries(rollOf(truth, { arima: good, 'holt-winters': bad }, acting));
    const [arima, holtWinters, acted] = models;
    assert.deepEqual(
      acted!.losses,
      Float64Array.of(arima!.losses[0]!, arima!.losses[1]!, holtWinters!.losses[2]!, holtWinters!.losses[3]!),
    );
    assert.ok(arima!.mase < acted!.mase && acted!.mase < holtWinters!.mase);
  });

  it('an acting model without a forecast leaves a hole in what acted', () => {
    const roll = rollOf([10, 12], { arima: [[10, 1], undefined] }, ['arima', 'arima']);
    const acted = scoreSeries(roll).models.find(({ model }) => model === 'acting')!;
    assert.equal(acted.origins, 1);
    assert.ok(Number.isNaN(acted.losses[1]));
  });

  it('coverage by hour sorts origins by the hour of their target: the first behind two days is hour 0', () => {
    const { models, parts } = series([10, 12, 14], [10, 12, 99]);
    assert.ok(parts.hours);
    const byHour = models[0]!.coverageByPart;
    assert.deepEqual(
      [0, 1, 2, 3].map((hour) => [byHour[hour]!.count, byHour[hour]!.inside[2]]),
      [
        [1, 1],
        [1, 1],
        [1, 0],
        [0, 0],
      ],
    );
  });

  it('scales by what was known before the first origin: an outcome of a million changes no scale', () => {
    // both are off by 1 at every origin
    const calm = series([10, 12, 14], [11, 13, 15]).models[0]!;
    const wild = series([10, 1e6, 14], [11, 1e6 + 1, 15]).models[0]!;
    assert.ok(Math.abs(calm.mase - wild.mase) < 1e-9, `${calm.mase} and ${wild.mase}`);
  });

  it('the parts of the coverage add up to the whole', () => {
    const { models } = series([10, 12, 14, 20, 9], [10, 12, 99, 20, 9]);
    for (const { coverage, coverageByPart, coverageOnRamps } of models) {
      for (const parts of [coverageByPart, coverageOnRamps]) {
        assert.equal(
          parts.reduce((sum, { count }) => sum + count, 0),
          coverage.count,
        );
      }
    }
  });
});

describe('poolScores', () => {
  it('each series counts the same in MASE, each unit of load in the weighted quantile loss', () => {
    const one = series([10, 12], [11, 13]);
    const other = series([1_000, 1_200], [1_001, 1_201]);
    const [pooled] = poolScores([one, other]);
    const [a, b] = [one.models[0]!, other.models[0]!];
    assert.equal(pooled!.mase, (a.mase + b.mase) / 2);
    const loss = a.quantileLoss.loss + b.quantileLoss.loss;
    assert.equal(pooled!.weightedQuantileLoss, loss / (22 + 2_200));
    assert.deepEqual([pooled!.series, pooled!.origins], [2, 4]);
  });

  it('a series of zero scale is left out of the scaled scores and counted: 1 of 2', () => {
    const usual = series([10, 12], [11, 13]);
    const [pooled] = poolScores([usual, series([7, 7], [8, 8], flat)]);
    assert.equal(pooled!.leftOut, 1);
    assert.equal(pooled!.mase, usual.models[0]!.mase);
    assert.equal(pooled!.msis, usual.models[0]!.msis);
    assert.equal(pooled!.coverage.count, 4);
  });

  it('when every series is left out the scaled scores are NaN, the others stay', () => {
    const [pooled] = poolScores([series([7, 7], [8, 8], flat)]);
    assert.ok(Number.isNaN(pooled!.mase));
    assert.ok(pooled!.smape > 0);
  });

  it('adds coverage of series with and without ramps', () => {
    const [pooled] = poolScores([series([10, 12], [11, 13]), series([7, 7], [8, 8], flat)]);
    assert.equal(
      pooled!.coverageOnRamps.reduce((sum, { count }) => sum + count, 0),
      2,
    );
    assert.equal(
      pooled!.coverageByPart.reduce((sum, { count }) => sum + count, 0),
      4,
    );
  });

  it('lists models in their fixed order with what acted last, and only those that forecast', () => {
    const roll = rollOf([10], { hybrid: [[10, 1]], arima: [[10, 1]], lstm: [undefined] }, ['arima']);
    assert.deepEqual(
      poolScores([scoreSeries(roll)]).map(({ model }) => model),
      ['arima', 'hybrid', 'acting'],
    );
  });
});
