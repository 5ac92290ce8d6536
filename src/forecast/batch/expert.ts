/** What a member of the batch forecast is: it learns from a past and then forecasts from any later point of the series. */

/** A series without holes: what was missing is filled for reading and marked, so that nothing learns from it as a target. */
export interface Past {
  readonly values: Float64Array;
  /** 1 where the value was filled in; absent when none was. */
  readonly filled?: Uint8Array;
}

export interface Frame {
  /** Steps ahead, ≥ 1. */
  readonly horizon: number;
  /** In steps, ascending, each ≥ 2; may be empty. */
  readonly seasons: readonly number[];
}

/** Writes `out.length` steps that follow `history`, which is at least as long as what was learned from. May be not finite. */
export type ForecastFrom = (history: Float64Array, out: Float64Array) => void;

export type Fitted =
  | { readonly kind: 'fitted'; readonly forecast: ForecastFrom }
  /** It cannot say anything about this series, and why. */
  | { readonly kind: 'asleep'; readonly reason: string };

/** A member that knows one series only. Pure: equal pasts give equal forecasts. */
export interface LocalExpert {
  readonly name: string;
  fit(past: Past, frame: Frame): Fitted;
}

export const asleep = (reason: string): Fitted => ({ kind: 'asleep', reason });
