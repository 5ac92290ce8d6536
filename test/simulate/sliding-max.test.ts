import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSlidingMax } from '../../src/simulate/sliding-max.ts';

describe('createSlidingMax', () => {
  it('has nothing to say about an empty window', () => {
    const window = createSlidingMax();
    assert.equal(window.since(0), undefined);
    window.push(3, 7);
    assert.equal(window.since(4), undefined);
  });

  it('agrees with the plain maximum of every window', () => {
    const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 30 }), (list, width) => {
        const window = createSlidingMax();
        list.forEach((value, i) => {
          window.push(i, value);
          assert.equal(window.since(i - width + 1), Math.max(...list.slice(Math.max(0, i - width + 1), i + 1)));
        });
      }),
    );
  });

  it('lets go of what is behind it: a million falling values, a thousand of them in the window', () => {
    const window = createSlidingMax();
    for (let i = 0; i < 1_000_000; i++) {
      window.push(i, -i);
      assert.equal(window.since(i - 999), -Math.max(0, i - 999));
    }
  });
});
