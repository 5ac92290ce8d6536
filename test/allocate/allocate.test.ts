import assert from 'node:assert/strict';
import { allocate } from '../../src/allocate/allocate.ts';
import type { AllocationRequest } from '../../src/domain/plan.ts';
import { MIB, replicaBudget, replicas, workload } from './requests.ts';

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
