import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createSenses } from '../../../src/simulate/peers/q-senses.ts';
import { createQTable } from '../../../src/simulate/peers/q-table.ts';
import { actions, dayShape, KEEP, stateCount, stateOf } from '../../../src/simulate/peers/q-world.ts';
import { generateWeeks, workloadOf } from './support.ts';

const golden = JSON.parse(readFileSync(new URL('golden/q-learning.json', import.meta.url), 'utf8'));
const hourMs = 3_600_000;

describe('Q-table', () => {
  it('holds what the reference learned from 40 moves, to 1e-12', () => {
    const table = createQTable(3, 2, 0.95);
    for (const [state, action, reward, next] of golden.moves) table.learn(state, action, reward, next);
    for (let state = 0; state < 3; state++)
      for (let action = 0; action < 2; action++)
        assert.ok(Math.abs(table.value(state, action) - golden.values[state][action]) < 1e-12);
  });

  it('learns by hand: −4, then −4 + (−2 + 0.95·(−4) + 4)/2^0.7', () => {
    const table = createQTable(1, 2, 0.95);
    table.learn(0, 1, -4, 0);
    assert.equal(table.value(0, 1), -4);
    table.learn(0, 1, -2, 0);
    assert.ok(Math.abs(table.value(0, 1) - (-4 + (-2 - 3.8 + 4) / 2 ** 0.7)) < 1e-12);
  });

  it('prefers what was tried and cost 9 to what was never tried', () => {
    const table = createQTable(2, 3, 0.95);
    assert.equal(table.best(0), undefined);
    table.learn(0, 2, -9, 1);
    assert.equal(table.best(0), 2);
  });
});

describe('state of the learning policy', () => {
  it('tells apart 6 loads, 5 slopes, 8 blocks of hours and launching: 480 states, all of them used', () => {
    const states = new Set<number>();
    for (const load of [0.2, 0.5, 0.7, 0.8, 0.95, 1.5])
      for (const slope of [0.5, 0.95, 1, 1.05, 2])
        for (let hour = 0; hour < 24; hour += 3)
          for (const launching of [false, true]) states.add(stateOf({ load, slope, nowMs: hour * hourMs, launching }));
    assert.equal(states.size, 480);
    assert.equal(stateCount, 480);
    assert.ok([...states].every((state) => state >= 0 && state < stateCount));
  });

  it('has an action that changes nothing', () => {
    assert.equal(actions[KEEP], 0);
  });

  it('sees the load double ahead where the mean day does, and no change where the day was never seen', () => {
    const shape = dayShape(Float64Array.of(10, 10, 20, 20), 0, hourMs / 4);
    assert.equal(shape(hourMs / 4, hourMs / 4), 2);
    assert.equal(shape(0, hourMs / 4), 1);
    assert.equal(shape(0, 5 * hourMs), 1);
  });

  it('wants no fewer than the last step needed and no more than the largest need so far: 3 and 5', () => {
    const senses = createSenses(workloadOf(generateWeeks(1)), 2, () => 1);
    for (const rate of [50, 30, Number.NaN]) senses.see(rate);
    assert.equal(senses.clip(1), 3);
    assert.equal(senses.clip(9), 5);
    assert.equal(senses.clip(4), 4);
  });
});
