/** Requests and budgets in few words. */
import type { AllocationRequest, Budget, Plan } from '../../src/domain/plan.ts';

export const MIB = 1024 ** 2;

/** A workload whose penalty falls linearly to 0 from least to wanted. */
export function workload(
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

export function replicas(plan: Plan): readonly number[] {
  return plan.allocations.map(({ sizing }) => sizing.replicas);
}

export const replicaBudget = (count: number): Budget => ({ pool: 'default', replicas: count });
