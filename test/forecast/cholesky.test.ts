import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { factorise, substitute } from '../../src/forecast/cholesky.ts';
import { ridge } from '../../src/forecast/ridge.ts';

describe('factorise', () => {
  it('solves [[4, 2], [2, 3]]·x = [8, 7] as [1.25, 1.5], for one column of several too', () => {
    const matrix = Float64Array.of(4, 0, 2, 3);
    assert.ok(factorise(matrix, 2));
    const sides = Float64Array.of(8, 0, 7, 0);
    substitute(matrix, 2, sides, 0, 2);
    assert.deepEqual(
      Array.from(sides, (x) => Number(x.toFixed(12))),
      [1.25, 0, 1.5, 0],
    );
  });

  it('says so when a matrix is not positive definite, or not finite', () => {
    assert.equal(factorise(Float64Array.of(1, 0, 2, 1), 2), false);
    assert.equal(factorise(Float64Array.of(Number.NaN), 1), false);
    assert.equal(factorise(Float64Array.of(Number.POSITIVE_INFINITY), 1), false);
  });

  it('lifts a pivot to the least that it is given: a singular matrix has a factor then, one that is not a number has none', () => {
    const singular = Float64Array.of(1, 0, 1, 1);
    assert.ok(factorise(singular, 2, 1e-12));
    assert.deepEqual(Array.from(singular), [1, 0, 1, 1e-6]);
    assert.equal(factorise(Float64Array.of(Number.NaN), 1, 1e-12), false);
  });
});

describe('ridge', () => {
  it('solves 2 columns without a penalty, leaves out a row without a target, and repeats a column only once', () => {
    const rows = [
      [1, 0],
      [1, 1],
      [1, 2],
      [1, 3],
    ];
    const write = (t: number, row: Float64Array) => row.set(rows[t]!);
    const beta = ridge(2, write, Float64Array.of(5, 7, Number.NaN, 11), new Float64Array(2));
    assert.ok(Math.abs(beta[0]! - 5) < 1e-6 && Math.abs(beta[1]! - 2) < 1e-6, `${beta}`);
    const twice = ridge(2, (t, row) => row.fill(rows[t]![1]!), Float64Array.of(0, 3, 6, 9), new Float64Array(2));
    assert.ok(Math.abs(twice[0]! + twice[1]! - 3) < 1e-3, `${twice}`);
  });

  it('is zero without a target, and NaN where the sums are not finite', () => {
    const write = (_: number, row: Float64Array) => row.fill(1e200);
    assert.deepEqual(Array.from(ridge(2, write, Float64Array.of(Number.NaN), new Float64Array(2))), [0, 0]);
    assert.ok(ridge(2, write, Float64Array.of(1, 2), new Float64Array(2)).every(Number.isNaN));
  });
});
