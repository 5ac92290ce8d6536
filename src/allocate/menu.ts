import type { AllocationRequest, Budget, Option } from '../domain/plan.ts';

/** What a budget can limit, in the order that costs are listed everywhere in this folder. */
export const resources = ['cpuMillicores', 'memoryBytes', 'replicas'] as const;
export type Resource = (typeof resources)[number];

/** Amounts of the limited resources of a pool, whole numbers, so that their sums are exact below 2^53. */
export type Amounts = readonly number[];

export function limitedResources(budget: Budget): readonly Resource[] {
  return resources.filter((resource) => budget[resource] !== undefined);
}

/** What an option costs, rounded up to whole units. */
export function costOf({ sizing }: Option, limited: readonly Resource[]): Amounts {
  return limited.map((resource) =>
    Math.ceil(resource === 'replicas' ? sizing.replicas : sizing.replicas * sizing[resource]),
  );
}

export function plus(a: Amounts, b: Amounts): Amounts {
  return a.map((amount, r) => amount + b[r]!);
}

export function minus(a: Amounts, b: Amounts): Amounts {
  return a.map((amount, r) => amount - b[r]!);
}

export function fits(amounts: Amounts, limits: Amounts): boolean {
  for (let r = 0; r < amounts.length; r++) if (amounts[r]! > limits[r]!) return false;
  return true;
}

/** One workload's choices in a tier: what each costs beyond the least, and its penalty. Entry 0 is the least. */
export interface Menu {
  readonly extra: readonly Amounts[];
  readonly penalty: readonly number[];
}

/** @throws RangeError when an option costs less than the first or has a penalty that is not finite and ≥ 0 (caller bug) */
export function menuOf(request: AllocationRequest, limited: readonly Resource[]): Menu {
  const least = costOf(request.options[0]!, limited);
  const extra = request.options.map((option) => minus(costOf(option, limited), least));
  const penalty = request.options.map((option) => option.penalty);
  if (extra.some((amounts) => amounts.some((amount) => !(amount >= 0))))
    throw new RangeError(`options of ${request.ref.name}: expected the first to cost least`);
  if (!penalty.every((value) => value >= 0 && Number.isFinite(value)))
    throw new RangeError(`options of ${request.ref.name}: expected finite penalties ≥ 0, got ${penalty.join(', ')}`);
  return { extra, penalty };
}

/** One option per menu within the limits. */
export interface Choice {
  readonly indices: readonly number[];
  readonly penalty: number;
  /** No choice has a penalty below this. */
  readonly bound: number;
  /** Prices per unit of each resource that prove the bound. */
  readonly prices: Amounts;
}

export function usedBy(menus: readonly Menu[], indices: readonly number[], width: number): Amounts {
  return menus.reduce(
    (sum, menu, i) => plus(sum, menu.extra[indices[i]!]!),
    new Array<number>(width).fill(0) as Amounts,
  );
}
