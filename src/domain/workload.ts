import type { CalendarEvent } from './calendar.ts';
import type { WallClock } from './forecast.ts';

/** What scales: a Deployment or a StatefulSet. */
export interface WorkloadRef {
  readonly namespace: string;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
}

/** `shop/Deployment/checkout`: the identity of a workload in maps, files, logs and plans. */
export function workloadKey(ref: WorkloadRef): string {
  return `${ref.namespace}/${ref.kind}/${ref.name}`;
}

export const signalNames = ['requests', 'latency', 'cpu', 'memory', 'errors', 'throttling'] as const;
/**
 * `requests` per second, arriving · `latency` p95 in seconds · `cpu` millicores used by all replicas ·
 * `memory` bytes used by all replicas (working set) · `errors` share of the requests answered with a server error ·
 * `throttling` share of the scheduler's periods in which containers were held back at their CPU limit.
 */
export type SignalName = (typeof signalNames)[number];

/** What the user wants kept. */
export type Objective =
  /** Response time: the `quantile` of the latency stays at or under `seconds`. */
  | { readonly kind: 'latency'; readonly quantile: number; readonly seconds: number }
  /** Queueing time only: P(wait > seconds) ≤ 1 − quantile in an M/M/c queue. */
  | { readonly kind: 'wait'; readonly quantile: number; readonly seconds: number }
  /** CPU used over CPU requested stays at or under `share`, in (0, 1]. */
  | { readonly kind: 'utilisation'; readonly share: number };

export type HpaMode = 'floor' | 'floor-and-target';
export type RequestsMode = 'recommend' | 'apply';

/** All settings of one workload after defaults, annotations and file were merged. Frozen. */
export interface WorkloadSpec {
  readonly ref: WorkloadRef;
  readonly objective: Objective;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Larger is served first when the budget binds. */
  readonly priority: number;
  /** Relative price of a replica; 1 by default. */
  readonly costWeight: number;
  /** Budget pool it draws from. */
  readonly pool: string;
  /** Aim: the share of time in which ready replicas may be fewer than the objective needs. */
  readonly violationShare: number;
  /** Overrides the measured start-up time. */
  readonly startUpMs?: number;
  /** Overrides the learned capacity: requests per second that one busy replica serves. */
  readonly perReplicaRps?: number;
  readonly hpaMode: HpaMode;
  readonly requestsMode: RequestsMode;
  readonly events: readonly CalendarEvent[];
  /** The wall clock that the people who make its load live by; UTC when absent. */
  readonly clock?: WallClock;
  /** PromQL templates by signal; a signal that is absent is not observed. */
  readonly signals: { readonly [name in SignalName]?: SignalTemplate };
  /** Season lengths of its load, milliseconds, ascending. */
  readonly seasonsMs: readonly number[];
  /** The workload whose history stands for the past that this one does not have. */
  readonly like?: WorkloadRef;
}

/**
 * One PromQL template serves every workload that shares it in a single query. `query` must yield one series per
 * workload whose labels say which: `namespaceLabel` and `nameLabel` with `namePattern` applied to the value.
 */
export interface SignalTemplate {
  readonly name: string;
  /** PromQL with the placeholders `$namespaces` and `$names` (regular expression alternatives) and `$window`. */
  readonly query: string;
  readonly namespaceLabel: string;
  readonly nameLabel: string;
  /** Regular expression with one group that extracts the workload's name from the label; the whole value by default. */
  readonly namePattern?: string;
  /** Label that holds `Deployment` or `StatefulSet`; absent when the source cannot tell two of one name apart. */
  readonly kindLabel?: string;
  /** Multiplies every value, to reach the unit of the signal. */
  readonly scale: number;
}
