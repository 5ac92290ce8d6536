import assert from 'node:assert/strict';
import { recentMax } from '../../../src/simulate/policies/recent-max.ts';
import { staticPeak } from '../../../src/simulate/policies/static.ts';
import { minuteMs, rowsOf, run } from '../scenario.ts';

describe('static', () => {
  it('holds the peak of the warm-up from its end on, whatever comes: 4 replicas', async () => {
    const simulation = await run({ rates: [10, 35, 20, 90, 10], warmUpSteps: 3 }, [staticPeak]);
    assert.deepEqual(rowsOf(simulation).desired, [1, 1, 4, 4, 4]);
  });
});

describe('recent-max', () => {
  it('wants the largest need of the last 2 min that ended', async () => {
    const simulation = await run({ rates: [10, 35, 20, 10, 50, 10] }, [recentMax('recent-max:2m', 2 * minuteMs)]);
    assert.deepEqual(rowsOf(simulation).desired, [1, 1, 4, 4, 2, 5]);
  });

  it('holds over a gap longer than its window', async () => {
    const gap = [35, Number.NaN, Number.NaN, Number.NaN];
    const simulation = await run({ rates: gap }, [recentMax('recent-max:1m', minuteMs)]);
    assert.deepEqual(rowsOf(simulation).desired, [4, 4, 4, 4]);
  });
});
