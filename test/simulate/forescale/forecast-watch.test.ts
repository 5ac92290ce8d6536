import assert from 'node:assert/strict';
import { watchedLevels, watchForecasts } from '../../../src/simulate/forescale/forecast-watch.ts';
import type { Learner } from '../../../src/simulate/forescale/learner.ts';
import type { Timetable } from '../../../src/simulate/timetable.ts';

const stepMs = 60_000;
const timetable: Timetable = {
  startMs: 600_000,
  stepMs,
  decideMs: 30_000,
  rowsPerStep: 2,
  warmUpRows: 20,
  rows: 60,
};

/** Forecasts 100 × the step ahead, plus its level; stands at the step of the row. */
function learnerAt(step: () => number): Learner {
  const forecast = (horizon: number, levels: readonly number[]) => {
    const ahead = Float64Array.from({ length: horizon }, (_, i) => 100 * (i + 1));
    const quantiles = levels.map((level) => ahead.map((value) => value + level));
    return { startMs: timetable.startMs + step() * stepMs, stepMs, mean: ahead, levels, quantiles, model: 'm' };
  };
  return { current: () => ({ model: 'm', observe() {}, forecast }) } as unknown as Learner;
}

function watch(leadSteps: number, most: number) {
  let row = 0;
  const seen = watchForecasts(() => learnerAt(() => Math.floor(row / 2)), timetable, leadSteps, most);
  for (; row < timetable.rows; row++) seen.afterRow(row);
  return seen.seen;
}

describe('watchForecasts', () => {
  it('keeps one forecast a step behind the warm-up, 3 steps ahead: made at step 10 for step 12', () => {
    const { steps, quantiles } = watch(3, 1000);
    assert.deepEqual(steps.slice(0, 3), [12, 13, 14]);
    assert.equal(steps.at(-1), 29, 'none of a step that is not scored');
    assert.deepEqual(
      quantiles.map((list) => list[0]),
      watchedLevels.map((level) => 300 + level),
    );
    assert.ok(quantiles.every((list) => list.length === steps.length));
  });

  it('keeps every fourth when 5 of 20 steps are enough', () => {
    assert.deepEqual(watch(1, 5).steps, [12, 16, 20, 24, 28]);
  });

  it('keeps nothing before there is a model', () => {
    const { seen, afterRow } = watchForecasts(() => undefined, timetable, 1, 5);
    afterRow(40);
    assert.deepEqual(seen.steps, []);
  });
});
