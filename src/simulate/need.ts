import { createNeedTable } from '../capacity/need-table.ts';
import type { CapacityModel } from '../domain/capacity.ts';
import type { Objective } from '../domain/workload.ts';

/** Relative slack under which a load still fits: amounts and rates went through a few roundings. */
const FLOAT_NOISE = 1e-12;

/**
 * The least replicas, at least 1, that a rate per second needs: by the objective's queue exactly, or by throughput
 * alone without one.
 */
export function createNeed(perReplica: number, objective: Objective | undefined): (rate: number) => number {
  if (objective !== undefined) return createNeedTable(configuredCapacity(perReplica, objective));
  return (rate) => {
    const least = Math.max(1, Math.floor(rate / perReplica));
    return least * perReplica * (1 + FLOAT_NOISE) >= rate ? least : least + 1;
  };
}

/** Capacity as told on the command line. Throughput alone is a utilisation of 1. */
export function configuredCapacity(
  perReplica: number,
  objective: Objective = { kind: 'utilisation', share: 1 },
): CapacityModel {
  return {
    driver: 'requests',
    perReplica,
    interval: [perReplica, perReplica],
    objective,
    source: 'configured',
    samples: 0,
  };
}
