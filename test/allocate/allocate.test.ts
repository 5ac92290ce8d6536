import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocate } from '../../src/allocate/allocate.ts';
import type { AllocationRequest, AllocatorName, Budget, Plan } from '../../src/domain/plan.ts';
import { leastTimes } from '../support/least-times.ts';
import { bestPenalties, isLess } from './brute-force.ts';

const MIB = 1024 ** 2;

/** A workload whose penalty falls linearly to 0 from least to wanted. */
function workload(
  name: string,
  least: number,
  wanted: number,
  more: Partial<AllocationRequest> = {},
  cpuMillicores = 1000,
): AllocationRequest {
  const options = Array.from({ length: wanted - least + 1 }, (_, i) => ({
    sizing: { replicas: least + i, cpuMillicores, memoryBytes: 512 * MIB },
    penalty: (wanted - least - i) / wanted,
  }));
  return {
    ref: { namespace: 'shop', kind: 'Deployment', name },
    priority: 0,
    pool: 'default',
    costWeight: 1,
    options,
    ...more,
  };
}

function replicas(plan: Plan): readonly number[] {
  return plan.allocations.map(({ sizing }) => sizing.replicas);
}

const replicaBudget = (count: number): Budget => ({ pool: 'default', replicas: count });

describe('allocate', () => {
  it('gives everyone what it wants without a budget, and says what is used', () => {
    const plan = allocate([workload('a', 1, 4), workload('b', 2, 3)], [], 'auto');
    assert.deepEqual(replicas(plan), [4, 3]);
    assert.deepEqual(plan.pools[0]!.used, { cpuMillicores: 7000, memoryBytes: 7 * 512 * MIB, replicas: 7 });
    assert.deepEqual(plan.pools[0]!.left, {});
    assert.ok(plan.kind === 'allocated' && plan.objective === 0 && plan.gap === 0);
  });

  it('says what is left of the budget: 10 − 7 replicas', () => {
    const plan = allocate([workload('a', 1, 4), workload('b', 2, 3)], [replicaBudget(10)], 'auto');
    assert.deepEqual(plan.pools[0]!.left, { replicas: 3 });
  });

  for (const allocator of ['auto', 'greedy', 'dp'] as const) {
    it(`${allocator}: the lower priority gives first, down to its least: 10 replicas for 8 and 8 wanted are 8 and 2`, () => {
      const plan = allocate(
        [workload('low', 2, 8), workload('high', 2, 8, { priority: 1 })],
        [replicaBudget(10)],
        allocator,
      );
      assert.deepEqual(replicas(plan), [2, 8]);
      assert.deepEqual(plan.allocations[0]!.reasons, [
        { code: 'budget', message: 'pool default (10 replicas): 2 of 8 wanted replicas at priority 0' },
      ]);
      assert.deepEqual(plan.allocations[1]!.reasons, []);
    });
  }

  it('keeps every least before a higher priority gets more: 9 replicas are 7 and 2', () => {
    const plan = allocate([workload('low', 2, 8), workload('high', 2, 8, { priority: 1 })], [replicaBudget(9)], 'auto');
    assert.deepEqual(replicas(plan), [2, 7]);
  });

  it('keeps pools apart', () => {
    const requests = [workload('a', 1, 8, { pool: 'x' }), workload('b', 1, 8, { pool: 'y' })];
    const plan = allocate(requests, [{ pool: 'x', replicas: 3 }], 'auto');
    assert.deepEqual(replicas(plan), [3, 8]);
    assert.deepEqual(
      plan.pools.map(({ pool }) => pool),
      ['x', 'y'],
    );
  });

  it('counts CPU of large replicas: 8000m hold two of 3000m and two of 1000m', () => {
    const plan = allocate(
      [workload('large', 1, 4, {}, 3000), workload('small', 1, 2)],
      [{ pool: 'default', cpuMillicores: 8000 }],
      'dp',
    );
    assert.deepEqual(replicas(plan), [2, 2]);
  });

  it('gives equal workloads in the order of their names, whatever the order of the requests', () => {
    const [a, b] = [workload('a', 1, 4), workload('b', 1, 4)];
    assert.deepEqual(replicas(allocate([a, b], [replicaBudget(5)], 'greedy')), [4, 1]);
    assert.deepEqual(replicas(allocate([b, a], [replicaBudget(5)], 'greedy')), [1, 4]);
  });

  it('auto turns to dp where greedy is 30 short of the best and its certificate admits it', () => {
    // 10 replicas to give: 6 remove a penalty of 60, or 5 and 5 remove 45 each. Greedy takes the steeper 6.
    const lump = (name: string, extra: number, penalty: number): AllocationRequest => {
      const sizing = { cpuMillicores: 0, memoryBytes: 0 };
      const options = [
        { sizing: { ...sizing, replicas: 1 }, penalty },
        { sizing: { ...sizing, replicas: 1 + extra }, penalty: 0 },
      ];
      return { ...workload(name, 1, 1), options };
    };
    const requests = [lump('a', 6, 60), lump('b', 5, 45), lump('c', 5, 45)];
    const greedy = allocate(requests, [replicaBudget(13)], 'greedy');
    assert.ok(greedy.kind === 'allocated' && greedy.objective === 90 && greedy.gap >= 30);
    const exact = allocate(requests, [replicaBudget(13)], 'auto');
    assert.ok(exact.kind === 'allocated' && exact.allocator === 'dp' && exact.objective === 60 && exact.gap === 0);
    assert.deepEqual(replicas(exact), [1, 6, 6]);
  });

  it('refuses options that cost less than the first', () => {
    const wrong = workload('a', 1, 3);
    const request = { ...wrong, options: wrong.options.toReversed() };
    assert.throws(
      () => allocate([request, workload('b', 1, 9)], [replicaBudget(5)], 'dp'),
      /expected the first to cost least/,
    );
  });

  it('refuses a NaN penalty', () => {
    const request = workload('a', 1, 3);
    const options = request.options.map((option, i) => (i === 1 ? { ...option, penalty: Number.NaN } : option));
    assert.throws(() => allocate([{ ...request, options }], [replicaBudget(2)], 'greedy'), /expected finite penalties/);
  });
});

