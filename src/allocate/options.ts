import type { ReplicaResources } from '../domain/capacity.ts';
import type { AllocationRequest, Option } from '../domain/plan.ts';
import type { WorkloadSpec } from '../domain/workload.ts';

/** More counts than this between least and wanted are thinned evenly: the allocators' time grows with them. */
const MOST_OPTIONS = 33;

/**
 * Penalty of every replica less than asked for, whether needed or only kept by a hold: small enough that kept ones are
 * the first to go, and enough that they do not go while there is room.
 */
const LESS_THAN_ASKED = 0.001;

/** What a workload asks for: the counts to choose between and what falling short of its need would mean. */
export interface Ask {
  readonly spec: Pick<WorkloadSpec, 'ref' | 'priority' | 'pool' | 'costWeight'>;
  /** Least replicas it may get, and those it asks for. */
  readonly least: number;
  readonly wanted: number;
  /** Of one replica. */
  readonly resources: ReplicaResources;
  /** Replicas that the expected load needs, and those that its upper quantile `level` needs; the latter at least as many. */
  readonly expected: number;
  readonly needed: number;
  readonly level: number;
}

function counts(least: number, most: number): readonly number[] {
  const length = Math.min(MOST_OPTIONS, most - least + 1);
  return Array.from({ length }, (_, i) =>
    length === 1 ? most : least + Math.round((i * (most - least)) / (length - 1)),
  );
}

/**
 * Expected shortage of `replicas`, in replicas: the need is taken as logistic around the expected one, as wide as
 * its quantile says. E(need − c)+ = s·ln(1 + e^{(m − c)/s}): convex and falling in c, heavier in the tail than the
 * normal, and in closed form.
 */
function shortage(ask: Ask, replicas: number): number {
  const spread = (ask.needed - ask.expected) / Math.log(ask.level / (1 - ask.level));
  const short = ask.expected - replicas;
  if (!(spread > 0)) return Math.max(0, short);
  return Math.max(0, short) + spread * Math.log1p(Math.exp(-Math.abs(short) / spread));
}

/**
 * The menu of one workload, ascending in replicas. The penalty is the expected shortage relative to the need, above
 * that of the wanted count, which has 0, plus a little for every replica less; so a tenth of a large service and a tenth of a small one weigh the same.
 */
export function buildOptions(ask: Ask): AllocationRequest {
  const { spec, resources } = ask;
  const least = Math.min(ask.least, ask.wanted);
  const scale = Math.max(1, ask.expected);
  const unavoidable = shortage(ask, ask.wanted);
  const options = counts(least, ask.wanted).map(
    (replicas): Option => ({
      sizing: { replicas, ...resources },
      penalty:
        Math.max(0, shortage(ask, replicas) - unavoidable) / scale +
        (LESS_THAN_ASKED * (ask.wanted - replicas)) / scale,
    }),
  );
  const { ref, priority, pool, costWeight } = spec;
  return { ref, priority, pool, costWeight, options };
}
