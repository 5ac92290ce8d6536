import assert from 'node:assert/strict';
import fc from 'fast-check';
import { boundOutliers, startOutlierBound } from '../../../src/forecast/preparation/outliers.ts';
import { MINUTE_MS, shopLoad } from '../made-series.ts';

const ordinary = Array.from({ length: 20 }, (_, i) => 80 + i);
const bounded = (...more: readonly number[]) =>
  [...boundOutliers(Float64Array.from([...ordinary, ...more]), MINUTE_MS)].slice(ordinary.length);
const most = (step: number) => 990 * 2 ** (-step / (14 * 1440));
const isNear = (a: number, b: number) => Object.is(a, b) || Math.abs(a / b - 1) < 1e-9;
function near(actual: readonly number[], expected: readonly number[]): void {
  for (const [i, value] of expected.entries()) assert.ok(isNear(actual[i]!, value), `${actual[i]} against ${value}`);
}

describe('boundOutliers', () => {
  it('leaves an ordinary load as it is, to the last bit', () => {
    const { values } = shopLoad(14, 288, 0.3);
    assert.deepEqual(boundOutliers(values, 5 * MINUTE_MS), values);
  });

  it('learns a spike of a million times the load as 10 times the largest of the last weeks', () => {
    near(bounded(9e7, 85), [most(1), 85]);
  });

  it('believes ten times as much after three in a row: a launch is 3 steps late', () => {
    near(bounded(5000, 5000, 5000, 5000, 5000), [most(1), most(2), most(3), 5000, 5000]);
  });

  it('believes a million times the load only step by step', () => {
    const [first, , , fourth, , , seventh] = bounded(...new Array<number>(7).fill(9e7));
    near([fourth! / first!, seventh! / first!].map(Math.round), [10, 100]);
  });

  it('is not worn down by spikes that come back: the fifth is bounded like the first', () => {
    const spikes = Array.from({ length: 5 }, () => [9e7, 85]).flat();
    near([bounded(...spikes)[8]!], [most(9)]);
  });

  it('forgets what was large: half of it after two weeks', () => {
    const bound = startOutlierBound(MINUTE_MS);
    for (const value of ordinary) bound.bound(value);
    for (let step = 0; step < 14 * 1440 - 1; step++) bound.bound(1);
    near([bound.bound(1e6)], [495]);
  });

  it('bounds negative values of a foreign series alike', () => {
    near(bounded(-9e7), [-most(1)]);
  });

  it('makes what is no number missing', () => {
    near(bounded(Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY, 80), [NaN, NaN, NaN, 80]);
  });

  it('bounds nothing before 10 samples, zeros not counted: a workload may begin with silence', () => {
    const values = [...new Array<number>(500).fill(0), 1, 5000, 300, 2];
    assert.deepEqual([...boundOutliers(Float64Array.from(values), MINUTE_MS)], values);
  });

  it('never makes a magnitude larger, and keeps its sign (property)', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), (values) => {
        const after = boundOutliers(Float64Array.from(values), MINUTE_MS);
        values.forEach((before, i) => {
          assert.ok(Math.abs(after[i]!) <= Math.abs(before));
          assert.ok(after[i]! * before >= 0);
        });
      }),
    );
  });

  it('bounds nothing more the second time (property)', () => {
    const value = fc.oneof(fc.double({ min: 0, max: 100 }), fc.double({ min: 0, max: 1e7, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 12, maxLength: 60 }), (values) => {
        const once = boundOutliers(Float64Array.from(values), MINUTE_MS);
        assert.deepEqual(boundOutliers(once, MINUTE_MS), once);
      }),
    );
  });

  it('goes on from its saved state as if it had never stopped', () => {
    const whole = startOutlierBound(MINUTE_MS);
    let other = startOutlierBound(MINUTE_MS);
    for (const [i, value] of [...ordinary, 9e7, 9e7, 85, 9e7, 9e7, 9e7].entries()) {
      other = startOutlierBound(MINUTE_MS, other.save());
      assert.equal(other.bound(value), whole.bound(value), `step ${i}`);
    }
  });
});
