import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RawSeries } from '../../src/domain/ports.ts';
import { align, largest } from '../../src/observe/align.ts';

const range = { startMs: 600, endMs: 1000, stepMs: 100 };
const raw = (pairs: readonly (readonly [number, number])[]): RawSeries => ({
  labels: {},
  timesMs: pairs.map(([time]) => time),
  values: pairs.map(([, value]) => value),
});
const at = (pairs: readonly (readonly [number, number])[], scale = 1) => align(raw(pairs), scale, range);
const values = (pairs: readonly (readonly [number, number])[], scale = 1) => [...at(pairs, scale).values];

describe('align', () => {
  it('puts the sample at t into the step that ends at t', () => {
    assert.deepEqual(
      values([
        [700, 1],
        [800, 2],
        [900, 3],
        [1000, 4],
      ]),
      [1, 2, 3, 4],
    );
  });

  it('puts a sample between two grid times into the step it lies in', () => {
    assert.deepEqual(
      values([
        [601, 1],
        [799.999, 2],
        [950, 4],
      ]),
      [1, 2, Number.NaN, 4],
    );
  });

  it('leaves out what is at or before the start and after the end', () => {
    assert.deepEqual(
      values([
        [600, 9],
        [1001, 9],
        [1100, 9],
      ]),
      [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    );
    assert.equal(
      at([
        [600, 9],
        [1001, 9],
      ]).samples,
      0,
    );
  });

  it('keeps the last of two samples of one step and counts 1 duplicate', () => {
    const { values, repairs } = at([
      [700, 1],
      [700, 2],
      [800, 3],
    ]);
    assert.deepEqual([...values.subarray(0, 2)], [2, 3]);
    assert.deepEqual(repairs, { resets: 0, duplicates: 1, infinities: 0 });
  });

  it('keeps the usable one of two samples of one step', () => {
    assert.equal(
      values([
        [700, 1],
        [700, Number.NaN],
      ])[0],
      1,
    );
  });

  it('makes a negative rate missing and counts a reset, not a zero', () => {
    const { values, repairs } = at([
      [700, -3],
      [800, 5],
    ]);
    assert.deepEqual([...values.subarray(0, 2)], [Number.NaN, 5]);
    assert.equal(repairs.resets, 1);
  });

  it('makes both infinities missing and counts 2', () => {
    const { values, repairs } = at([
      [700, Number.POSITIVE_INFINITY],
      [800, Number.NEGATIVE_INFINITY],
      [900, 1],
    ]);
    assert.deepEqual([...values], [Number.NaN, Number.NaN, 1, Number.NaN]);
    assert.deepEqual(repairs, { resets: 0, duplicates: 0, infinities: 2 });
  });

  it('counts a value that overflows in scaling as an infinity', () => {
    assert.equal(at([[700, 1e308]], 1000).repairs.infinities, 1);
  });

  it('scales 0.25 cores to 250 millicores', () => {
    assert.equal(values([[700, 0.25]], 1000)[0], 250);
  });

  it('names the newest sample when it is not a number, in whatever order it came', () => {
    assert.deepEqual(
      at([
        [900, Number.NaN],
        [800, 1],
      ]).newestBad,
      { atMs: 900, found: 'NaN' },
    );
    assert.equal(
      at([
        [900, 1],
        [800, Number.NaN],
      ]).newestBad,
      undefined,
    );
  });

  it('gives the same for every order of arrival (property)', () => {
    const sample = fc.tuple(fc.integer({ min: 550, max: 1050 }), fc.double());
    const distinct = fc.uniqueArray(sample, { selector: ([time]) => time, maxLength: 30 });
    const shuffled = distinct.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(fc.property(shuffled, ([list, other]) => assert.deepEqual(at(list), at(other))));
  });

  it('lets in only finite numbers that are not negative (property)', () => {
    const sample = fc.tuple(fc.integer({ min: 550, max: 1050 }), fc.double());
    fc.assert(
      fc.property(fc.array(sample), (list) => {
        for (const value of at(list).values) assert.ok(Number.isNaN(value) || (Number.isFinite(value) && value >= 0));
      }),
    );
  });

  it('does not change its input (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 550, max: 1050 }), fc.double())), (list) => {
        const given = raw(list);
        const copy = structuredClone(given);
        align(given, 2, range);
        assert.deepEqual(given, copy);
      }),
    );
  });
});

describe('largest', () => {
  it('takes the larger value of each step, and the one that is there', () => {
    const both = largest([
      at([
        [700, 1],
        [800, 5],
      ]),
      at([
        [700, 3],
        [900, 2],
      ]),
    ]);
    assert.deepEqual([...both.values], [3, 5, 2, Number.NaN]);
    assert.equal(both.samples, 4);
  });

  it('is bad at the end only when all are', () => {
    const good = at([[900, 1]]);
    const bad = at([[900, Number.NaN]]);
    assert.equal(largest([bad, good]).newestBad, undefined);
    assert.equal(largest([good, bad]).newestBad, undefined);
    assert.equal(largest([bad, bad]).newestBad?.found, 'NaN');
  });

  it('adds up the repairs of 2 series', () => {
    const one = at([
      [700, -1],
      [800, Number.POSITIVE_INFINITY],
      [900, 1],
      [900, 2],
    ]);
    assert.deepEqual(largest([one, one]).repairs, { resets: 2, duplicates: 2, infinities: 2 });
  });
});
