import type { Allocation, AllocationRequest, AllocatorName, Budget, Option, PoolUse } from '../domain/plan.ts';
import type { Reason } from '../domain/reasons.ts';
import { workloadKey } from '../domain/workload.ts';
import { type Amounts, costOf, fits, limitedResources, menuOf, minus, plus, type Resource, usedBy } from './menu.ts';
import { amountText } from './text.ts';
import { chooseInTier } from './tier.ts';

export interface PoolPlan {
  readonly allocations: readonly Allocation[];
  readonly use: PoolUse;
  readonly gap: number;
  readonly allocator: Exclude<AllocatorName, 'auto'>;
  /** Set when not even the least of every workload fits. */
  readonly infeasible?: Reason;
}

function wantedOf(request: AllocationRequest): Option {
  return request.options[request.options.length - 1]!;
}

/** Higher priority first, then by name, so that nothing depends on the order of discovery. */
function byPriority(a: AllocationRequest, b: AllocationRequest): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const [left, right] = [workloadKey(a.ref), workloadKey(b.ref)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function total(options: readonly Option[], limited: readonly Resource[]): Amounts {
  return options.reduce((sum, option) => plus(sum, costOf(option, limited)), limited.map(() => 0) as Amounts);
}

function useOf(budget: Budget, allocations: readonly Allocation[]): PoolUse {
  const used = { cpuMillicores: 0, memoryBytes: 0, replicas: 0 };
  for (const { sizing } of allocations) {
    used.cpuMillicores += sizing.replicas * sizing.cpuMillicores;
    used.memoryBytes += sizing.replicas * sizing.memoryBytes;
    used.replicas += sizing.replicas;
  }
  const left = Object.fromEntries(limitedResources(budget).map((r) => [r, budget[r]! - used[r]]));
  return { pool: budget.pool, budget, used, left };
}

function allocation(request: AllocationRequest, option: Option, reasons: readonly Reason[] = []): Allocation {
  return {
    ref: request.ref,
    sizing: option.sizing,
    wanted: wantedOf(request).sizing,
    penalty: option.penalty,
    reasons,
  };
}

/** The chosen option, with the reason when it is not the wanted one. */
function granted(request: AllocationRequest, option: Option, budget: Budget): Allocation {
  const wanted = wantedOf(request).sizing.replicas;
  if (option.sizing.replicas >= wanted) return allocation(request, option);
  const message = `pool ${budget.pool} (${amountText(budget)}): ${option.sizing.replicas} of ${wanted} wanted replicas at priority ${request.priority}`;
  return allocation(request, option, [{ code: 'budget', message }]);
}

/** Tiers of equal priority, the highest first; each one chooses from what the tiers above it left. */
function allocateByTiers(
  requests: readonly AllocationRequest[],
  budget: Budget,
  limited: readonly Resource[],
  spare: Amounts,
  allocator: AllocatorName,
): PoolPlan {
  let left = spare;
  let gap = 0;
  const used = new Set<TierAllocator>();
  const allocations: Allocation[] = [];
  for (const tier of Map.groupBy(requests, (request) => request.priority).values()) {
    const menus = tier.map((request) => menuOf(request, limited));
    const choice = chooseInTier(menus, left, allocator);
    left = minus(left, usedBy(menus, choice.indices, limited.length));
    gap += choice.penalty - choice.bound;
    used.add(choice.allocator);
    allocations.push(...tier.map((request, i) => granted(request, request.options[choice.indices[i]!]!, budget)));
  }
  return { allocations, use: useOf(budget, allocations), gap, allocator: named(allocator, used) };
}

type TierAllocator = PoolPlan['allocator'];

/** `dp` is claimed only where it is true: for all tiers when it was asked for, for some when it was chosen. */
function named(asked: AllocatorName, used: ReadonlySet<TierAllocator>): TierAllocator {
  if (asked === 'dp') return used.has('greedy') ? 'greedy' : 'dp';
  return used.has('dp') ? 'dp' : 'greedy';
}

/** So many replicas of the least option as still fit; what the last in line gets when the minimums do not fit. */
function shrunk(request: AllocationRequest, limited: readonly Resource[], left: Amounts): Option {
  const least = request.options[0]!;
  for (let replicas = least.sizing.replicas; replicas > 0; replicas--) {
    const option = { sizing: { ...least.sizing, replicas }, penalty: least.penalty };
    if (fits(costOf(option, limited), left)) return option;
  }
  return { sizing: { ...least.sizing, replicas: 0 }, penalty: least.penalty };
}

/** The minimums do not fit: the higher priorities keep theirs, the lower ones get what is left of it. */
function allocateMinimums(
  requests: readonly AllocationRequest[],
  budget: Budget,
  limited: readonly Resource[],
): PoolPlan {
  const minimums = total(
    requests.map((request) => request.options[0]!),
    limited,
  );
  const needs = amountText(Object.fromEntries(limited.map((resource, r) => [resource, minimums[r]!])));
  const message = `pool ${budget.pool}: the minimums need ${needs}, the budget is ${amountText(budget)}`;
  const infeasible: Reason = { code: 'infeasible-budget', message };
  let left: Amounts = limited.map((resource) => budget[resource]!);
  const allocations = requests.map((request) => {
    const option = shrunk(request, limited, left);
    left = minus(left, costOf(option, limited));
    return allocation(request, option, option.sizing.replicas < wantedOf(request).sizing.replicas ? [infeasible] : []);
  });
  return { allocations, use: useOf(budget, allocations), gap: 0, allocator: 'greedy', infeasible };
}

/** Allocates one pool. What is wanted is given without further ado when all of it fits. */
export function allocatePool(
  requests: readonly AllocationRequest[],
  budget: Budget,
  allocator: AllocatorName,
): PoolPlan {
  const limited = limitedResources(budget);
  const limits = limited.map((resource) => budget[resource]!);
  if (fits(total(requests.map(wantedOf), limited), limits)) {
    const allocations = requests.map((request) => allocation(request, wantedOf(request)));
    return { allocations, use: useOf(budget, allocations), gap: 0, allocator: allocator === 'dp' ? 'dp' : 'greedy' };
  }
  const ranked = requests.toSorted(byPriority);
  const spare = minus(
    limits,
    total(
      ranked.map((request) => request.options[0]!),
      limited,
    ),
  );
  if (
    !fits(
      limited.map(() => 0),
      spare,
    )
  )
    return allocateMinimums(ranked, budget, limited);
  return allocateByTiers(ranked, budget, limited, spare, allocator);
}
