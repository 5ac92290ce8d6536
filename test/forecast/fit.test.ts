import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type FitRequest, type FittedSeries, type ForecasterName, forecasterNames } from '../../src/domain/forecast.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { brokenLstm, enginesWith, idleLstm } from './engines.ts';
import { autoregression, cut, MINUTE_MS, seriesOf, shopLoad } from './made-series.ts';

const CHEAP: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters', 'arima'];

function requestFor(history: TimeSeries, changes: Partial<FitRequest> = {}): FitRequest {
  return {
    id: 'shop/Deployment/checkout',
    history,
    seasonLengths: [24, 168],
    levels: [0.5, 0.9, 0.99],
    horizonSteps: 6,
    seed: 1,
    candidates: CHEAP,
    ...changes,
  };
}

function fitCheap(history: TimeSeries, changes: Partial<FitRequest> = {}): Promise<FittedSeries> {
  return fitSeries(requestFor(history, changes), enginesWith(idleLstm));
}

function failureOf(fitted: FittedSeries, name: ForecasterName): string | undefined {
  return fitted.scores.find((score) => score.model === name)?.failure;
}

/** The median and the 0.99 quantile of the next step by the forecaster that acts. */
function nextStep(fitted: FittedSeries, history: TimeSeries): { median: number; high: number } {
  const { quantiles } = startForecaster(fitted.models[fitted.acting]!, history).forecast(1, [0.5, 0.99]);
  return { median: quantiles[0]![0]!, high: quantiles[1]![0]! };
}

describe('fitSeries on odd histories', () => {
  it('constant load: forecasts the constant within 1 % and ARIMA says that the series is constant', async () => {
    const history = seriesOf(new Float64Array(500).fill(40));
    const fitted = await fitCheap(history);
    const { median, high } = nextStep(fitted, history);
    assert.ok(Math.abs(median - 40) < 0.4 && high < 41, `${median}, ${high}`);
    assert.match(failureOf(fitted, 'arima') ?? '', /constant/);
  });

  it('all zeros: forecasts 0 and below 0.01 at level 0.99', async () => {
    const history = seriesOf(new Float64Array(500));
    const { median, high } = nextStep(await fitCheap(history), history);
    assert.equal(median, 0);
    assert.ok(high < 0.01, `${high}`);
  });

  it('3 points: seasonal naive acts as persistence, wide, and the others say what is missing', async () => {
    const history = seriesOf([10, 12, 11]);
    const fitted = await fitCheap(history);
    assert.equal(fitted.acting, 'seasonal-naive');
    assert.deepEqual(Object.keys(fitted.models), ['seasonal-naive']);
    assert.match(failureOf(fitted, 'holt-winters') ?? '', /3 steps are too few to score 6 steps ahead/);
    const { median, high } = nextStep(fitted, history);
    assert.ok(median > 9 && median < 13 && high > 13, `${median}, ${high}`);
  });

  it('1 point: still answers, with the point', async () => {
    const history = seriesOf([7]);
    const { median } = nextStep(await fitCheap(history), history);
    assert.ok(Math.abs(median - 7) < 0.1, `${median}`);
  });

  it('no sample at all: rejects with the name of the series', async () => {
    const empty = fitCheap(seriesOf(new Float64Array(100).fill(Number.NaN)));
    await assert.rejects(empty, /shop\/Deployment\/checkout: nothing to learn from, none of 100 steps/);
  });

  it('a 2-day hole in 3 weeks: every forecaster still fits and the error stays below twice that without the hole', async () => {
    const whole = shopLoad(21, 24, 0.05);
    const holed = { ...whole, values: whole.values.map((y, t) => (t >= 200 && t < 248 ? Number.NaN : y)) };
    const [a, b] = await Promise.all([fitCheap(whole), fitCheap(holed)]);
    for (const [i, score] of b.scores.entries()) {
      assert.equal(score.failure, undefined, score.model);
      assert.ok(score.mase < 2 * a.scores[i]!.mase + 0.1, `${score.model}: ${score.mase}`);
    }
  });

  it('every second sample missing: ARIMA refuses and says why, something simpler acts', async () => {
    const whole = shopLoad(21, 24, 0.05);
    const fitted = await fitCheap({ ...whole, values: whole.values.map((y, t) => (t % 2 ? Number.NaN : y)) });
    assert.match(failureOf(fitted, 'arima') ?? '', /runs without a gap hold \d+ steps together, 200 are needed/);
    assert.notEqual(fitted.acting, 'arima');
  });

  it('two seasons longer than the history: 5 days with a week as season use the day alone', async () => {
    const history = shopLoad(5, 24, 0.05);
    const fitted = await fitCheap(history, { seasonLengths: [24, 168, 1000] });
    assert.equal(fitted.models['seasonal-naive']?.parameters['season'], 24);
    const hw = fitted.models['holt-winters']?.parameters['initialSeason'] as Float64Array;
    assert.equal(hw.length, 24);
  });

  it('no season asked for: all fit on a random walk without one', async () => {
    const values = autoregression(600, 0.99).map((x) => 100 + x);
    const fitted = await fitCheap(seriesOf(values), { seasonLengths: [] });
    assert.equal(fitted.scores.filter((score) => score.failure === undefined).length, 3);
  });

  it('negative values stay possible: a series around −50 is forecast within 5 of it', async () => {
    const history = seriesOf(autoregression(500, 0.5).map((x) => x - 50));
    const { median } = nextStep(await fitCheap(history), history);
    assert.ok(Math.abs(median + 50) < 5, `${median}`);
  });

  it('an infinite sample counts as missing', async () => {
    const whole = shopLoad(14, 24, 0.05);
    const values = whole.values.slice();
    values[100] = Number.POSITIVE_INFINITY;
    const fitted = await fitCheap({ ...whole, values });
    assert.ok(fitted.scores.every((score) => score.failure === undefined));
  });
});

