/** Saved parameters in one buffer and back. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { formOf, pack, packedBytes, unpack } from '../../../src/forecast/aggregate/packed.ts';
import type { Parameters } from '../../../src/forecast/parameters.ts';

const single = fc.float({ noDefaultInfinity: false });
const value = fc.oneof(
  fc.double(),
  fc.string(),
  fc.array(fc.integer()),
  fc.array(fc.double()).map((list) => Float64Array.from(list)),
  fc.array(single).map((list) => Float32Array.from(list)),
);
const parameters: fc.Arbitrary<Parameters> = fc.dictionary(fc.stringMatching(/^[a-z.0-9]{1,9}$/), value, {
  noNullPrototype: true,
});

function throughBuffer(saved: Parameters): Parameters {
  const form = formOf(saved);
  const buffer = new ArrayBuffer(packedBytes(form) + 5);
  pack(form, saved, buffer);
  return unpack(form, buffer);
}

describe('packed parameters', () => {
  it('come out as they went in, to the bit and in kind: numbers, text, lists, arrays of both precisions', () => {
    fc.assert(
      fc.property(parameters, (saved) => {
        assert.deepEqual(throughBuffer(saved), saved);
        assert.deepEqual(Object.keys(throughBuffer(saved)), Object.keys(saved));
      }),
    );
  });

  it('need 8 bytes for a number, 8 and 4 for those in arrays, and none for text and plain lists', () => {
    const saved = { a: 1, text: 'long enough', list: [1, 2, 3], d: new Float64Array(3), s: new Float32Array(5) };
    assert.equal(packedBytes(formOf(saved)), 8 + 3 * 8 + 5 * 4);
  });

  it('of another form are refused, with the name of what differs', () => {
    const form = formOf({ a: 1, levels: new Float64Array(2), kind: 'x' });
    const buffer = new ArrayBuffer(packedBytes(form));
    const others: readonly (readonly [Parameters, string])[] = [
      [{ a: 1, levels: new Float64Array(3), kind: 'x' }, 'levels'],
      [{ a: 1, levels: new Float32Array(2), kind: 'x' }, 'levels'],
      [{ levels: new Float64Array(2), kind: 'x' }, 'a'],
      [{ a: 1, levels: new Float64Array(2), kind: 'y' }, 'kind'],
    ];
    for (const [other, name] of others) {
      assert.throws(() => pack(form, other, buffer), new RegExp(`state ${name} is of another form`));
    }
    pack(form, { a: 2, levels: new Float64Array(2), kind: 'x' }, buffer);
  });
});