describe('allocate › a budget that does not even hold the minimums', () => {
  const requests = [workload('low', 6, 8), workload('high', 6, 8, { priority: 1 })];

  it('is an outcome: the higher priority keeps its 6, the lower one gets the other 4', () => {
    const plan = allocate(requests, [replicaBudget(10)], 'auto');
    assert.equal(plan.kind, 'infeasible');
    assert.deepEqual(replicas(plan), [4, 6]);
    const message = 'pool default: the minimums need 12 replicas, the budget is 10 replicas';
    assert.ok(plan.kind === 'infeasible');
    assert.deepEqual(plan.reason, { code: 'infeasible-budget', message });
    assert.deepEqual(plan.allocations[0]!.reasons, [{ code: 'infeasible-budget', message }]);
  });

  it('leaves the other pools alone', () => {
    const other = workload('other', 1, 9, { pool: 'other' });
    const plan = allocate([...requests, other], [replicaBudget(10), { pool: 'other', replicas: 4 }], 'auto');
    assert.deepEqual(replicas(plan), [4, 6, 4]);
  });

  it('goes down to nothing for the last in line', () => {
    assert.deepEqual(replicas(allocate(requests, [replicaBudget(6)], 'auto')), [0, 6]);
  });
});

/** Up to 4 workloads of up to 4 options, in two priorities; costs rise with the options, penalties fall. */
const instances = fc
  .array(
    fc.record({
      priority: fc.integer({ min: 0, max: 1 }),
      least: fc.integer({ min: 1, max: 3 }),
      rises: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
      falls: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 }),
      cpuMillicores: fc.integer({ min: 1, max: 6 }),
      memoryBytes: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((workloads) =>
    workloads.map(({ priority, least, rises, falls, cpuMillicores, memoryBytes }, i): AllocationRequest => {
      let replicasNow = least;
      let penalty = rises.reduce((sum, _, k) => sum + falls[k]!, 0);
      const options = [{ sizing: { replicas: replicasNow, cpuMillicores, memoryBytes }, penalty }];
      rises.forEach((rise, k) => {
        replicasNow += rise;
        penalty -= falls[k]!;
        options.push({ sizing: { replicas: replicasNow, cpuMillicores, memoryBytes }, penalty });
      });
      return {
        ref: { namespace: 'n', kind: 'Deployment', name: `w${i}` },
        priority,
        pool: 'default',
        costWeight: 1,
        options,
      };
    }),
  );

const budgets = fc.record({
  cpuMillicores: fc.option(fc.integer({ min: 5, max: 150 }), { nil: undefined }),
  memoryBytes: fc.option(fc.integer({ min: 5, max: 150 }), { nil: undefined }),
  replicas: fc.option(fc.integer({ min: 2, max: 50 }), { nil: undefined }),
});

function budgetOf(limits: { [resource in 'cpuMillicores' | 'memoryBytes' | 'replicas']: number | undefined }): Budget {
  return {
    pool: 'default',
    ...(Object.fromEntries(Object.entries(limits).filter(([, v]) => v !== undefined)) as object),
  };
}

/** Penalties per priority of a plan, highest first. */
function penaltiesOf(plan: Plan, requests: readonly AllocationRequest[]): readonly number[] {
  const priorities = [...new Set(requests.map(({ priority }) => priority))].sort((a, b) => b - a);
  return priorities.map((priority) =>
    plan.allocations.reduce((sum, { penalty }, i) => (requests[i]!.priority === priority ? sum + penalty : sum), 0),
  );
}

function overspent(plan: Plan): boolean {
  return plan.pools.some(({ left }) => Object.values(left).some((amount) => amount! < 0));
}

describe('allocate › properties', () => {
  it('dp matches brute force on 2,000 instances of up to 4 workloads × 4 options and 3 limited resources', () => {
    fc.assert(
      fc.property(instances, budgets, (requests, limits) => {
        const budget = budgetOf(limits);
        const best = bestPenalties(requests, budget);
        const plan = allocate(requests, [budget], 'dp');
        assert.equal(plan.kind, best ? 'allocated' : 'infeasible');
        if (best && plan.kind === 'allocated') {
          const found = penaltiesOf(plan, requests);
          assert.ok(!isLess(best, found), `${found} instead of ${best}`);
          assert.equal(plan.gap, 0);
        }
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it('greedy is never further from the best than its certificate says, in one priority', () => {
    fc.assert(
      fc.property(instances, budgets, (mixed, limits) => {
        const requests = mixed.map((request) => ({ ...request, priority: 0 }));
        const budget = budgetOf(limits);
        const best = bestPenalties(requests, budget);
        const plan = allocate(requests, [budget], 'greedy');
        if (best && plan.kind === 'allocated') {
          assert.ok(plan.objective >= best[0]! - 1e-9, `${plan.objective} is better than the best, ${best[0]}`);
          assert.ok(plan.objective - plan.gap <= best[0]! + 1e-9, `${plan.objective} − ${plan.gap} > ${best[0]}`);
        }
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  it('no allocator spends more than the budget or goes below the least while the minimums fit', () => {
    fc.assert(
      fc.property(
        instances,
        budgets,
        fc.constantFrom<AllocatorName>('auto', 'greedy', 'dp'),
        (requests, limits, allocator) => {
          const plan = allocate(requests, [budgetOf(limits)], allocator);
          assert.ok(!overspent(plan));
          if (plan.kind !== 'allocated') return;
          plan.allocations.forEach(({ sizing }, i) => {
            assert.ok(sizing.replicas >= requests[i]!.options[0]!.sizing.replicas);
          });
        },
      ),
      { numRuns: 1000, seed: 6 },
    );
  });

  for (const allocator of ['greedy', 'dp'] as const) {
    it(`${allocator} never has a higher penalty when the budget of replicas grows`, () => {
      fc.assert(
        fc.property(instances, fc.integer({ min: 2, max: 40 }), (requests, count) => {
          const tight = allocate(requests, [replicaBudget(count)], allocator);
          const loose = allocate(requests, [replicaBudget(count + 1)], allocator);
          if (tight.kind !== 'allocated' || loose.kind !== 'allocated') return;
          assert.ok(!isLess(penaltiesOf(tight, requests), penaltiesOf(loose, requests)));
        }),
        { numRuns: 2000, seed: 7 },
      );
    });
  }

  it('does not depend on the order of the requests', () => {
    fc.assert(
      fc.property(instances, budgets, (requests, limits) => {
        const byName = (plan: Plan) =>
          plan.allocations.map(({ ref, sizing }) => `${ref.name} ${sizing.replicas}`).sort();
        const budget = [budgetOf(limits)];
        assert.deepEqual(
          byName(allocate(requests.toReversed(), budget, 'dp')),
          byName(allocate(requests, budget, 'dp')),
        );
      }),
      { numRuns: 500, seed: 8 },
    );
  });

  it('auto answers 1,000 workloads × 20 options within 0.1 % of its bound, at less than 10 times the cost of 500', () => {
    const planOf = (count: number) => () => {
      const requests = Array.from({ length: count }, (_, i) => workload(`w${i}`, 1, 20, {}, 100 + ((i * 37) % 900)));
      return allocate(requests, [{ pool: 'default', cpuMillicores: 5000 * count }], 'auto');
    };
    const plan = planOf(1000)();
    assert.ok(
      plan.kind === 'allocated' && plan.gap <= 0.001 * plan.objective,
      JSON.stringify({ ...plan, allocations: 0 }),
    );
    const [half, whole] = leastTimes([planOf(500), planOf(1000)], 5, 1);
    assert.ok(whole! < 10 * half!, `${whole} ms against ${half} ms`);
  });
});
