import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import { merge } from '../../src/observe/merge.ts';

const STEP = 100;
const series = (firstStep: number, values: readonly number[]): TimeSeries => ({
  startMs: firstStep * STEP,
  stepMs: STEP,
  values: Float64Array.from(values),
});
const none = Number.NaN;

/** Value by step. */
function byStep({ startMs, values }: TimeSeries): Map<number, number> {
  const pairs = [...values].map((value, i) => [startMs / STEP + i, value] as const);
  return new Map(pairs.filter(([, value]) => !Number.isNaN(value)));
}

describe('merge', () => {
  it('appends the steps that are new', () => {
    assert.deepEqual(merge(series(10, [1, 2]), series(12, [3]), 1000), series(10, [1, 2, 3]));
  });

  it('fills the steps between both with missing, never with zero', () => {
    assert.deepEqual(merge(series(10, [1]), series(13, [4]), 1000), series(10, [1, none, none, 4]));
  });

  it('lets a late sample fill a hole and correct a value', () => {
    assert.deepEqual(merge(series(10, [1, none, 3]), series(11, [2, 3.5]), 1000), series(10, [1, 2, 3.5]));
  });

  it('does not overwrite a value by a missing one', () => {
    assert.deepEqual(merge(series(10, [1, 2, 3]), series(11, [none, none, 4]), 1000), series(10, [1, 2, 3, 4]));
  });

  it('drops what is older than the window', () => {
    assert.deepEqual(merge(series(10, [1, 2, 3]), series(13, [4]), 1200), series(12, [3, 4]));
  });

  it('drops a known series that lies before the window altogether', () => {
    assert.deepEqual(merge(series(1, [1, 2]), series(13, [4]), 1200), series(13, [4]));
  });

  it('puts older steps in front', () => {
    assert.deepEqual(merge(series(12, [3]), series(10, [1, 2, none]), 1000), series(10, [1, 2, 3]));
  });

  it('returns the known series itself when nothing new came', () => {
    const known = series(10, [1, none, 3]);
    assert.equal(merge(known, series(11, [none, 3]), 1000), known);
  });

  const value = fc.oneof(fc.constant(none), fc.double({ noNaN: true, min: 0, max: 1e6 }));
  const anySeries = fc
    .tuple(fc.integer({ min: 0, max: 30 }), fc.array(value, { minLength: 1, maxLength: 20 }))
    .map(([first, values]) => series(first, values));

  it('never loses a value inside the window (property)', () => {
    fc.assert(
      fc.property(anySeries, anySeries, fc.integer({ min: 0, max: 40 }), (known, fresh, first) => {
        const merged = byStep(merge(known, fresh, first * STEP));
        for (const step of [...byStep(known).keys(), ...byStep(fresh).keys()]) {
          assert.equal(merged.has(step), step >= first, `step ${step}`);
        }
      }),
    );
  });

  it('is idempotent: the same answer again changes nothing (property)', () => {
    fc.assert(
      fc.property(anySeries, anySeries, (known, fresh) => {
        const once = merge(known, fresh, 0);
        assert.equal(merge(once, fresh, 0), once);
      }),
    );
  });

  it('gives the same for every order in which parts of one truth arrive (property)', () => {
    const truth = fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 5, maxLength: 30 });
    const part = fc.tuple(fc.nat(), fc.nat(), fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }));
    fc.assert(
      fc.property(truth, fc.array(part, { minLength: 2, maxLength: 6 }), (values, parts) => {
        const answers = parts.map(([a, length, present]) => {
          const from = a % values.length;
          return series(
            from,
            values.slice(from, from + 1 + (length % values.length)).map((v, i) => (present[i] ? v : none)),
          );
        });
        const all = (list: readonly TimeSeries[]) =>
          list.reduce<TimeSeries | undefined>((known, fresh) => merge(known, fresh, 0), undefined);
        assert.deepEqual(all(answers), all([...answers].reverse()));
      }),
    );
  });

  it('changes neither of its arguments (property)', () => {
    fc.assert(
      fc.property(anySeries, anySeries, (known, fresh) => {
        const copies = structuredClone([known, fresh]);
        merge(known, fresh, 500);
        assert.deepEqual([known, fresh], copies);
      }),
    );
  });
});
