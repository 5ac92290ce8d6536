import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startDampedLevels } from '../../../src/forecast/experts/damped-levels.ts';
import { MINUTE_MS, normal } from '../made-series.ts';

const memories = [2 * MINUTE_MS, 40 * MINUTE_MS];

function meanErrorAhead(series: Float64Array, memoriesMs: readonly number[], ahead: number): number {
  const levels = startDampedLevels(memoriesMs, MINUTE_MS);
  let [sum, n] = [0, 0];
  series.forEach((x, t) => {
    levels.observe(x);
    if (t < 500 || t + ahead >= series.length) return;
    sum += Math.abs(series[t + ahead]! - levels.at(ahead));
    n += 1;
  });
  return sum / n;
}

describe('damped levels', () => {
  const gauss = normal(2);
  const noise = Float64Array.from({ length: 5000 }, gauss);
  let level = 0;
  const walk = Float64Array.from({ length: 5000 }, () => (level += gauss()));

  for (const [name, series, best] of [
    ['noise', noise, 1],
    ['a random walk', walk, 0],
  ] as const) {
    it(`is within 2 % of the better of a fast and a slow level on ${name}, and the other is worse by 5 % at least`, () => {
      const both = meanErrorAhead(series, memories, 15);
      const good = meanErrorAhead(series, [memories[best]!], 15);
      const bad = meanErrorAhead(series, [memories[1 - best]!], 15);
      assert.ok(both < 1.02 * good, `${both} against ${good}`);
      assert.ok(bad > 1.05 * good, `${bad} against ${good}`);
    });
  }

  it('moves along its damped trend through a gap, no further than it said', () => {
    const levels = startDampedLevels([MINUTE_MS], MINUTE_MS);
    for (let t = 0; t < 3000; t++) levels.observe(t / 100);
    const [near, far] = [levels.at(1), levels.at(1000)];
    for (let t = 0; t < 100; t++) assert.equal(levels.observe(Number.NaN), 0);
    assert.ok(levels.at(1) > near && levels.at(1) <= far + 1e-9, `${near} ${levels.at(1)} ${far}`);
  });

  it('takes a spike of 10⁶ for one of 4 and is back within a fast memory', () => {
    const levels = startDampedLevels(memories, MINUTE_MS);
    for (let t = 0; t < 200; t++) levels.observe(1);
    levels.observe(1e6);
    for (let t = 0; t < 20; t++) levels.observe(1);
    assert.ok(Math.abs(levels.at(1) - 1) < 0.3, `${levels.at(1)}`);
  });
});
