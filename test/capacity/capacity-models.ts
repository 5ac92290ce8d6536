import type { CapacityModel } from '../../src/domain/capacity.ts';
import type { Objective } from '../../src/domain/workload.ts';

export const waitP95: Objective = { kind: 'wait', quantile: 0.95, seconds: 0.1 };

/** Capacity as configured, in requests per second. */
export function configured(perReplica: number, objective: Objective = waitP95): CapacityModel {
  return {
    driver: 'requests',
    perReplica,
    interval: [perReplica, perReplica],
    objective,
    source: 'configured',
    samples: 0,
  };
}
