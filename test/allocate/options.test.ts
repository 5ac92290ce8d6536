import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Ask, buildOptions } from '../../src/allocate/options.ts';

function ask(more: Partial<Ask> = {}): Ask {
  return {
    spec: { ref: { namespace: 'shop', kind: 'Deployment', name: 'web' }, priority: 0, pool: 'default', costWeight: 1 },
    least: 2,
    wanted: 10,
    resources: { cpuMillicores: 500, memoryBytes: 1024 },
    expected: 8,
    needed: 10,
    level: 0.99,
    ...more,
  };
}

describe('buildOptions', () => {
  it('offers every count from least to wanted with the resources of one replica', () => {
    const { options } = buildOptions(ask());
    assert.deepEqual(
      options.map(({ sizing }) => sizing.replicas),
      [2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.deepEqual(options[0]!.sizing, { replicas: 2, cpuMillicores: 500, memoryBytes: 1024 });
  });

  it('offers one option where nothing may change', () => {
    assert.deepEqual(
      buildOptions(ask({ least: 10 })).options.map(({ penalty }) => penalty),
      [0],
    );
  });

  it('thins 1,000 counts to 33, with both ends', () => {
    const counts = buildOptions(ask({ least: 1, wanted: 1000 })).options.map(({ sizing }) => sizing.replicas);
    assert.deepEqual([counts.length, counts[0], counts[32]], [33, 1, 1000]);
  });

  it('counts every missing replica fully where nothing is uncertain: 5 of 10 is a penalty of 0.5005', () => {
    const { options } = buildOptions(ask({ least: 5, expected: 10, needed: 10 }));
    assert.ok(Math.abs(options[0]!.penalty - 0.5005) < 1e-12);
  });

  it('minds the uncertain part of the need: 8 replicas where 8 are expected have a penalty of 0.0374', () => {
    // logistic with s = 2 / ln 99 = 0.4352: (s·ln 2 − s·ln(1 + 1/99)) / 8 + 0.001 · 2 / 8
    const { options } = buildOptions(ask());
    assert.ok(Math.abs(options.find(({ sizing }) => sizing.replicas === 8)!.penalty - 0.03741) < 1e-4);
  });

  it('hardly minds a replica that only a hold keeps: 11 of 12 with a need of 8 to 10', () => {
    const { options } = buildOptions(ask({ wanted: 12 }));
    const [eleven, ten, nine, six] = [11, 10, 9, 6].map((n) => options.find((o) => o.sizing.replicas === n)!.penalty);
    assert.ok(eleven! < 0.0005 && eleven! < ten! && ten! < nine! && nine! < six!, `${[eleven, ten, nine, six]}`);
    assert.ok(six! > 0.24);
  });

  it('has penalties that fall, ever more slowly, to 0', () => {
    const asks = fc.record({
      least: fc.integer({ min: 0, max: 20 }),
      wanted: fc.integer({ min: 1, max: 30 }),
      expected: fc.integer({ min: 1, max: 30 }),
      more: fc.integer({ min: 0, max: 10 }),
    });
    fc.assert(
      fc.property(asks, ({ least, wanted, expected, more }) => {
        const penalties = buildOptions(ask({ least, wanted, expected, needed: expected + more })).options.map(
          (o) => o.penalty,
        );
        assert.equal(penalties[penalties.length - 1], 0);
        for (let i = 1; i < penalties.length; i++) {
          assert.ok(penalties[i]! <= penalties[i - 1]!);
          if (i > 1) assert.ok(penalties[i - 2]! - penalties[i - 1]! >= penalties[i - 1]! - penalties[i]! - 1e-12);
        }
      }),
      { seed: 9 },
    );
  });
});
