import type { DecisionMemory } from '../domain/plan.ts';

type Wanted = DecisionMemory['wanted'];

/**
 * The largest count wanted within the last `holdMs`. With an empty memory it is what stands now, so that a first
 * start takes nothing away before it has watched for `holdMs`.
 */
export function largestWanted(memory: DecisionMemory, nowMs: number, holdMs: number, standing: number): number {
  if (memory.wanted.length === 0) return holdMs > 0 ? standing : 0;
  let largest = 0;
  for (const { atMs, replicas } of memory.wanted) {
    if (atMs > nowMs - holdMs) largest = Math.max(largest, replicas);
  }
  return largest;
}

/**
 * The memory with one more wanted count. Only counts that can still be the largest of some later span are kept:
 * falling, and not older than `holdMs`.
 */
export function rememberWanted(
  memory: DecisionMemory,
  nowMs: number,
  holdMs: number,
  standing: number,
  replicas: number,
): Wanted {
  const before = memory.wanted.length === 0 ? [{ atMs: nowMs, replicas: standing }] : memory.wanted;
  const kept = before.filter((entry) => entry.atMs > nowMs - holdMs && entry.replicas > replicas);
  return [...kept, { atMs: nowMs, replicas }];
}
