import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createNeedTable } from '../../src/capacity/need-table.ts';
import { plannedPerReplica, replicasFor } from '../../src/capacity/replicas-for.ts';
import type { Objective } from '../../src/domain/workload.ts';
import { configured, waitP95 } from './capacity-models.ts';

const share = (value: number): Objective => ({ kind: 'utilisation', share: value });

describe('replicasFor', () => {
  it('ignores float noise: (0.1 + 0.2) / 0.1 needs 3 replicas, not 4', () => {
    assert.equal(replicasFor(configured(0.1, share(1)), 0.1 + 0.2), 3);
  });

  it('does not ignore a load that is really larger: 3.0001 replicas are 4', () => {
    assert.equal(replicasFor(configured(0.1, share(1)), 0.30001), 4);
  });

  it('divides by the share of utilisation: 100 rps at 10 each and 0.7 need 15', () => {
    assert.equal(replicasFor(configured(10, share(0.7)), 100), 15);
  });

  it('keeps one replica without load', () => {
    for (const objective of [waitP95, share(0.7)]) assert.equal(replicasFor(configured(25, objective), 0), 1);
  });

  it('uses M/M/c for a wait: 200 rps at 25 each need 10, not 8', () => {
    assert.equal(replicasFor(configured(25), 200), 10);
  });

  it('uses the learned load of one replica where latency was seen against load', () => {
    const latency: Objective = { kind: 'latency', quantile: 0.95, seconds: 0.3 };
    const learned = { ...configured(20, latency), source: 'latency-against-load', samples: 5000 } as const;
    assert.equal(replicasFor(learned, 100), 5);
  });

  it('refuses NaN, infinite and negative load', () => {
    for (const load of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
      assert.throws(() => replicasFor(configured(25), load), /load: expected a finite number ≥ 0/);
    }
  });

  it('refuses a model without capacity', () => {
    assert.throws(() => replicasFor(configured(0), 10), /capacity of one replica: expected a number > 0, got 0/);
  });

  it('refuses CPU load with an objective in seconds', () => {
    assert.throws(() => replicasFor({ ...configured(500), driver: 'cpu' }, 10), /expected requests, got CPU load/);
  });

  it('answers an absurd load, 1e300, as that of 100,000 busy replicas, so that it costs no more', () => {
    const most = replicasFor(configured(25), 2_500_000);
    assert.ok(most > 100_000);
    assert.equal(replicasFor(configured(25), 1e300), most);
  });

  it('never falls when the load rises', () => {
    const load = fc.double({ min: 0, max: 5000, noNaN: true });
    const models = [
      configured(25),
      configured(7, share(0.6)),
      configured(10, { kind: 'latency', quantile: 0.99, seconds: 0.6 }),
    ];
    fc.assert(
      fc.property(load, load, fc.constantFrom(...models), (a, b, model) => {
        assert.ok(replicasFor(model, Math.min(a, b)) <= replicasFor(model, Math.max(a, b)));
      }),
      { seed: 2 },
    );
  });
});

describe('plannedPerReplica', () => {
  const learned = { ...configured(20), source: 'cpu-per-request', interval: [15, 26] } as const;

  it('is the lower end of the interval below 500 request-minutes', () => {
    assert.equal(plannedPerReplica({ ...learned, samples: 499 }), 15);
  });

  it('is the estimate from 500 request-minutes on', () => {
    assert.equal(plannedPerReplica({ ...learned, samples: 500 }), 20);
  });

  it('is the configured figure at once', () => {
    assert.equal(plannedPerReplica({ ...learned, source: 'configured', samples: 0 }), 20);
  });
});

describe('createNeedTable', () => {
  it('agrees with replicasFor at 2,000 random loads of both kinds', () => {
    for (const model of [configured(25), configured(13, share(0.7))]) {
      const need = createNeedTable(model);
      fc.assert(
        fc.property(fc.double({ min: 0, max: 3000, noNaN: true }), (load) => {
          assert.equal(need(load), replicasFor(model, load));
        }),
        { numRuns: 1000, seed: 3 },
      );
    }
  });

  it('agrees on both sides of a limit, to the last bit', () => {
    const model = configured(25);
    const need = createNeedTable(model);
    let [low, high] = [0, 1000];
    while (low < (low + high) / 2 && (low + high) / 2 < high) {
      const middle = (low + high) / 2;
      if (replicasFor(model, middle) <= 20) low = middle;
      else high = middle;
    }
    assert.deepEqual([need(low), need(high)], [20, 21]);
  });

  it('works nothing out any more once it reaches the load: 572 loads asked for, and the model not read once', () => {
    let reads = 0;
    const watched = new Proxy(configured(25), {
      get(model, name) {
        reads += 1;
        return Reflect.get(model, name);
      },
    });
    const need = createNeedTable(watched);
    need(4000);
    assert.ok(reads > 0);
    reads = 0;
    for (let load = 0; load < 4000; load += 7) need(load);
    assert.equal(reads, 0);
  });

  it('passes loads beyond its list on: 100,000 busy replicas', () => {
    assert.equal(createNeedTable(configured(25))(2_400_000), replicasFor(configured(25), 2_400_000));
  });

  it('refuses NaN', () => {
    assert.throws(() => createNeedTable(configured(25))(Number.NaN), RangeError);
  });
});
