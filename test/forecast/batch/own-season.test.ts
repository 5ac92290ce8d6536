import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { lastSeason } from '../../../src/forecast/batch/experts/seasonal.ts';
import { ownSeason } from '../../../src/forecast/batch/own-season.ts';
import { normal, uniform } from '../made-series.ts';

/** Days of 24 hours, and from `turn` on days of `length` that skip the last hours. */
function days(count: number, turn: number, length: number, noise = 0): Float64Array {
  const draw = normal(3);
  const values: number[] = [];
  for (let day = 0; day < count; day++) {
    for (let hour = 0; hour < (day < turn ? 24 : length); hour++) {
      values.push(100 - 40 * Math.cos((2 * Math.PI * hour) / 24) + day + noise * draw());
    }
  }
  return Float64Array.from(values);
}

describe('ownSeason', () => {
  it('finds days of 23 hours two days after they began, and of 20 hours three days after', () => {
    assert.equal(ownSeason(days(20, 17, 23), 24), 23);
    assert.equal(ownSeason(days(20, 16, 20), 24), 20);
  });

  it('stays with 24 hours after one short day: the clock was changed, the day was not', () => {
    const values = days(20, 20, 24);
    const changed = Float64Array.from([...values.subarray(0, 300), ...values.subarray(301)]);
    for (let end = 310; end <= changed.length; end++)
      assert.equal(ownSeason(changed.subarray(0, end), 24), 24, `${end}`);
  });

  it('stays with the season where nothing repeats, where all is equal and where the history is short', () => {
    const draw = normal(5);
    for (let i = 0; i < 200; i++) assert.equal(ownSeason(Float64Array.from({ length: 100 }, draw), 24), 24);
    assert.equal(ownSeason(new Float64Array(200).fill(3), 24), 24);
    assert.equal(ownSeason(days(4, 0, 23).subarray(0, 77), 24), 24);
  });

  it('is not led astray by one spike or one leap of the level, wherever among the newest 120 hours of noise it lies', () => {
    const draw = normal(9);
    const noise = Float64Array.from({ length: 300 }, () => 100 + draw());
    for (let back = 1; back <= 120; back++) {
      const at = noise.length - back;
      const spike = noise.map((y, t) => (t === at ? 50 * y : y));
      const leap = noise.map((y, t) => (t < at ? 10 * y : y));
      assert.deepEqual([ownSeason(spike, 24), ownSeason(leap, 24)], [24, 24], `${back} hours ago`);
    }
  });

  it('takes spikes that come by chance, one in 60 hours of zeros, for a season of their own in less than 2 % of series', () => {
    const draw = uniform(4);
    const found = Array.from({ length: 1000 }, () => {
      const values = Float64Array.from({ length: 200 }, () => (draw() < 1 / 60 ? 50 + 50 * draw() : 0));
      return ownSeason(values, 24) === 24 ? 0 : 1;
    });
    const share = found.reduce<number>((total, one) => total + one, 0) / found.length;
    assert.ok(share < 0.02, `${share}`);
  });

  it('is not led astray by noise of 1 % of the mean', () => {
    assert.equal(ownSeason(days(20, 10, 23, 1), 24), 23);
    assert.equal(ownSeason(days(20, 20, 24, 1), 24), 24);
  });

  it('is between two thirds and five fourths of the season, for any values', () => {
    const values = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 12 }), (some, season) => {
        const own = ownSeason(Float64Array.from(some), season);
        assert.ok(own === season || (own >= (2 / 3) * season && own <= (5 / 4) * season));
      }),
    );
  });
});

describe('the last season', () => {
  it('is repeated at the 23 hours that the series has now, exactly but for the trend', () => {
    const values = days(24, 18, 23);
    const known = values.subarray(0, values.length - 46);
    const fitted = lastSeason.fit({ values: known }, { horizon: 46, seasons: [24, 168] });
    if (fitted.kind === 'asleep') assert.fail(fitted.reason);
    const out = new Float64Array(46);
    fitted.forecast(known, out);
    for (const [h, value] of out.entries())
      assert.ok(Math.abs(values[known.length + h]! - value - (h < 23 ? 1 : 2)) < 1e-9);
  });
});
