import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { binInputs, MISSING_SLOT } from '../../../src/forecast/learners/bins.ts';

const oneColumn = (values: readonly number[]) => ({
  inputs: Float32Array.from(values),
  width: 1,
  targets: new Float64Array(values.length),
});

describe('binInputs', () => {
  it('puts every value above the edge before its bin and not above the one behind it, whatever the values', () => {
    const value = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const { bins, edges } = binInputs(oneColumn(values));
        const cuts = [Number.NEGATIVE_INFINITY, ...edges[0]!, Number.POSITIVE_INFINITY];
        values.forEach((x, i) => {
          const bin = bins[i]!;
          assert.ok(Math.fround(x) > cuts[bin]! && Math.fround(x) <= cuts[bin + 1]!, `${x} in bin ${bin} of ${cuts}`);
        });
      }),
    );
  });

  it('makes 64 bins of about the same size out of 6,400 different values', () => {
    const { bins, edges } = binInputs(oneColumn(Array.from({ length: 6400 }, (_, i) => Math.sin(i))));
    assert.equal(edges[0]!.length, 63);
    const sizes = new Array<number>(64).fill(0);
    for (const bin of bins) sizes[bin]! += 1;
    assert.ok(Math.min(...sizes) >= 99 && Math.max(...sizes) <= 101, `${sizes}`);
  });

  it('gives each of up to 64 values a bin of its own, cut half-way', () => {
    assert.deepEqual([...binInputs(oneColumn([3, 1, 1, 2, 3])).edges[0]!], [1.5, 2.5]);
    assert.deepEqual([...binInputs(oneColumn([3, 1, 1, 2, 3])).bins], [2, 0, 0, 1, 2]);
  });

  it('keeps apart two neighbours in single precision, between which no number lies', () => {
    const next = 1 + 2 ** -23;
    assert.deepEqual([...binInputs(oneColumn([1, next])).bins], [0, 1]);
  });

  it('has a slot for missing values, and no edge in a column that is constant or all missing', () => {
    const { bins, edges } = binInputs(oneColumn([Number.NaN, 5, Number.NaN]));
    assert.deepEqual([...bins], [MISSING_SLOT, 0, MISSING_SLOT]);
    assert.equal(edges[0]!.length, 0);
    assert.equal(binInputs(oneColumn([Number.NaN, Number.NaN])).edges[0]!.length, 0);
  });

  it('cuts a column of zeros with 1 % of other values where those are', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => (i % 100 === 0 ? i : 0));
    const [edges] = binInputs(oneColumn(values)).edges;
    assert.ok(edges!.length >= 1 && edges![0]! >= 0 && edges![0]! < 100, `${edges}`);
  });
});
