import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  type DampedLevels,
  type SeasonsAhead,
  startDampedLevels,
} from '../../../src/forecast/experts/damped-levels.ts';
import { MINUTE_MS, normal } from '../made-series.ts';

const none: SeasonsAhead = () => 0;

function at(levels: DampedLevels, ahead: number, seasonal = none): number {
  const out = new Float64Array(1);
  levels.predict([ahead], seasonal, out);
  return out[0]!;
}

/** Mean error of what is said and of one exponential smoothing by itself. */
function errorsAhead(series: Float64Array, memory: number, ahead: number): readonly [number, number] {
  const levels = startDampedLevels(MINUTE_MS);
  const alpha = 1 - Math.exp(-1 / memory);
  let [sum, alone, level, n] = [0, 0, series[0]!, 0];
  series.forEach((x, t) => {
    levels.observe(x, none);
    level += alpha * (x - level);
    if (t < 2000 || t + ahead >= series.length) return;
    sum += Math.abs(series[t + ahead]! - at(levels, ahead));
    alone += Math.abs(series[t + ahead]! - level);
    n += 1;
  });
  return [sum / n, alone / n];
}

describe('damped levels', () => {
  const gauss = normal(2);
  const noise = Float64Array.from({ length: 8000 }, gauss);
  let level = 0;
  const walk = Float64Array.from({ length: 8000 }, () => (level += 0.1 * gauss()));

  for (const [name, series, best, worst] of [
    ['noise', noise, 960, 2],
    ['a random walk', walk, 2, 240],
  ] as const) {
    for (const ahead of [15, 60]) {
      it(`are within 2 % of the best memory on ${name} ${ahead} minutes ahead, where another is worse by 5 % at least`, () => {
        const [said, good] = errorsAhead(series, best, ahead);
        const [, bad] = errorsAhead(series, worst, ahead);
        assert.ok(said < 1.02 * good, `${said} against ${good}`);
        assert.ok(bad > 1.05 * good, `${bad} against ${good}`);
      });
    }
  }

  it('use a season of 240 minutes that comes again, and not one that is as large and does not', () => {
    const wave = (t: number) => Math.sin((2 * Math.PI * t) / 240);
    const seasonal =
      (t: number): SeasonsAhead =>
      (ahead, seasons) =>
        seasons > 0 ? wave(t + ahead) : 0;
    for (const [isReal, low, high] of [
      [true, 0.95, 1.05],
      [false, -0.05, 0.05],
    ] as const) {
      const levels = startDampedLevels(MINUTE_MS);
      for (let t = 0; t < 3000; t++) levels.observe((isReal ? wave(t) : 0) + 0.1 * noise[t]!, seasonal(t));
      const rise = (at(levels, 60, seasonal(3000)) - at(levels, 15, seasonal(3000))) / (wave(3060) - wave(3015));
      assert.ok(rise > low && rise < high, `${rise}`);
    }
  });

  it('say the whole of a season from four hours on, even one that did not come again: nothing later was compared', () => {
    const seasonal: SeasonsAhead = (ahead, seasons) => (seasons > 0 && ahead >= 300 ? 1 : 0);
    const levels = startDampedLevels(MINUTE_MS);
    for (let t = 0; t < 3000; t++)
      levels.observe(0.1 * noise[t]!, (ahead, seasons) => (seasons > 0 ? walk[t + ahead]! : 0));
    assert.ok(Math.abs(at(levels, 300, seasonal) - at(levels, 299, seasonal) - 1) < 0.02);
  });

  it('move along a damped trend through a gap, no further than 49 of its steps', () => {
    const levels = startDampedLevels(MINUTE_MS);
    for (let t = 0; t < 3000; t++) levels.observe(t / 100, none);
    const near = at(levels, 1);
    for (let t = 0; t < 100; t++) assert.equal(levels.observe(Number.NaN, none), 0);
    assert.ok(at(levels, 1) > near && at(levels, 1) < near + 49 / 100, `${near} ${at(levels, 1)}`);
  });

  it('take a spike of 10⁶ for one of 4 and are back within a fast memory', () => {
    const levels = startDampedLevels(MINUTE_MS);
    for (let t = 0; t < 200; t++) levels.observe(1, none);
    levels.observe(1e6, none);
    for (let t = 0; t < 20; t++) levels.observe(1, none);
    assert.ok(Math.abs(at(levels, 1) - 1) < 0.3, `${at(levels, 1)}`);
  });

  it('go on to the bit from what they remember', () => {
    const [one, other] = [startDampedLevels(MINUTE_MS), startDampedLevels(MINUTE_MS)];
    for (let t = 0; t < 500; t++) one.observe(noise[t]!, none);
    const restored = startDampedLevels(MINUTE_MS, one.save());
    for (const [i, array] of other.memory.entries()) (array as Float64Array).set(one.memory[i] as Float64Array);
    for (let t = 500; t < 900; t++) {
      const residual = one.observe(noise[t]!, none);
      assert.equal(restored.observe(noise[t]!, none), residual);
      assert.equal(other.observe(noise[t]!, none), residual);
    }
    assert.equal(at(restored, 60), at(one, 60));
    assert.equal(at(other, 60), at(one, 60));
  });
});
