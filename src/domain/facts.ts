/** What the pure part of the loop is given, and what it gives back. */
import type { Span, UpliftSource, Uplifts } from './calendar.ts';
import type { CapacityModel, Demand, StartUpEstimate } from './capacity.ts';
import type { WorkloadState } from './cluster.ts';
import type { Forecast, LevelReplay, OnlineForecaster } from './forecast.ts';
import type { Allocation, AllocatorName, Budget, Decision, DecisionMemory, Plan, RequestsChange } from './plan.ts';
import type { Quality } from './quality.ts';
import type { DecideSettings } from './settings.ts';
import type { TimeSeries } from './time-series.ts';
import type { SignalName, WorkloadSpec } from './workload.ts';

/** Everything that is known about one workload at one time. */
export interface WorkloadFacts {
  readonly spec: WorkloadSpec;
  /** Absent when the workload does not exist or could not be read. */
  readonly state?: WorkloadState;
  readonly series: { readonly [name in SignalName]?: TimeSeries };
  readonly quality: readonly Quality[];
  /** Follows the series of the capacity model's driver up to the last complete step; absent without a model. */
  readonly forecaster?: OnlineForecaster;
  /** What each level led to in the replay of the forecaster's fit, and through when that was trained. */
  readonly replay?: LevelReplay & { readonly trainedThroughMs: number };
  readonly capacity?: CapacityModel;
  readonly startUp: StartUpEstimate;
  readonly memory: DecisionMemory;
  /** What the events of its calendar do to it, as far as that is known; worked out on the slow clock. */
  readonly uplifts?: Uplifts;
  /** Other requests that would fit the measured usage better; worked out on the slow clock. */
  readonly requests?: RequestsChange;
}

export interface Facts {
  readonly nowMs: number;
  readonly loopMs: number;
  readonly allocator: AllocatorName;
  readonly budgets: readonly Budget[];
  readonly decide: DecideSettings;
  readonly workloads: readonly WorkloadFacts[];
}

/** The answer for one workload, with all that led to it: `explain` prints this and nothing else. */
export interface Outcome {
  readonly decision: Decision;
  readonly memory: DecisionMemory;
  readonly explanation: Explanation;
}

/** An occurrence of the calendar that changed what the forecast said. */
export interface ExplainedEvent extends Span {
  readonly name: string;
  /** Factor on the ordinary load at the height of the event. */
  readonly uplift: number;
  readonly source: UpliftSource;
  /** That the uplift was learned from. */
  readonly occurrences: number;
  /** What its owner declared. */
  readonly declared?: number;
}

export interface Explanation {
  readonly quality: readonly Quality[];
  readonly forecast?: Forecast;
  readonly events?: readonly ExplainedEvent[];
  readonly capacity?: CapacityModel;
  readonly startUp: StartUpEstimate;
  /** Demand by forecast, and the demand of the last complete step beside it. */
  readonly demand?: Demand;
  readonly reactive?: Demand;
  /** Replicas that each demand needs, before allocation. */
  readonly needed?: { readonly byForecast?: number; readonly byReaction?: number };
  readonly allocation?: Allocation;
}

export interface Round {
  readonly atMs: number;
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
}
