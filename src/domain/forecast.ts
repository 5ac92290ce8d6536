import type { CapacityModel } from './capacity.ts';
import type { Change } from './change.ts';
import type { ExpertName, FleetModel, FleetPrior } from './fleet.ts';
import type { TimeSeries } from './time-series.ts';

/**
 * What the load will be: mean and non-crossing quantiles for `mean.length` steps from `startMs` on.
 * `startMs` is the end of the last complete step, so step 0 is the one that is running now.
 */
export interface Forecast {
  readonly startMs: number;
  readonly stepMs: number;
  readonly mean: Float64Array;
  /** Ascending, each in (0, 1). */
  readonly levels: readonly number[];
  /** One row per level, each as long as `mean`; at every step ascending with the level. */
  readonly quantiles: readonly Float64Array[];
  /** The model that made it, for reasons and metrics. */
  readonly model: string;
}

/** Names of the forecasters of the library, from the simplest to the most elaborate. */
export const forecasterNames = ['seasonal-naive', 'holt-winters', 'arima', 'lstm', 'hybrid', 'aggregate'] as const;
export type ForecasterName = (typeof forecasterNames)[number];

/**
 * Those that take part when nothing is said. A network for each single series is left out: as an expert it changed the loss
 * on three recorded loads by −0.3 to +1.2 %, and it costs half a megabyte and most of the time of a fit.
 */
export const defaultCandidates: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'];

/**
 * How a sample may be used. `censored`: demand was cut off (saturation, errors), so the value is only a lower bound.
 * `excluded`: an incident or a declared event; it counts for coverage and for the newest level, never for a seasonal shape.
 */
export type Mark = 'ok' | 'censored' | 'excluded';

/**
 * A fitted model that follows its series: `observe` takes the next complete step, `forecast` looks ahead
 * from the last one observed. Deterministic: equal model and equal samples give equal forecasts.
 */
export interface OnlineForecaster {
  readonly model: string;
  /**
   * @param value - load of the next complete step in the unit of the series; NaN when it is missing
   * @param mark - how it may be used; `ok` by default
   */
  observe(value: number, mark?: Mark): void;
  /** @param levels - ascending quantile levels in (0, 1). */
  forecast(horizonSteps: number, levels: readonly number[]): Forecast;
  /** How it stands, where it is made of several experts and guarded by a gate. */
  status?(): ForecastStatus;
}

/** The simple methods that whatever is learned has to beat on each series. */
export const yardstickNames = ['seasonal-naive', 'holt-winters'] as const;
export type YardstickName = (typeof yardstickNames)[number];

/** What the gate compares, and one of which acts. */
export type ContenderName = 'aggregate' | YardstickName;

/** How an aggregate of experts stands on one series: who acts and why, what each expert is worth, how good it has been. */
export interface ForecastStatus {
  /** End of the newest step it has observed. */
  readonly atMs: number;
  readonly acting: ContenderName;
  readonly actingSinceMs: number;
  /** In words, for people. */
  readonly verdict: string;
  /** By horizon, ascending. */
  readonly blocks: readonly BlockStatus[];
  /** The newest promotion or demotion; absent when there was none. */
  readonly lastChange?: GateChange;
  /** The newest change of the series that was noticed; absent when there was none. */
  readonly lastAlarm?: Change;
  /** What it keeps in memory for this series. */
  readonly stateBytes: number;
  /** How the forecast on borrowed history stands; absent where nothing is borrowed. */
  readonly borrowed?: BorrowedStatus;
}

/** What is said of a past that is another workload's. */
export interface BorrowedFacts {
  /** `workloadKey` of the workload whose history it is. */
  readonly from: string;
  /** Length of the borrowed part. */
  readonly pastMs: number;
  /** Level of this workload over that of the other. */
  readonly ratio: number;
  /** Relative standard error of the ratio. */
  readonly doubt: number;
}

export interface BorrowedStatus extends BorrowedFacts {
  /** Whether it is what is forecast with; else the forecast on the workload's own history is. */
  readonly acting: boolean;
  /** Its loss over that of the forecast on own history, on this workload's own load; NaN before there is enough of it. */
  readonly lossRatio: number;
  /** Running sums behind these two: a forecaster that is started later goes on from them. */
  readonly record: Float64Array;
}

/** Horizons that share their weights. */
export interface BlockStatus {
  /** Steps ahead, both included. */
  readonly fromSteps: number;
  readonly throughSteps: number;
  /** Weight of each expert at the median, by name; experts that sleep are left out. They sum to 1. */
  readonly weights: { readonly [expert: string]: number };
  /** Weights at the highest level that is mixed, 0.99. */
  readonly tailWeights: { readonly [expert: string]: number };
  /** Of about the last day. */
  readonly recent: { readonly [name in ContenderName]: RecentScores };
}

/** Exponentially weighted, of forecasts as they were issued; NaN before the first outcome. */
export interface RecentScores {
  /** Mean absolute error of the median over the mean load. */
  readonly error: number;
  /** Twice the mean pinball loss at 0.5, 0.9 and 0.99 over the mean load. */
  readonly quantileLoss: number;
  /** Share of outcomes at or below these quantiles. */
  readonly coverage: { readonly q50: number; readonly q90: number; readonly q99: number };
}

