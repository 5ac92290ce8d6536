/**
 * Replicas and requests for all workloads within the budgets of their pools.
 *
 * Priorities rank strictly: a tier is served from what the tiers above it left, after every workload has its least.
 * A lower priority gives everything above its least before a higher one gives anything, and gives of its least only
 * when the minimums alone exceed a budget; that is the outcome `infeasible`, not an error.
 */
import type { Allocation, AllocationRequest, AllocatorName, Budget, Plan } from '../domain/plan.ts';
import type { Reason } from '../domain/reasons.ts';
import { workloadKey } from '../domain/workload.ts';
import { allocatePool, type PoolPlan } from './pool.ts';

function infeasibility(plans: readonly PoolPlan[]): Reason | undefined {
  const faults = plans.flatMap(({ infeasible }) => infeasible ?? []);
  if (faults.length === 0) return undefined;
  return { code: 'infeasible-budget', message: faults.map(({ message }) => message).join('; ') };
}

function inOrderOf(requests: readonly AllocationRequest[], allocations: readonly Allocation[]): readonly Allocation[] {
  const byKey = new Map(allocations.map((allocation) => [workloadKey(allocation.ref), allocation]));
  return requests.map(({ ref }) => byKey.get(workloadKey(ref))!);
}

/**
 * @param requests - one per workload; pools without a budget are not limited
 * @returns the plan, its allocations in the order of the requests
 * @throws RangeError on options that are not ordered by cost or have a penalty that is not finite (caller bug)
 */
export function allocate(
  requests: readonly AllocationRequest[],
  budgets: readonly Budget[],
  allocator: AllocatorName,
): Plan {
  const byPool = Map.groupBy(requests, (request) => request.pool);
  const plans = [...byPool].map(([pool, members]) =>
    allocatePool(members, budgets.find((budget) => budget.pool === pool) ?? { pool }, allocator),
  );
  const allocations = inOrderOf(
    requests,
    plans.flatMap((plan) => plan.allocations),
  );
  const pools = plans.map(({ use }) => use);
  const reason = infeasibility(plans);
  const asked =
    allocator === 'dp' ? plans.every((plan) => plan.allocator === 'dp') : plans.some((plan) => plan.allocator === 'dp');
  const name = asked ? 'dp' : 'greedy';
  if (reason) return { kind: 'infeasible', allocator: name, reason, allocations, pools };
  const objective = allocations.reduce((sum, { penalty }) => sum + penalty, 0);
  const gap = plans.reduce((sum, plan) => sum + plan.gap, 0);
  return { kind: 'allocated', allocator: name, objective, gap, allocations, pools };
}
