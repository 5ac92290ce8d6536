import assert from 'node:assert/strict';
import { demandOver, expectedOver, reactiveDemand } from '../../src/capacity/demand.ts';
import type { Forecast } from '../../src/domain/forecast.ts';

const minute = 60_000;
const forecast: Forecast = {
  startMs: 0,
  stepMs: minute,
  mean: Float64Array.of(10, 20, 30, 40),
  levels: [0.5, 0.9],
  quantiles: [Float64Array.of(10, 20, 30, 40), Float64Array.of(100, 40, 60, 80)],
  model: 'test',
};

describe('demandOver', () => {
  it('takes the largest quantile of all steps that overlap the window, and says when it is', () => {
    const demand = demandOver(forecast, 0.9, minute, 2.5 * minute);
    assert.equal(demand.load, 60);
    assert.equal(demand.atMs, 2 * minute);
  });

  it('counts the step that is running: its first instant is the start of the window', () => {
    const demand = demandOver(forecast, 0.9, 0.5 * minute, 1.5 * minute);
    assert.deepEqual([demand.load, demand.atMs], [100, 0.5 * minute]);
  });

  it('does not count a step that starts when the window ends', () => {
    assert.equal(demandOver(forecast, 0.9, minute, 2 * minute).load, 40);
  });

  it('interpolates a level between two others: 0.7 of 20 and 40 is 30', () => {
    assert.ok(Math.abs(demandOver(forecast, 0.7, minute, 2 * minute).load - 30) < 1e-9);
  });

  it('takes the nearest row outside the levels', () => {
    assert.equal(demandOver(forecast, 0.99, minute, 2 * minute).load, 40);
    assert.equal(demandOver(forecast, 0.1, minute, 2 * minute).load, 20);
  });

  it('takes a negative quantile as no load', () => {
    const below = { ...forecast, quantiles: [forecast.mean, new Float64Array(4).fill(-5)] };
    assert.equal(demandOver(below, 0.9, 0, minute).load, 0);
  });

  it('lets the shape change single steps before the maximum', () => {
    const doubled = (load: number, step: number) => (step === 3 ? 2 * load : load);
    assert.equal(demandOver(forecast, 0.9, 0, 4 * minute, doubled).load, 160);
  });

  it('refuses a window that the forecast does not reach: 5 steps of 4', () => {
    assert.throws(() => demandOver(forecast, 0.9, 0, 5 * minute), /expected at least 5 steps for the window, got 4/);
  });

  it('refuses NaN, naming model and step', () => {
    const broken = { ...forecast, quantiles: [forecast.mean, Float64Array.of(1, Number.NaN, 1, 1)] };
    assert.throws(
      () => demandOver(broken, 0.9, 0, 2 * minute),
      /forecast test, step 1: expected a finite load, got NaN/,
    );
  });
});

describe('expectedOver', () => {
  it('is the largest mean', () => {
    assert.equal(expectedOver(forecast, 0, 3 * minute), 30);
  });
});

describe('reactiveDemand', () => {
  const series = (...values: number[]) => ({ startMs: 0, stepMs: minute, values: Float64Array.from(values) });

  it('is the load of the last complete step', () => {
    const demand = reactiveDemand(series(5, 7));
    assert.deepEqual([demand?.load, demand?.windowStartMs, demand?.windowEndMs], [7, minute, 2 * minute]);
  });

  it('looks back over 9 missing steps', () => {
    assert.equal(reactiveDemand(series(5, ...new Array<number>(9).fill(Number.NaN)))?.load, 5);
  });

  it('is unknown, not zero, after 10 missing steps', () => {
    assert.equal(reactiveDemand(series(5, ...new Array<number>(10).fill(Number.NaN))), undefined);
  });

  it('is unknown for an empty series', () => {
    assert.equal(reactiveDemand(series()), undefined);
  });

  it('keeps a zero that was measured', () => {
    assert.equal(reactiveDemand(series(5, 0))?.load, 0);
  });
});
