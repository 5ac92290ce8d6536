/** What a back-test is made of, wherever it comes from. */
import type { ForecasterName, Mark, WallClock } from '../../domain/forecast.ts';
import type { NamedSeries } from '../forecast/long-form.ts';

export interface OneSeries extends Pick<NamedSeries, 'id' | 'series' | 'style'> {
  /** How each step may be used, as long as the series; all `ok` when absent. All are scored. */
  readonly marks?: readonly Mark[];
}

export interface Material {
  /** Where it comes from, for the heading of the report. */
  readonly source: string;
  readonly series: readonly OneSeries[];
  readonly horizonSteps: number;
  readonly seasonLengths: readonly number[];
  /** Levels of the weighted quantile loss, and what the gate judges by; ascending. */
  readonly levels: readonly number[];
  readonly candidates: readonly ForecasterName[];
  readonly fitTimeoutMs: number;
  /** The wall clock that the people who make the load live by; UTC when absent. */
  readonly clock?: WallClock;
}
