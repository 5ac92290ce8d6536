/** Histories that no model was made for: each has a named outcome, and a forecast that capacity can be planned with. */
import assert from 'node:assert/strict';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import { startForecaster } from '../../src/forecast/start.ts';
import { brokenLstm, enginesWith } from '../forecast/engines.ts';
import { cut, seriesOf, shopLoad, uniform } from '../forecast/made-series.ts';
import { answerTo, quantile, requestOf, saidBy, usable } from './support.ts';

const QUARTER_MS = 900_000;
const DAY = 96;
const HORIZON = 4;

/** Ten days of quarters of an hour. */
const shop = shopLoad(10, DAY, 0.05);

function changed(change: (value: number, step: number) => number, series = shop): TimeSeries {
  return { ...series, values: series.values.map(change) };
}

const medianAt = async (history: TimeSeries, steps = HORIZON) =>
  quantile(usable((await answerTo(history)).forecaster, steps), 0.5);

/** Largest factor between two rows, either way. */
function apart(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, value / b[i]!, b[i]! / value), 1);
}

describe('bad histories', () => {
  it('blocks of NaN, the last 3 h among them: within 30 % of the forecast without them, and not narrower', async () => {
    const isOut = (t: number) => (t >= 300 && t < 420) || (t >= 500 && t < 560) || t >= 10 * DAY - 12;
    const clean = usable((await answerTo(shop)).forecaster, HORIZON);
    const holed = usable((await answerTo(changed((y, t) => (isOut(t) ? Number.NaN : y)))).forecaster, HORIZON);
    assert.ok(apart(quantile(holed, 0.5), quantile(clean, 0.5)) < 1.3, `${quantile(holed, 0.5)}`);
    const width = (f: typeof clean) => quantile(f, 0.9)[0]! / quantile(f, 0.1)[0]!;
    assert.ok(width(holed) >= width(clean), `${width(holed)} against ${width(clean)}`);
  });

  it('nothing but NaN: the fit refuses and says of which series and how many steps', async () => {
    const empty = answerTo(changed(() => Number.NaN));
    await assert.rejects(empty, /shop\/Deployment\/checkout: nothing to learn from, none of 960 steps/);
  });

  it('a constant: forecast within 1 %, at every level', async () => {
    const { fitted, forecaster } = await answerTo(changed(() => 40));
    const forecast = usable(forecaster, HORIZON);
    for (const row of forecast.quantiles)
      assert.ok(
        row.every((value) => Math.abs(value - 40) < 0.4),
        `${row}`,
      );
    assert.match(saidBy(fitted), /constant/);
  });

  it('all zeros: 0, and under 0.01 at level 0.99', async () => {
    const forecast = usable((await answerTo(changed(() => 0))).forecaster, HORIZON);
    assert.ok(quantile(forecast, 0.99).every((value) => value >= 0 && value < 0.01));
  });

  it('3 points: between the lowest and the highest at the median, wider than their range, and says what is missing', async () => {
    const { fitted, forecaster } = await answerTo(seriesOf([10, 12, 11], QUARTER_MS));
    const forecast = usable(forecaster, HORIZON);
    assert.ok(quantile(forecast, 0.5).every((value) => value >= 10 && value <= 12));
    assert.ok(quantile(forecast, 0.99)[0]! > 12);
    assert.match(saidBy(fitted), /too few/);
  });

  it('1 point: that point', async () => {
    const [median] = await medianAt(seriesOf([7], QUARTER_MS), 1);
    assert.ok(Math.abs(median! - 7) < 0.1, `${median}`);
  });

  it('10 million points: learns from the newest 40,320 alone', async () => {
    const values = new Float64Array(10_000_000);
    const next = uniform(3);
    for (let t = 0; t < values.length; t++) values[t] = 100 + 20 * next();
    const long = seriesOf(values, 60_000);
    const cheap = { candidates: ['seasonal-naive'] as const };
    const newest = { ...long, startMs: (values.length - 40_320) * 60_000, values: values.subarray(-40_320) };
    const [a, b] = [await answerTo(newest, cheap), await answerTo(long, cheap)];
    assert.deepEqual(b.fitted, a.fitted);
    // Only the running scale has seen more.
    const [long10, short10] = [usable(b.forecaster, HORIZON), usable(a.forecaster, HORIZON)];
    for (const [i, row] of long10.quantiles.entries()) assert.ok(apart(row, short10.quantiles[i]!) < 1.01);
  });

  for (const [what, isSpike, most] of [
    ['one sample', (t: number) => t === 500, 2],
    ['a quarter of an hour on each of three days', (t: number) => [400, 523, 700].includes(t), 2],
    ['the sample before the last', (t: number) => t === 10 * DAY - 2, 10],
  ] as const) {
    it(`spikes of a million times the load, ${what}: a day of medians stays within ${most} times the clean ones`, async () => {
      const clean = await medianAt(shop, DAY);
      const spiked = await medianAt(
        changed((y, t) => (isSpike(t) ? y * 1e6 : y)),
        DAY,
      );
      assert.ok(apart(spiked, clean) < most, `${apart(spiked, clean)}`);
    });
  }

  it('negative values of a foreign series: possible, forecast within 20 % of its level', async () => {
    const forecast = usable((await answerTo(changed((y) => y - 500))).forecaster, HORIZON);
    assert.ok(quantile(forecast, 0.5).every((value, i) => Math.abs(value + 500 - shop.values[i]!) < 100));
  });

  it('infinities: missing', async () => {
    const holed = changed((y, t) => (t % 50 === 7 ? Number.NaN : y));
    const infinite = changed((y, t) =>
      t % 50 === 7 ? (t % 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY) : y,
    );
    assert.deepEqual(await medianAt(infinite), await medianAt(holed));
  });

  it('two seasons longer than the history, a week and a year: uses the day alone', async () => {
    const short = cut(shop, 4 * DAY);
    const long = { seasonLengths: [DAY, 7 * DAY, 365 * DAY] };
    const day = { seasonLengths: [DAY] };
    const forecasts = [];
    for (const seasons of [long, day])
      forecasts.push(quantile(usable((await answerTo(short, seasons)).forecaster, HORIZON), 0.5));
    assert.ok(apart(forecasts[0]!, forecasts[1]!) < 1.1, `${forecasts[0]} against ${forecasts[1]}`);
  });

  it('no season, a season of one step, of half a step: none', async () => {
    const forecasts = [];
    for (const seasonLengths of [[], [1], [0.5]])
      forecasts.push(usable((await answerTo(shop, { seasonLengths })).forecaster, HORIZON));
    assert.deepEqual(forecasts[1], forecasts[0]);
    assert.deepEqual(forecasts[2], forecasts[0]);
  });

  it('a backend that will not load: the others forecast, and the reason stands with the network', async () => {
    const { fitted, forecaster } = await answerTo(shop, {}, enginesWith(brokenLstm));
    usable(forecaster, HORIZON);
    assert.match(saidBy(fitted), /lstm: .*the backend is gone/);
  });

  it('a history of another step than the model: refused by name, as a fault of the caller', async () => {
    const { fitted } = await answerTo(cut(shop, 3 * DAY));
    const minutes = seriesOf(shop.values, 60_000);
    assert.throws(
      () => startForecaster(fitted.models[fitted.acting]!, minutes),
      /history has a step of 60000 ms, the model was fitted on 900000 ms/,
    );
  });

  it('does not change the history that it was given', async () => {
    const before = shop.values.slice();
    await answerTo(shop);
    assert.deepEqual(shop.values, before);
    assert.equal(requestOf(shop).history, shop);
  });
});
