import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { smooth } from '../../../src/simulate/peers/triple-smoothing.ts';

const golden = JSON.parse(readFileSync(new URL('golden/triple-smoothing.json', import.meta.url), 'utf8'));

describe('triple smoothing', () => {
  it('agrees with the reference on 28 values of season 6 to 1e-9', () => {
    const { next, squaredError } = smooth(golden.values, golden.season, golden.constants);
    assert.ok(Math.abs(next - golden.next) < 1e-9, `${next}`);
    assert.ok(Math.abs(squaredError - golden.squaredError) < 1e-9, `${squaredError}`);
  });

  it('predicts a pattern that repeats exactly: after 1, 5, 2, 1, 5, 2, 1 comes 5', () => {
    const { next, squaredError } = smooth([1, 5, 2, 1, 5, 2, 1], 3, { alpha: 0.5, beta: 0.1, gamma: 0.5 });
    assert.ok(Math.abs(next - 5) < 1e-12);
    assert.ok(squaredError < 1e-20);
  });

  it('carries a trend of 1 a step on: after 1 … 200 comes 201', () => {
    const rising = Array.from({ length: 200 }, (_, t) => t + 1);
    const { next } = smooth(rising, 2, { alpha: 0.5, beta: 0.3, gamma: 0.1 });
    assert.ok(Math.abs(next - 201) < 0.1, `${next}`);
  });
});
