import type { AllocationRequest, Budget } from '../../src/domain/plan.ts';

/** What a combination uses of a resource, from the definition. */
function used(
  requests: readonly AllocationRequest[],
  indices: readonly number[],
  resource: keyof Omit<Budget, 'pool'>,
): number {
  return requests.reduce((sum, { options }, i) => {
    const { sizing } = options[indices[i]!]!;
    return sum + (resource === 'replicas' ? sizing.replicas : sizing.replicas * sizing[resource]);
  }, 0);
}

function withinBudget(requests: readonly AllocationRequest[], indices: readonly number[], budget: Budget): boolean {
  return (['cpuMillicores', 'memoryBytes', 'replicas'] as const).every(
    (resource) => budget[resource] === undefined || used(requests, indices, resource) <= budget[resource],
  );
}

/**
 * The least penalties per priority, highest first, over every combination that fits; undefined when none does.
 * Lexicographic: the first priority's is the least there is, the second's the least with that, and so on.
 */
export function bestPenalties(requests: readonly AllocationRequest[], budget: Budget): readonly number[] | undefined {
  const priorities = [...new Set(requests.map(({ priority }) => priority))].sort((a, b) => b - a);
  let best: readonly number[] | undefined;
  const indices = requests.map(() => 0);
  const visit = (i: number): void => {
    if (i < requests.length) {
      requests[i]!.options.forEach((_, k) => {
        indices[i] = k;
        visit(i + 1);
      });
      return;
    }
    if (!withinBudget(requests, indices, budget)) return;
    const penalties = priorities.map((priority) =>
      requests.reduce((sum, r, j) => (r.priority === priority ? sum + r.options[indices[j]!]!.penalty : sum), 0),
    );
    if (!best || isLess(penalties, best)) best = penalties;
  };
  visit(0);
  return best;
}

/** Lexicographically less, beyond rounding. */
export function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    if (Math.abs(a[i]! - b[i]!) > 1e-9) return a[i]! < b[i]!;
  }
  return false;
}
