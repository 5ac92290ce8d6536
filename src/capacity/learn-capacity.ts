/**
 * What one replica serves, from the best that is known, in this order: the configuration; latency against load, where
 * the objective was seen to break; CPU per request; latency that held so far; the CPU request alone.
 */
import type { CapacityModel } from '../domain/capacity.ts';
import type { ContainerResources } from '../domain/cluster.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { Objective, SignalName, WorkloadSpec } from '../domain/workload.ts';
import { learnRequestCost } from './cpu-per-request.ts';
import { type LatencyCurve, learnLatencyCurve } from './latency-curve.ts';
import { type Observations, observationsOf } from './observations.ts';

/** Stands in for an objective in seconds where only CPU is known, since millicores have no service time. */
const CPU_SHARE = 0.7;
/** A replica that idles at more than this share of its CPU has a request that is too small to reckon with. */
const MOST_IDLE_SHARE = 0.5;

export interface CapacityInput {
  readonly spec: Pick<WorkloadSpec, 'objective' | 'perReplicaRps'>;
  readonly series: { readonly [name in SignalName]?: TimeSeries };
  /** Ready replicas over time, where that is kept. Latency against load needs it. */
  readonly replicas?: TimeSeries;
  readonly containers: readonly ContainerResources[];
  readonly readyReplicas?: number;
}

/** Millicores of one replica: the request, which is what a utilisation means, else the limit; 0 when there is neither. */
function cpuOfReplica(containers: readonly ContainerResources[]): number {
  return containers.reduce((sum, c) => sum + (c.cpuRequestMillicores ?? c.cpuLimitMillicores ?? 0), 0);
}

function configured(rps: number, objective: Objective): CapacityModel {
  return { driver: 'requests', perReplica: rps, interval: [rps, rps], objective, source: 'configured', samples: 0 };
}

function byLatency({ perReplica, minutes }: LatencyCurve, objective: Objective): CapacityModel {
  const interval = [perReplica, perReplica] as const;
  return { driver: 'requests', perReplica, interval, objective, source: 'latency-against-load', samples: minutes };
}

/**
 * CPU that is left to requests over what one of them costs. With c replicas at a share u of their CPU,
 * u · c · cpu = S · rps + c · idle, so that a replica serves u · (cpu − idle / u) / S; with a queue u is 1.
 */
function byCpuPerRequest(seen: Observations, input: CapacityInput, cpu: number): CapacityModel | undefined {
  const { objective } = input.spec;
  const share = objective.kind === 'utilisation' ? objective.share : 1;
  const cost = learnRequestCost(seen, Math.max(1, input.readyReplicas ?? 1), MOST_IDLE_SHARE * share * cpu);
  if (!cost || cpu === 0) return undefined;
  const serving = cpu - cost.idleMillicores / share;
  const [least, most] = cost.interval;
  return {
    driver: 'requests',
    perReplica: serving / cost.millicores,
    interval: [serving / most, serving / least],
    objective,
    source: 'cpu-per-request',
    cpuPerRequest: cost.millicores / 1000,
    idleMillicores: cost.idleMillicores,
    samples: cost.minutes,
  };
}

function byCpuRequest(input: CapacityInput, cpu: number): CapacityModel | undefined {
  const { objective } = input.spec;
  if (cpu === 0 || !input.series.cpu) return undefined;
  return {
    driver: 'cpu',
    perReplica: cpu,
    interval: [cpu, cpu],
    objective: objective.kind === 'utilisation' ? objective : { kind: 'utilisation', share: CPU_SHARE },
    source: 'cpu-request',
    samples: input.series.cpu.values.length,
  };
}

function unknown(objective: Objective): CapacityModel {
  return {
    driver: 'requests',
    perReplica: 0,
    interval: [0, 0],
    objective,
    source: 'none',
    samples: 0,
  };
}

/**
 * @param input - series of complete steps; those that are given share step and phase
 * @returns `source` says which way it was found; with `none` nothing may be concluded and the workload holds
 */
export function learnCapacity(input: CapacityInput): CapacityModel {
  const { spec, series } = input;
  const { objective } = spec;
  if (spec.perReplicaRps !== undefined) return configured(spec.perReplicaRps, objective);
  const cpu = cpuOfReplica(input.containers);
  const seen = observationsOf({ ...series, ...(input.replicas && { replicas: input.replicas }) });
  const curve = seen && objective.kind === 'latency' ? learnLatencyCurve(seen, objective.seconds) : undefined;
  if (curve?.crossed) return byLatency(curve, objective);
  const perRequest = seen && byCpuPerRequest(seen, input, cpu);
  if (perRequest) return perRequest;
  if (curve) return byLatency(curve, objective);
  return byCpuRequest(input, cpu) ?? unknown(objective);
}
