/** Scores, comparisons, the gate and the combination. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ForecasterName, ForecastScore } from '../../src/domain/forecast.ts';
import { compareLosses } from '../../src/forecast/compare.ts';
import { pinball } from '../../src/forecast/pinball.ts';
import type { Judged } from '../../src/forecast/scores.ts';
import { chooseActing } from '../../src/forecast/select.ts';
import { normal } from './made-series.ts';

const ORIGINS = 100;

function scoreOf(model: ForecasterName, mase = 1): ForecastScore {
  const coverage = { q50: 0.5, q90: 0.9, q99: 0.99 };
  return { model, mase, weightedQuantileLoss: 0.1, coverage, origins: ORIGINS };
}

/** Losses around `mean` with the same noise for every model of one seed and a little of their own. */
function judged(model: ForecasterName, mean: number, own = 0.01): Judged {
  const common = normal(1);
  const gauss = normal(model.length);
  const losses = Float64Array.from({ length: ORIGINS }, () => mean * Math.exp(0.3 * common() + own * gauss()));
  return { score: scoreOf(model), losses, overlap: 1 };
}

const ALL: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters', 'arima', 'lstm', 'hybrid'];

describe('pinball', () => {
  it('at 0.9 charges 0.9 for a unit above the quantile and 0.1 for one below', () => {
    assert.ok(Math.abs(pinball(0.9, 11, 10) - 0.9) < 1e-12);
    assert.ok(Math.abs(pinball(0.9, 9, 10) - 0.1) < 1e-12);
    assert.equal(pinball(0.9, 10, 10), 0);
  });
});

describe('compareLosses', () => {
  it('gain is the share of the loss that is saved: 3 against 4 saves 25 %', () => {
    const { gain, statistic } = compareLosses(Float64Array.of(3, 3), Float64Array.of(4, 4), 1);
    assert.equal(gain, 0.25);
    assert.ok(statistic > 0);
  });

  it('leaves out origins without an outcome', () => {
    const { gain } = compareLosses(Float64Array.of(1, Number.NaN, 1), Float64Array.of(2, 5, 2), 1);
    assert.equal(gain, 0.5);
  });

  it('exceeds 1.64 in 5 % ± 2 of 1,000 comparisons of equals, also with overlapping origins', () => {
    for (const overlap of [1, 4]) {
      let found = 0;
      for (let k = 0; k < 1000; k++) {
        const noise = [normal(2 * k + 1), normal(2 * k + 2)];
        const [a, b] = noise.map((gauss) => {
          const raw = Float64Array.from({ length: 120 + overlap }, gauss);
          return Float64Array.from({ length: 120 }, (_, i) => {
            let sum = 0;
            for (let j = 0; j < overlap; j++) sum += raw[i + j]!;
            return Math.exp((0.3 * sum) / Math.sqrt(overlap));
          });
        });
        if (compareLosses(a!, b!, overlap).statistic > 1.64) found += 1;
      }
      // Bartlett weights take a little too much off the long-run variance, hence the room above.
      assert.ok(found / 1000 > 0.03 && found / 1000 < 0.1, `overlap ${overlap}: ${found / 10} %`);
    }
  });
});

describe('chooseActing', () => {
  it('lets the hybrid act when it beats both yardsticks by 20 %', () => {
    const choice = chooseActing([judged('seasonal-naive', 1.2), judged('holt-winters', 1), judged('hybrid', 0.8)], ALL);
    assert.equal(choice.acting, 'hybrid');
    assert.match(choice.verdict, /^hybrid acts: beats holt-winters by (19|20|21) % over 100 origins$/);
  });

  it('does not let it act when it beats only one of them', () => {
    const choice = chooseActing([judged('seasonal-naive', 0.7), judged('holt-winters', 1), judged('hybrid', 0.8)], ALL);
    assert.equal(choice.acting, 'seasonal-naive');
    assert.match(choice.verdict, /^seasonal-naive acts: hybrid is worse by 1[2-6] % over 100 origins$/);
  });

  it('does not let a newcomer act for 1 %, but keeps one that acts and is 1 % worse', () => {
    const models = (hybrid: number) => [
      judged('seasonal-naive', 2),
      judged('holt-winters', 1),
      judged('hybrid', hybrid),
    ];
    assert.equal(chooseActing(models(0.99), ALL).acting, 'holt-winters');
    assert.equal(chooseActing(models(1.01), ALL, 'hybrid').acting, 'hybrid');
    assert.equal(chooseActing(models(1.05), ALL, 'hybrid').acting, 'holt-winters');
  });

  it('demotes one that acts when it lost 50 % on the newest origins', () => {
    const choice = chooseActing([judged('holt-winters', 1), judged('arima', 1.5)], ALL, 'arima');
    assert.equal(choice.acting, 'holt-winters');
  });

  it('does not change the yardstick in charge for a difference of 1 %', () => {
    const models = [judged('seasonal-naive', 1), judged('holt-winters', 0.99)];
    assert.equal(chooseActing(models, ALL, 'seasonal-naive').acting, 'seasonal-naive');
    assert.equal(chooseActing(models, ALL).acting, 'holt-winters');
  });

  it('ignores a learned forecaster that is no candidate, however good', () => {
    const models = [judged('seasonal-naive', 1), judged('holt-winters', 1), judged('lstm', 0.1)];
    assert.notEqual(chooseActing(models, ['arima']).acting, 'lstm');
  });

  it('does not act on noise: 20 % better on average with losses that scatter by a factor of 3', () => {
    const models = [judged('seasonal-naive', 9), judged('holt-winters', 1, 3), judged('lstm', 0.8, 3)];
    const { gain, statistic } = compareLosses(models[2]!.losses, models[1]!.losses, 1);
    assert.equal(chooseActing(models, ALL).acting === 'lstm', gain > 0.02 && statistic > 1);
  });

  it('falls back to seasonal naive when nothing could be scored', () => {
    assert.deepEqual(chooseActing([], ALL), {
      acting: 'seasonal-naive',
      verdict: 'seasonal-naive acts: nothing could be scored',
    });
  });
});
