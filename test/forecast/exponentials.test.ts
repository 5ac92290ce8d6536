import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { exponentials } from '../../src/forecast/exponentials.ts';
import { fromZ, loadsFromZ, type Transform } from '../../src/forecast/transform.ts';

/** In units of the last place. */
function worstOf(values: Float64Array): number {
  const expected = values.map(Math.exp);
  exponentials(values);
  return values.reduce((worst, y, i) => Math.max(worst, Math.abs(y / expected[i]! - 1) / Number.EPSILON), 0);
}

describe('exponentials', () => {
  it('lie within two units in the last place of Math.exp over the whole range, a thousand to each step of 1', () => {
    assert.ok(worstOf(Float64Array.from({ length: 1_414_001 }, (_, i) => (i - 707_000) / 1000)) <= 2);
  });

  it('are exact at 0 and rise over neighbouring parts of the tables', () => {
    const part = Math.LN2 / 128;
    const values = Float64Array.from({ length: 40_001 }, (_, i) => ((i - 20_000) / 100) * part);
    exponentials(values);
    assert.equal(values[20_000], 1);
    for (let i = 1; i < values.length; i++) assert.ok(values[i]! > values[i - 1]!, `${i}`);
  });

  it('are those of Math.exp where a number is out of range or none', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 709.7, 710, -708, -745, -800, 1];
    const values = Float64Array.from(odd);
    exponentials(values);
    assert.deepEqual(Array.from(values), odd.map(Math.exp));
  });
});

describe('loads from z', () => {
  it('are within 10⁻¹⁴ of the single ones on both scales, and never negative on that of a load', () => {
    const transforms: readonly Transform[] = [
      { kind: 'log', offset: 3 },
      { kind: 'linear', unit: 7 },
    ];
    fc.assert(
      fc.property(fc.array(fc.double({ min: -20, max: 20, noNaN: true })), (zs) => {
        for (const transform of transforms) {
          const loads = Float64Array.from(zs);
          loadsFromZ(transform, loads);
          for (const [i, z] of zs.entries()) {
            const expected = fromZ(transform, z);
            assert.ok(Math.abs(loads[i]! - expected) <= 1e-14 * (Math.abs(expected) + 3));
            assert.ok(transform.kind === 'linear' || loads[i]! >= 0);
          }
        }
      }),
    );
  });
});
