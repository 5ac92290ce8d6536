import assert from 'node:assert/strict';
import { defaultHpa, hpa } from '../../../src/simulate/policies/hpa.ts';
import { rowsOf, run } from '../scenario.ts';

const half = hpa('hpa:0.5', { ...defaultHpa, target: 0.5 });

describe('hpa policy', () => {
  it('sees at most 100 % utilisation: 90 req/s on one replica of 10 double it, twice as many each time they are ready', async () => {
    const rates = [10, 90, 90, 90, 90, 90, 90, 90];
    const simulation = await run({ rates }, [half]);
    // 100 % of 50 % double 1 to 2; while the second starts it counts as idle (50 % of 50 %), then both are full.
    assert.deepEqual(rowsOf(simulation).desired, [1, 2, 2, 2, 4, 4, 4, 8]);
  });

  it('sees all of the demand with metric=demand: 90 req/s want 18, reached by 4 more and then twice as many', async () => {
    const demand = hpa('d', { ...defaultHpa, target: 0.5, metric: 'demand' });
    const simulation = await run({ rates: [10, 90, 90, 90] }, [demand]);
    assert.deepEqual(rowsOf(simulation).desired.slice(0, 4), [1, 2, 6, 12]);
  });

  it('decides the same with metric=demand where a replica serves 10 requests a second and where it serves 10 a day', async () => {
    const demand = hpa('d', { ...defaultHpa, target: 0.5, metric: 'demand' });
    const rates = [10, 93, 88, 41, 7, 7, 22];
    const fast = await run({ rates }, [demand]);
    const slow = await run({ rates: rates.map((rate) => rate / 86_400), perReplica: 10 / 86_400 }, [demand]);
    assert.deepEqual(rowsOf(slow), rowsOf(fast));
  });

  it('keeps replicas for 5 min after the last recommendation of 8', async () => {
    const rates = [40, 40, 10, 10, 10, 10, 10, 10, 10, 10, 10];
    const simulation = await run({ rates, startUp: { kind: 'fixed', ms: 0 } }, [half]);
    assert.deepEqual(rowsOf(simulation).desired, [4, 8, 8, 8, 8, 8, 8, 2, 2, 2, 2]);
  });

  it('holds over a blank row', async () => {
    const simulation = await run({ rates: [40, 20, Number.NaN, Number.NaN, 20] }, [half]);
    assert.deepEqual(rowsOf(simulation).desired, [4, 8, 8, 8, 8]);
  });

  it('acts a minute later on metrics that are a minute old', async () => {
    const late = hpa('late', { ...defaultHpa, target: 0.5, delayMs: 60_000 });
    const simulation = await run({ rates: [10, 90, 90, 90] }, [half, late]);
    assert.deepEqual(rowsOf(simulation, 0).desired, [1, 2, 2, 2]);
    assert.deepEqual(rowsOf(simulation, 1).desired, [1, 1, 2, 2]);
  });
});
