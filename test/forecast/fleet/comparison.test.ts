import assert from 'node:assert/strict';
import type { OnlineForecaster } from '../../../src/domain/forecast.ts';
import { type Comparison, startComparison } from '../../../src/forecast/fleet/comparison.ts';
import { MINUTE_MS } from '../made-series.ts';

const STEP_MS = 5 * MINUTE_MS;
const HOUR = 12;

/** Says `at(step)` for every step ahead, at all levels; counts how often it is asked. */
function saying(at: () => number): OnlineForecaster & { asked: number } {
  const one = {
    model: 'fake',
    asked: 0,
    observe() {},
    forecast(horizonSteps: number, levels: readonly number[]) {
      one.asked += 1;
      const row = new Float64Array(horizonSteps).fill(at());
      return { startMs: 0, stepMs: STEP_MS, mean: row, levels, quantiles: levels.map(() => row), model: 'fake' };
    },
  };
  return one;
}

/** Goes through steps in which the load is 100; each forecaster is off by what it is told. */
function course(own: (step: number) => number, borrowed: (step: number) => number, saved?: Float64Array) {
  let step = 0;
  const [alone, second] = [saying(() => 100 + own(step)), saying(() => 100 + borrowed(step))];
  const comparison = startComparison(alone, second, STEP_MS, saved);
  const until = (end: number, load = 100, each: (comparison: Comparison) => void = () => {}) => {
    for (; step < end; ) {
      comparison.judge(step, load);
      step += 1;
      comparison.ask(step);
      each(comparison);
    }
  };
  return { comparison, until, alone };
}

describe('the comparison of own and borrowed history', () => {
  it('believes nothing for four outcomes an hour ahead, and then one whose loss is 11 % lower', () => {
    const { comparison, until } = course(
      () => 10,
      () => 8.9,
    );
    until(23);
    assert.ok(Number.isNaN(comparison.lossRatio()) && !comparison.isBorrowed());
    until(24);
    assert.ok(Math.abs(comparison.lossRatio() - 0.89) < 1e-9);
    assert.ok(comparison.isBorrowed());
  });

  it('does not believe one whose loss is 8 % lower', () => {
    const { comparison, until } = course(
      () => 10,
      () => 9.2,
    );
    until(24 * HOUR);
    assert.equal(comparison.isBorrowed(), false);
  });

  it('keeps one that it listens to while its loss is not above the own: at 8 % lower it stays, at 2 % above it goes', () => {
    const { comparison, until } = course(
      () => 10,
      (step) => (step < 6 * HOUR ? 8 : step < 30 * HOUR ? 9.2 : 10.2),
    );
    const changes: number[] = [];
    let was = false;
    until(120 * HOUR, 100, () => {
      if (comparison.isBorrowed() !== was) changes.push(1);
      was = comparison.isBorrowed();
    });
    assert.deepEqual([changes.length, was], [2, false]);
  });

  it('lets go within 5 hours of one that was good for a day and is now three times as bad', () => {
    const { comparison, until } = course(
      () => 10,
      (step) => (step < 24 * HOUR ? 5 : 30),
    );
    until(24 * HOUR);
    assert.ok(comparison.isBorrowed());
    until(29 * HOUR);
    assert.ok(!comparison.isBorrowed());
  });

  it('asks both every quarter of an hour, and at steps of an hour in each', () => {
    const { until, alone } = course(
      () => 1,
      () => 1,
    );
    until(24 * HOUR);
    assert.equal(alone.asked, 24 * 4);
    const [own, borrowed] = [saying(() => 90), saying(() => 99)];
    const hourly = startComparison(own, borrowed, 60 * MINUTE_MS);
    for (let step = 0; step < 8; step++) {
      hourly.judge(step, 100);
      hourly.ask(step + 1);
    }
    assert.equal(own.asked, 8);
    assert.ok(hourly.isBorrowed());
  });

  it('learns nothing from missing samples', () => {
    const { comparison, until } = course(
      () => 10,
      () => 1,
    );
    until(48 * HOUR, Number.NaN);
    assert.deepEqual([comparison.isBorrowed(), comparison.lossRatio()], [false, Number.NaN]);
  });

  it('finds two that are exact alike, and does not believe one that is wrong beside an exact one', () => {
    const exact = course(
      () => 0,
      () => 0,
    );
    exact.until(6 * HOUR);
    assert.deepEqual([exact.comparison.lossRatio(), exact.comparison.isBorrowed()], [1, false]);
    const wrong = course(
      () => 0,
      () => 1,
    );
    wrong.until(6 * HOUR);
    assert.deepEqual([wrong.comparison.lossRatio(), wrong.comparison.isBorrowed()], [Number.POSITIVE_INFINITY, false]);
  });

  it('does not go on with one that is wrong an hour ahead where the own is exact, for being exact in a quarter', () => {
    const record = [1, 0.1, 0, 4, 0, 0.1, 4];
    const { comparison } = course(
      () => 0,
      () => 0,
      Float64Array.from(record),
    );
    assert.equal(comparison.isBorrowed(), true);
    comparison.ask(3);
    comparison.judge(3 + 2, 100);
    assert.deepEqual([comparison.lossRatio(), comparison.isBorrowed()], [Number.NaN, false]);
  });

  it('goes on from what it saved, but for what waited for its outcome', () => {
    const before = course(
      () => 10,
      () => 7,
    );
    before.until(6 * HOUR);
    const saved = before.comparison.save();
    const after = course(
      () => 10,
      () => 7,
      saved,
    );
    assert.ok(after.comparison.isBorrowed());
    assert.equal(after.comparison.lossRatio(), before.comparison.lossRatio());
    assert.deepEqual(after.comparison.save(), saved);
  });
});
