import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { scoresOf } from './m4-scores.ts';

/** Two days that differ by 2 every hour: the unit of MASE and MSIS is 2. */
const past = Float64Array.from({ length: 48 }, (_, t) => (t < 24 ? 10 : 12));

describe('scoresOf', () => {
  it('counts an error of 4 at a load of 10 as sMAPE 33.3 and MASE 2, each over that of Naive2', () => {
    const mean = Float64Array.of(14, 14);
    const { owa } = scoresOf([past], [Float64Array.of(10, 10)], [{ mean, low: mean, high: mean }]);
    assert.ok(Math.abs(owa - ((200 * 4) / 24 / 18.383 + 2 / 2.395) / 2) < 1e-12, `${owa}`);
  });

  it('counts a width of 6, and a miss by 1 as 40 more, in units of 2', () => {
    const interval = { mean: Float64Array.of(10, 10), low: Float64Array.of(7, 7), high: Float64Array.of(13, 13) };
    const hit = scoresOf([past], [Float64Array.of(8, 13)], [interval]);
    assert.deepEqual([hit.msis, hit.coverage], [3, 1]);
    const miss = scoresOf([past], [Float64Array.of(6, 13)], [interval]);
    assert.deepEqual([miss.msis, miss.coverage], [(6 + 6 + 40) / 2 / 2, 0.5]);
  });

  it('averages over the series first: 2 series of loss 3 and 23 score 13', () => {
    const one = { mean: Float64Array.of(10), low: Float64Array.of(7), high: Float64Array.of(13) };
    const truths = [Float64Array.of(10), Float64Array.of(14)];
    assert.equal(scoresOf([past, past], truths, [one, one]).msis, (3 + 23) / 2);
  });
});
