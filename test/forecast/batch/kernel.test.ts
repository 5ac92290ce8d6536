import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createMatrices, type Matrices, type Matrix } from '../../../src/forecast/batch/kernel/matrices.ts';
import { seededRandom } from '../../../src/forecast/random.ts';

function filled(matrices: Matrices, rows: number, columns: number, seed: number): Matrix {
  const matrix = matrices.make(rows, columns);
  const { uniform } = seededRandom(seed);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) matrix.data[i * matrix.stride + j] = uniform() - 0.5;
  }
  return matrix;
}

function product(left: Matrix, leftTurned: boolean, right: Matrix, rightTurned: boolean): number[][] {
  const at = (m: Matrix, turned: boolean, i: number, j: number) =>
    m.data[turned ? j * m.stride + i : i * m.stride + j]!;
  const rows = leftTurned ? left.columns : left.rows;
  const depth = leftTurned ? left.rows : left.columns;
  const columns = rightTurned ? right.rows : right.columns;
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += at(left, leftTurned, i, k) * at(right, rightTurned, k, j);
      return sum;
    }),
  );
}

describe('multiplyAdd', () => {
  const size = fc.integer({ min: 1, max: 40 });

  it('equals the product in double precision to 1e-5, turned or not, for 100 shapes', () => {
    const property = fc.property(size, size, size, fc.boolean(), fc.boolean(), (m, k, n, a, b) => {
      const matrices = createMatrices(100_000);
      const left = filled(matrices, a ? k : m, a ? m : k, 1);
      const right = filled(matrices, b ? n : k, b ? k : n, 2);
      const target = matrices.make(m, n);
      matrices.multiplyAdd(target, { matrix: left, transposed: a }, { matrix: right, transposed: b });
      for (const [i, row] of product(left, a, right, b).entries()) {
        for (const [j, value] of row.entries()) {
          const found = target.data[i * target.stride + j]!;
          assert.ok(Math.abs(found - value) < 1e-5, `${i},${j}: ${found} instead of ${value}`);
        }
      }
    });
    fc.assert(property, { numRuns: 100, seed: 1 });
  });

  it('adds to what is there, and a second time gives twice as much', () => {
    const matrices = createMatrices(100_000);
    const [left, right, target] = [filled(matrices, 5, 6, 1), filled(matrices, 6, 9, 2), matrices.make(5, 9)];
    matrices.multiplyAdd(target, { matrix: left }, { matrix: right });
    const once = target.data.slice();
    matrices.multiplyAdd(target, { matrix: left }, { matrix: right });
    for (const [i, value] of target.data.entries()) assert.ok(Math.abs(value - 2 * once[i]!) < 1e-6);
  });

  it('gives the same bytes with and without WebAssembly, beyond one block of 512 too', () => {
    for (const [m, k, n] of [
      [7, 5, 3],
      [70, 600, 20],
      [530, 33, 9],
    ] as const) {
      const bytes = [false, true].map((plain) => {
        const matrices = createMatrices(4_000_000, plain);
        assert.equal(matrices.vectorised, !plain);
        const target = matrices.make(m, n);
        matrices.multiplyAdd(target, { matrix: filled(matrices, m, k, 3) }, { matrix: filled(matrices, k, n, 4) });
        return Array.from(target.data);
      });
      assert.deepEqual(bytes[0], bytes[1]);
    }
  });

  it('takes the first rows only where it is told so', () => {
    const matrices = createMatrices(100_000);
    const [left, right, target] = [filled(matrices, 12, 3, 1), filled(matrices, 12, 4, 2), matrices.make(3, 4)];
    matrices.multiplyAdd(target, { matrix: left, transposed: true, rows: 2 }, { matrix: right, rows: 2 });
    const expected = left.data[0]! * right.data[0]! + left.data[left.stride]! * right.data[right.stride]!;
    assert.ok(Math.abs(target.data[0]! - expected) < 1e-6);
  });

  it('throws on sizes that do not fit, and when its memory is full', () => {
    const matrices = createMatrices(4_000);
    const [left, right] = [matrices.make(2, 3), matrices.make(2, 3)];
    assert.throws(
      () => matrices.multiplyAdd(matrices.make(2, 3), { matrix: left }, { matrix: right }),
      /product of 2×3 and 2×3 into 2×3/,
    );
    assert.throws(() => matrices.make(100_000, 100), RangeError);
  });
});
