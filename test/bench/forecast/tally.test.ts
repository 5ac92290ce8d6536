import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { newTally } from './tally.ts';

const place = { hour: 3, ramp: 2, day: 1 };

describe('tally', () => {
  it('holds outcomes at the ends of a band inside it, so that 90 zeros of 100 below quantiles of 0 and 5 are held', () => {
    const tally = newTally([0.05, 0.5, 0.95]);
    for (let i = 0; i < 100; i++) tally.add(i < 90 ? 0 : i < 95 ? 5 : 6, [0, 0, 5], place);
    assert.deepEqual(tally.coverage(0.05, 0.95).all, { inside: 95, count: 100 });
    assert.deepEqual(tally.above(0.95), { inside: 5, count: 100 });
  });

  it('counts outcomes below and above a band, by hour, and none that is missing', () => {
    const tally = newTally([0.05, 0.5, 0.95]);
    for (const y of [1, 2, 3, 4, 9, Number.NaN]) tally.add(y, [2, 3, 4], place);
    const { all, hours } = tally.coverage(0.05, 0.95);
    assert.deepEqual(all, { inside: 3, count: 5 });
    assert.deepEqual(hours[3], [{ inside: 3, count: 5 }]);
  });
});
