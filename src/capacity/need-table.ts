import type { CapacityModel } from '../domain/capacity.ts';
import { plannedPerReplica, replicasFor } from './replicas-for.ts';

/** Above so many busy replicas the list would take longer to grow than the calls that it saves. */
const MOST_LISTED = 2_000;

/**
 * `replicasFor` inverted, for callers that ask millions of times: a growing list of the largest load that each count
 * carries, searched by bisection. A call costs well under 1 µs once the list reaches the load.
 *
 * The limits are bisected down to neighbouring floats on `replicasFor` itself, so that both agree everywhere.
 */
export function createNeedTable(capacity: CapacityModel): (load: number) => number {
  const limits: number[] = [];
  const longest = MOST_LISTED * plannedPerReplica(capacity);
  return (load) => {
    if (!(load <= longest)) return replicasFor(capacity, load);
    if (load < 0) throw new RangeError(`load: expected a finite number ≥ 0, got ${load}`);
    while (limits.length === 0 || limits[limits.length - 1]! < load) {
      limits.push(largestLoad(capacity, limits.length + 1, limits[limits.length - 1] ?? 0));
    }
    return firstAtLeast(limits, load) + 1;
  };
}

/** The largest load that `replicas` carry; at least `atLeast`, which one replica less carries. */
function largestLoad(capacity: CapacityModel, replicas: number, atLeast: number): number {
  let low = atLeast;
  let high = 2 * capacity.perReplica * replicas;
  while (replicasFor(capacity, high) <= replicas) high *= 2;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return low;
    if (replicasFor(capacity, middle) <= replicas) low = middle;
    else high = middle;
  }
}

function firstAtLeast(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
