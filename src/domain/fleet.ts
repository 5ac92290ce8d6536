/** What all workloads of a fleet learn together, and what a workload may hold of it. */
import type { FittedModel, Mark, WallClock } from './forecast.ts';
import type { TimeSeries } from './time-series.ts';

const networkNames = ['global-lstm', 'patch-mixer'] as const;
/** Those of the shared experts that a backend trains, and that are shipped. */
export const sharedNetworkNames: readonly SharedExpertName[] = networkNames;

/** Experts whose parameters are learned across the fleet and kept once; each series keeps only a small state of its own. */
export const sharedExpertNames = ['boosted-trees', 'random-forest', 'linear-svr', 'rbf-svr', ...networkNames] as const;
export type SharedExpertName = (typeof sharedExpertNames)[number];

/** Experts that learn from every sample of their own series. */
export const onlineExpertNames = [
  'persistence',
  'regression',
  'fast-regression',
  'analogues',
  'day-shape',
  'week-shape',
  'day-maximum',
  'recent-maximum',
] as const;
export type OnlineExpertName = (typeof onlineExpertNames)[number];

/** What an aggregate may hold beside the yardsticks, which are always there, and the candidates that are fitted alone. */
export const expertNames = [...onlineExpertNames, ...sharedExpertNames] as const;
export type ExpertName = (typeof expertNames)[number];

/**
 * Those that take part when nothing is said: each earned its place on recorded load. The shape of the week is off: what it
 * knows is in the yardsticks and the regression, and a state of 32 KB has room for so many.
 */
export const defaultExperts: readonly ExpertName[] = onlineExpertNames.filter((name) => name !== 'week-shape');

/** Plain data that the fleet shares: learned in the night, or shipped. */
export interface FleetModel {
  readonly experts: { readonly [name in SharedExpertName]?: SharedModel };
}

export interface SharedModel {
  /**
   * End of the newest sample that it was learned from: no forecast of an earlier step is honest. −Infinity for what was
   * learned from generated load.
   */
  readonly trainedThroughMs: number;
  readonly parameters: FittedModel['parameters'];
}

/** What a new workload takes from those that are followed already, beside the experts that they share. */
export interface FleetPrior {
  /** How far rare scores reach: a generalised Pareto tail (shape ξ, scale β) of the excesses of all, in own scales. */
  readonly tail?: { readonly shape: number; readonly scale: number };
  /** Wealth that the bets for its aggregate begin with, ≥ 1. */
  readonly credit: number;
}

/** The history of one workload as the fleet learns from it. */
export interface FleetHistory {
  /** For messages. */
  readonly id: string;
  readonly series: TimeSeries;
  /** As long as the series; all `ok` when absent. */
  readonly marks?: readonly Mark[];
  /** UTC when absent. */
  readonly clock?: WallClock;
}

export interface FleetRequest {
  /** What is to be learned. */
  readonly experts: readonly SharedExpertName[];
  /** All of one step. */
  readonly histories: readonly FleetHistory[];
  /** In steps, ascending, for example a day and a week. */
  readonly seasonLengths: readonly number[];
  /** The longest lead and the window behind it. */
  readonly horizonSteps: number;
  readonly seed: number;
  /** Networks go on from here. What is not learned anew is taken over. */
  readonly before?: FleetModel;
}

export interface FleetFit {
  readonly fleet: FleetModel;
  /** What each expert was learned from, or why it was not; for the log. */
  readonly notes: readonly { readonly expert: SharedExpertName; readonly learned: boolean; readonly message: string }[];
}

/** Learns what the fleet shares, somewhere that does not block the loop. */
export interface FleetTrainer {
  /** Rejects when the training as a whole was lost; what served before then goes on. */
  fitFleet(request: FleetRequest, signal?: AbortSignal): Promise<FleetFit>;
}
