import type { CapacityModel } from '../domain/capacity.ts';
import { serversForResponse, serversForWait } from './erlang.ts';

/** Minutes with requests that must have been seen before the middle of the interval is planned with. */
const TRUSTED_SAMPLES = 500;

/** Nobody runs more of one workload; beyond it the load is a fault of the data, and must not stall the recursion. */
const MOST_REPLICAS = 100_000;

/** Relative slack of a quotient of floats: (0.1 + 0.2) / 0.1 is 3. */
const FLOAT_NOISE = 1e-9;

/** What one replica carries, as planned with: the lower end of the interval until enough was seen. */
export function plannedPerReplica(capacity: CapacityModel): number {
  const sure = capacity.source === 'configured' || capacity.source === 'cpu-request';
  return sure || capacity.samples >= TRUSTED_SAMPLES ? capacity.perReplica : capacity.interval[0];
}

/** The least whole number ≥ 1 that is not below `load / share` by more than float noise. */
function wholeReplicas(load: number, carried: number): number {
  return Math.max(1, Math.ceil((load / carried) * (1 - FLOAT_NOISE)));
}

/**
 * The least replicas that keep the objective at a load. Never falls when the load rises.
 *
 * - wait: M/M/c with one server per replica.
 * - latency: response time in M/M/c; where latency was learned against load, `perReplica` is the largest load of
 *   one replica at which the objective held, so that the quotient decides.
 * - utilisation: load / (perReplica · share).
 *
 * Loads above that of 100,000 busy replicas are answered as that many.
 *
 * @param load - in the unit of the model's driver; finite, ≥ 0
 * @returns at least 1, since a workload that runs keeps a replica
 * @throws RangeError on a load that is NaN, infinite or negative, on a model without a positive capacity, and on a
 *   model of CPU with an objective in seconds (`learnCapacity` makes none): millicores have no service time
 */
export function replicasFor(capacity: CapacityModel, load: number): number {
  if (!(load >= 0 && Number.isFinite(load))) throw new RangeError(`load: expected a finite number ≥ 0, got ${load}`);
  const perReplica = plannedPerReplica(capacity);
  if (!(perReplica > 0 && Number.isFinite(perReplica)))
    throw new RangeError(`capacity of one replica: expected a number > 0, got ${perReplica}`);
  if (load === 0) return 1;
  return holding(capacity, Math.min(load, MOST_REPLICAS * perReplica), perReplica);
}

function holding(capacity: CapacityModel, load: number, perReplica: number): number {
  const { objective } = capacity;
  if (objective.kind === 'utilisation') return wholeReplicas(load, perReplica * objective.share);
  if (capacity.driver === 'cpu') throw new RangeError(`objective ${objective.kind}: expected requests, got CPU load`);
  if (objective.kind === 'wait') return serversForWait(load, perReplica, objective.seconds, objective.quantile);
  if (capacity.source === 'latency-against-load') return wholeReplicas(load, perReplica);
  return serversForResponse(load, perReplica, objective.seconds, objective.quantile);
}