/**
 * `beats-both`: against both yardsticks, with the stated confidence · `loses`: the test against it · `window`: worse over
 * the last week · `worse-today`: far worse over the last day.
 */
export const gateCauses = ['beats-both', 'loses', 'window', 'worse-today'] as const;
export type GateCause = (typeof gateCauses)[number];

export interface GateChange {
  readonly kind: 'promoted' | 'demoted';
  readonly cause?: GateCause;
  readonly atMs: number;
  readonly from: ContenderName;
  readonly to: ContenderName;
  readonly reason: string;
}

/** Out-of-sample scores of one forecaster, from rolling origins over the newest part of the history. */
export interface ForecastScore {
  readonly model: ForecasterName;
  /** Mean absolute error over that of the seasonal naive in-sample (MASE); lower is better. */
  readonly mase: number;
  /** Weighted quantile loss over the levels that capacity uses; lower is better, unitless. */
  readonly weightedQuantileLoss: number;
  /** Share of outcomes below the 0.5, 0.9 and 0.99 quantiles. */
  readonly coverage: { readonly q50: number; readonly q90: number; readonly q99: number };
  readonly origins: number;
  /** Why this forecaster has no score, when it could not be fitted. */
  readonly failure?: string;
  /** Time it took to fit and score, when the request was `timed`. */
  readonly fitMs?: number;
}

/** What a refit learned for one series: the models that fitted, their scores, and which of them acts and why. */
export interface FittedSeries {
  readonly trainedThroughMs: number;
  /** What the history was of; a model is used on no other source. */
  readonly source?: string;
  readonly stepMs: number;
  readonly seed: number;
  readonly acting: ForecasterName;
  readonly verdict: string;
  readonly scores: readonly ForecastScore[];
  /** Absent when the request said nothing of the service, or the history is too short. */
  readonly replay?: LevelReplay;
  /** What its shared experts stand on; one for all series, so it is not stored with them. */
  readonly fleet?: FleetModel;
  /** Serialisable state of every usable model, by name; the forecast stage owns its form. */
  readonly models: { readonly [name in ForecasterName]?: FittedModel };
}

/**
 * What providing for each miss rate (1 − level) would have led to on the newest part of the history, which the model had
 * not seen: whole replicas, start-up, hold and reactive floor included.
 */
export interface LevelReplay {
  /** Steps that were judged. */
  readonly steps: number;
  /** Ascending. */
  readonly missRates: readonly number[];
  /** Share of the steps with too few replicas, one per miss rate, ascending. */
  readonly shortShares: readonly number[];
}

/** Plain data (numbers, strings, typed arrays) that fully determines a model. */
export interface FittedModel {
  readonly kind: ForecasterName;
  readonly parameters: { readonly [name: string]: number | string | readonly number[] | Float64Array | Float32Array };
}

/** Offsets of a time zone over the span that matters, ascending: `offsetMs` is added to UTC from `fromMs` on. Never empty. */
export interface WallClock {
  readonly zone: string;
  readonly transitions: readonly { readonly fromMs: number; readonly offsetMs: number }[];
}

export interface FitRequest {
  readonly id: string;
  readonly history: TimeSeries;
  /** As long as the history: how each sample may be used; all `ok` when absent. */
  readonly marks?: readonly Mark[];
  /** The wall clock that people who make the load live by; UTC when absent. */
  readonly clock?: WallClock;
  /** Seasons in steps, ascending, for example a day and a week. */
  readonly seasonLengths: readonly number[];
  readonly levels: readonly number[];
  /** How many steps ahead the scores look; the lead plus the window that capacity plans for. */
  readonly horizonSteps: number;
  readonly seed: number;
  /** Forecasters that may act, in the order of `forecasterNames`. */
  readonly candidates: readonly ForecasterName[];
  /** What an aggregate holds beside the yardsticks and the candidates that are fitted alone; `defaultExperts` when absent. */
  readonly experts?: readonly ExpertName[];
  /** What the fleet shares; experts that it does not hold do not take part. */
  readonly fleet?: FleetModel;
  /** What others like it have shown; an aggregate that is begun begins with it. */
  readonly prior?: FleetPrior;
  /** A past of another workload, before its own; a second aggregate begins with it. */
  readonly borrowed?: BorrowedPast;
  /** How the load is served, to replay it. */
  readonly serving?: Serving;
  /** The one that acted until now, for hysteresis. */
  readonly acting?: ForecasterName;
  /** What an earlier fit of this series left: an aggregate goes on from its state over the new samples only. */
  readonly previous?: FittedSeries;
  /** Note how long each forecaster took. Off by default, so that equal requests give equal bytes. */
  readonly timed?: boolean;
}

/** The history of another workload at the level of this one. */
export interface BorrowedPast extends BorrowedFacts {
  /** Ends where the own history begins. */
  readonly past: TimeSeries;
  /** As long as the past. */
  readonly marks: readonly Mark[];
  /** `BorrowedStatus.record` until now; absent at first. */
  readonly record?: Float64Array;
}

/** What the replay of a fit has to know of the service. */
export interface Serving {
  readonly capacity: CapacityModel;
  readonly leadMs: number;
  readonly loopMs: number;
  readonly holdMs: number;
}

/** Fits the models of one series, somewhere that does not block the loop. Rejects with an Error that names the series. */
export interface Trainer {
  fit(request: FitRequest, signal?: AbortSignal): Promise<FittedSeries>;
}
