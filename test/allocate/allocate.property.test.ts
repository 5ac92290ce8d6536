import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocate } from '../../src/allocate/allocate.ts';
import type { AllocationRequest, AllocatorName, Budget, Plan } from '../../src/domain/plan.ts';
import { leastTimes } from '../support/least-times.ts';
import { bestPenalties, isLess } from './brute-force.ts';
import { replicaBudget, workload } from './requests.ts';

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