describe('fitSeries', () => {
  it('scores no outcome that was cut off: with 10 % of the newest samples at a tenth and marked, errors are at most 0.8 of those without marks', async () => {
    const history = shopLoad(21, 24, 0.05);
    const isCut = (t: number) => t > 400 && t % 10 === 0;
    const marks = Array.from(history.values, (_, t) => (isCut(t) ? ('censored' as const) : ('ok' as const)));
    const values = history.values.map((y, t) => (isCut(t) ? 0.1 * y : y));
    const missesOf = async (changes: Partial<FitRequest>) =>
      (await fitCheap({ ...history, values }, changes)).scores.map(({ mase }) => mase);
    const [told, untold] = [await missesOf({ marks }), await missesOf({})];
    for (const [i, mase] of told.entries()) assert.ok(mase < 0.8 * untold[i]!, `${mase} against ${untold[i]}`);
  });

  it('scores out of sample: changing the scored part does not change the parameters they were made with', async () => {
    const load = shopLoad(28, 24, 0.1);
    const noisy = { ...load, values: load.values.map((y, t) => (t < 600 ? y : y * (t % 2 ? 3 : 0.3))) };
    const [clean, spoiled] = await Promise.all([fitCheap(load), fitCheap(noisy)]);
    for (const [i, score] of spoiled.scores.entries()) {
      assert.ok(
        score.mase > 2 * clean.scores[i]!.mase,
        `${score.model}: ${score.mase} against ${clean.scores[i]!.mase}`,
      );
    }
  });

  it('lets ARIMA act on AR(1) noise around a daily wave, and names the yardstick and the gain', async () => {
    const noise = autoregression(2000, 0.9);
    const values = noise.map((x, t) => 100 * (1.5 - Math.cos((2 * Math.PI * t) / 24)) * Math.exp(0.1 * x));
    const fitted = await fitCheap(seriesOf(values), { horizonSteps: 3 });
    assert.equal(fitted.acting, 'arima');
    assert.match(fitted.verdict, /^arima acts: beats (holt-winters|seasonal-naive) by \d+(\.\d)? % over \d+ origins$/);
  });

  it('keeps a yardstick in charge where the network adds nothing, and says how far it is off', async () => {
    const fitted = await fitSeries(
      requestFor(shopLoad(28, 24, 0.1), { candidates: ['seasonal-naive', 'holt-winters', 'lstm'] }),
      enginesWith(idleLstm),
    );
    assert.ok(['seasonal-naive', 'holt-winters'].includes(fitted.acting));
    assert.match(fitted.verdict, /lstm is (worse by|better by .* not enough to act)/);
  });

  it('goes on without a network whose backend is gone, with the reason in its score', async () => {
    const fitted = await fitSeries(
      requestFor(shopLoad(28, 24, 0.1), { candidates: forecasterNames }),
      enginesWith(brokenLstm),
    );
    assert.equal(failureOf(fitted, 'lstm'), 'the backend is gone');
    assert.equal(failureOf(fitted, 'hybrid'), 'the backend is gone');
    assert.ok(fitted.acting in fitted.models);
  });

  it('always fits the yardsticks, even when only ARIMA is a candidate', async () => {
    const fitted = await fitCheap(shopLoad(21, 24, 0.1), { candidates: ['arima'] });
    assert.deepEqual(
      fitted.scores.map((score) => score.model),
      ['seasonal-naive', 'holt-winters', 'arima'],
    );
  });

  it('is deterministic: two fits of one request are equal to the last bit', async () => {
    const history = shopLoad(21, 24, 0.1);
    assert.deepEqual(await fitCheap(history), await fitCheap(history));
  });

  it('does not change the history', async () => {
    const history = shopLoad(14, 24, 0.1);
    const before = history.values.slice();
    await fitCheap(history);
    assert.deepEqual(history.values, before);
  });

  it('looks at no more than 40,320 steps: 35 days of minutes fit as their newest 28', async () => {
    const long = shopLoad(35, 1440, 0.1);
    const skipped = 7 * 1440;
    const newest = { ...long, startMs: skipped * MINUTE_MS, values: long.values.subarray(skipped) };
    const options = { seasonLengths: [1440, 10080], candidates: ['seasonal-naive', 'holt-winters'] as const };
    assert.deepEqual(await fitCheap(long, options), await fitCheap(newest, options));
  });

  it('says through when it was trained: the end of the last step', async () => {
    const history = cut(shopLoad(14, 24, 0.1), 300);
    assert.equal((await fitCheap(history)).trainedThroughMs, 300 * history.stepMs);
  });
});
