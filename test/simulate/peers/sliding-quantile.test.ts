import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSlidingQuantile, quantileOf } from '../../../src/simulate/peers/sliding-quantile.ts';

describe('sliding quantile', () => {
  it('is the 3rd smallest of 4 at 0.75, and the smallest at 0', () => {
    const window = createSlidingQuantile(4);
    for (const value of [9, 7, 1, 3, 5]) window.push(value);
    assert.equal(window.at(0.75), 5);
    assert.equal(window.at(0), 1);
    assert.equal(window.at(1), 7);
  });

  it('has no quantile without entries, and none again when only blanks are left', () => {
    const window = createSlidingQuantile(2);
    assert.equal(window.at(0.5), undefined);
    window.push(4);
    assert.equal(window.at(0.5), 4);
    window.push(Number.NaN);
    window.push(Number.NaN);
    assert.equal(window.at(0.5), undefined);
  });

  it('agrees with sorting the last entries, whatever they are', () => {
    const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(Number.NaN)), { maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), fc.double({ min: 0, max: 1, noNaN: true }), (all, n, q) => {
        const window = createSlidingQuantile(n);
        for (const [i, value] of all.entries()) {
          window.push(value);
          const kept = all.slice(Math.max(0, i + 1 - n), i + 1).filter((x) => !Number.isNaN(x));
          const sorted = Float64Array.from(kept).sort();
          assert.equal(window.at(q), sorted.length === 0 ? undefined : quantileOf(sorted, q));
        }
      }),
    );
  });
});
