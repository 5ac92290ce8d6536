import type { Objective, SignalName } from './workload.ts';

/** What one replica can serve, and how that was found out. */
export interface CapacityModel {
  /** The signal that counts the load: requests per second where there are any, else CPU millicores. */
  readonly driver: Extract<SignalName, 'requests' | 'cpu'>;
  /**
   * Load that one replica carries when it is fully busy, in the unit of the driver; > 0 unless `source` is `none`.
   * With `latency-against-load` it is the largest load of one replica at which the objective was seen to hold.
   */
  readonly perReplica: number;
  /** 90 % interval of `perReplica`. Planning uses the lower end until enough was seen. */
  readonly interval: readonly [number, number];
  readonly objective: Objective;
  readonly source: 'configured' | 'cpu-per-request' | 'latency-against-load' | 'cpu-request' | 'none';
  /** CPU-seconds per request, and idle millicores per replica, when learned. */
  readonly cpuPerRequest?: number;
  readonly idleMillicores?: number;
  readonly samples: number;
}

/** Time from the decision to a ready replica, in milliseconds. */
export interface StartUpEstimate {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly samples: number;
  readonly source: 'measured' | 'configured' | 'default';
}

/** Offered load that has to be served, never replicas: replicas are caused by our own last decision. */
export interface Demand {
  /** In the unit of the capacity model's driver. */
  readonly load: number;
  readonly quantile: number;
  /** When in the window the largest load is expected. */
  readonly atMs: number;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly model: string;
}

/** Resources of one replica. */
export interface ReplicaResources {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

/** Replicas and requests of a workload. */
export interface Sizing extends ReplicaResources {
  readonly replicas: number;
}
