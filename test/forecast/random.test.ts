import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chooseSome, seededRandom, shuffle } from '../../src/forecast/random.ts';

describe('seededRandom', () => {
  it('10,000 draws fill 10 bins within 4 deviations, by numbers and by whole ones', () => {
    const random = seededRandom(42);
    for (const draw of [() => Math.floor(10 * random.uniform()), () => random.below(10)]) {
      const bins = new Array<number>(10).fill(0);
      for (let i = 0; i < 10_000; i++) bins[draw()]! += 1;
      for (const bin of bins) assert.ok(Math.abs(bin - 1_000) < 120, bins.join());
    }
  });

  it('10,000 normal draws have mean 0 and deviation 1 within 4 standard errors, and 95 % within 1.96', () => {
    const { normal } = seededRandom(7);
    const draws = Array.from({ length: 10_000 }, normal);
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    assert.ok(Math.abs(mean) < 0.04 && Math.abs(Math.sqrt(variance) - 1) < 0.03, `${mean}, ${variance}`);
    const inside = draws.filter((x) => Math.abs(x) < 1.96).length;
    assert.ok(Math.abs(inside - 9_500) < 90, `${inside}`);
  });

  it('depends on the seed alone', () => {
    const [one, again, other] = [seededRandom(1), seededRandom(1), seededRandom(2)];
    const first = Array.from({ length: 5 }, one.uniform);
    assert.deepEqual(Array.from({ length: 5 }, again.uniform), first);
    assert.notDeepEqual(Array.from({ length: 5 }, other.uniform), first);
  });
});

describe('chooseSome and shuffle', () => {
  it('choose 3 of 10 ascending, each number about as often as any: 2,000 times within 4 deviations', () => {
    const random = seededRandom(3);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 2_000; i++) {
      const chosen = chooseSome(10, 3, random);
      assert.deepEqual(Array.from(chosen), [...new Set(chosen)].sort());
      for (const index of chosen) bins[index]! += 1;
    }
    for (const bin of bins) assert.ok(Math.abs(bin - 600) < 82, bins.join());
    assert.deepEqual(Array.from(chooseSome(2, 5, random)), [0, 1]);
  });

  it('shuffle keeps every index, and puts each first about as often as any', () => {
    const random = seededRandom(4);
    const bins = new Array<number>(5).fill(0);
    for (let i = 0; i < 2_000; i++) {
      const order = Int32Array.of(0, 1, 2, 3, 4);
      shuffle(order, random);
      assert.deepEqual(Array.from(order).sort(), [0, 1, 2, 3, 4]);
      bins[order[0]!]! += 1;
    }
    for (const bin of bins) assert.ok(Math.abs(bin - 400) < 72, bins.join());
  });
});
