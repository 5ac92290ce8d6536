import assert from 'node:assert/strict';
import { normalAt, uniformAt } from '../../src/simulate/random.ts';
import { startUpAt } from '../../src/simulate/start-up.ts';

function sample(count: number, draw: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => draw(i)).sort((a, b) => a - b);
}

describe('draws by key', () => {
  it('are uniform: the deciles of 20,000 draws lie within 0.01', () => {
    const draws = sample(20_000, (i) => uniformAt(3, i, 1));
    for (let k = 1; k < 10; k++) assert.ok(Math.abs(draws[k * 2000]! - k / 10) < 0.012, `decile ${k}`);
    assert.ok(draws[0]! > 0 && draws.at(-1)! < 1);
  });

  it('of neighbouring keys are not related: correlation under 0.02', () => {
    const a = Array.from({ length: 20_000 }, (_, i) => uniformAt(1, i));
    const products = a.slice(1).map((x, i) => (x - 0.5) * (a[i]! - 0.5));
    assert.ok(Math.abs(products.reduce((sum, x) => sum + x, 0) / products.length) * 12 < 0.02);
  });

  it('are normal: mean 0, variance 1, 2.5 % beyond 1.96', () => {
    const draws = sample(20_000, (i) => normalAt(5, i));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05);
    assert.ok(Math.abs(draws.filter((x) => x > 1.96).length / draws.length - 0.025) < 0.005);
  });
});

describe('drawn start-up times', () => {
  it('have the median and the 99th percentile asked for', () => {
    const draws = sample(20_000, (i) => startUpAt({ kind: 'drawn', p50Ms: 60_000, p99Ms: 180_000 }, 1, i, 0));
    assert.ok(Math.abs(draws[10_000]! - 60_000) < 1_500);
    assert.ok(Math.abs(draws[19_800]! - 180_000) < 9_000);
  });
});
