import type { Demand, Sizing } from './capacity.ts';
import type { LevelReplay } from './forecast.ts';
import type { Reason } from './reasons.ts';
import type { WorkloadRef } from './workload.ts';

export type AllocatorName = 'auto' | 'greedy' | 'dp';

/** What a pool of workloads may use together. An absent limit does not bind. */
export interface Budget {
  readonly pool: string;
  readonly cpuMillicores?: number;
  readonly memoryBytes?: number;
  readonly replicas?: number;
}

/** One way to size a workload. */
export interface Option {
  readonly sizing: Sizing;
  /** Expected harm of this choice, ≥ 0, unitless; 0 serves the objective at the quantile asked for. */
  readonly penalty: number;
}

export interface AllocationRequest {
  readonly ref: WorkloadRef;
  readonly priority: number;
  readonly pool: string;
  readonly costWeight: number;
  /** Ascending in replicas; the first is the least the workload may get, the last serves its demand. At least one. */
  readonly options: readonly Option[];
}

export interface Allocation {
  readonly ref: WorkloadRef;
  readonly sizing: Sizing;
  readonly wanted: Sizing;
  readonly penalty: number;
  readonly reasons: readonly Reason[];
}

export interface PoolUse {
  readonly pool: string;
  readonly budget: Budget;
  readonly used: { readonly cpuMillicores: number; readonly memoryBytes: number; readonly replicas: number };
  /** What is left of each limit; absent where there is none. */
  readonly left: { readonly cpuMillicores?: number; readonly memoryBytes?: number; readonly replicas?: number };
}

/**
 * `objective` is Σ of the penalties. Priorities rank strictly: each tier is served from what those above it left,
 * and `gap` sums how far each tier may be from its best.
 */
export type Plan =
  | {
      readonly kind: 'allocated';
      readonly allocator: Exclude<AllocatorName, 'auto'>;
      readonly objective: number;
      /** Upper bound on how far `objective` is from the best; 0 when exact. */
      readonly gap: number;
      readonly allocations: readonly Allocation[];
      readonly pools: readonly PoolUse[];
    }
  | {
      /** Even the least of every workload exceeds a budget. Higher priorities keep theirs; `allocations` says who gives. */
      readonly kind: 'infeasible';
      readonly allocator: Exclude<AllocatorName, 'auto'>;
      readonly reason: Reason;
      readonly allocations: readonly Allocation[];
      readonly pools: readonly PoolUse[];
    };

/** What a policy says about the number before it. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'limit'; readonly replicas: number; readonly reason: Reason }
  | { readonly kind: 'hold'; readonly replicas: number; readonly reason: Reason };

/** The trail of one policy: its name, the number it was given and what it said. */
export interface PolicyTrace {
  readonly policy: string;
  readonly replicasBefore: number;
  readonly verdict: Verdict;
}

interface DecisionBase {
  readonly ref: WorkloadRef;
  readonly from: number;
  readonly reasons: readonly Reason[];
  readonly trace: readonly PolicyTrace[];
  readonly demand?: Demand;
  readonly requests?: RequestsChange;
}

/** What to do with one workload. With an HPA `to` is its floor, without one its replicas. */
export type Decision =
  | (DecisionBase & { readonly kind: 'scale'; readonly to: number })
  | (DecisionBase & { readonly kind: 'hold' });

/** Other requests for the containers of the pod template. */
export interface RequestsChange {
  readonly mode: 'recommend' | 'apply';
  readonly containers: readonly {
    readonly name: string;
    readonly from: { readonly cpuMillicores?: number; readonly memoryBytes?: number };
    readonly to: { readonly cpuMillicores: number; readonly memoryBytes: number };
  }[];
  /** The HPA's CPU utilisation target restated so that it means the same cores as before. */
  readonly cpuUtilisationTarget?: { readonly from: number; readonly to: number };
  readonly reason: Reason;
}

/** What the decision stage remembers of a workload between two rounds. Plain data, kept on disk. */
export interface DecisionMemory {
  readonly lastUpMs?: number;
  readonly lastDownMs?: number;
  /** The recent wanted counts, oldest first, for the hold on the way down. */
  readonly wanted: readonly { readonly atMs: number; readonly replicas: number }[];
  /** Where the error budget stands. */
  readonly aim?: AimMemory;
  /** The load collapsed together with that of other workloads, and is not back. */
  readonly lost?: { readonly sinceMs: number; readonly loadBefore: number };
}

/** State of the controller that holds the share of time in violation, by the level that is planned with. */
export interface AimMemory {
  /** Aimed at; another aim starts anew. */
  readonly violationShare: number;
  /** Replays of past fits put together, and how far they reached; none before the first fit. */
  readonly replay?: LevelReplay & { readonly trainedThroughMs: number };
  /** What the controller added to the natural logarithm of the miss rate that the replays ask for. */
  readonly offset: number;
  /** Steps in violation, older ones fading over 28 days. */
  readonly spentSteps: number;
  /** Share of time in violation of about the last day, in multiples of the aim. */
  readonly dayBurn: number;
  /** End of the last step that was judged, and the fewest replicas that served since. */
  readonly judgedMs: number;
  readonly served?: number;
}

export const emptyMemory: DecisionMemory = { wanted: [] };
