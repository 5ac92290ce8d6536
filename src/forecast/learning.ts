import type { ArimaEngine, LstmEngine } from '../domain/engines.ts';
import type { Parameters } from './parameters.ts';
import type { Transformed } from './point-forecaster.ts';

/** Number-crunching that the stage is given. */
export interface Engines {
  readonly arima: ArimaEngine;
  readonly lstm: LstmEngine;
}

/** What a forecaster is given to learn its parameters from. */
export interface Learning {
  /** The part that may be seen. */
  readonly series: Transformed;
  readonly seasons: readonly number[];
  readonly horizonSteps: number;
  readonly seed: number;
  readonly engines: Engines;
  /** Parameters learned from an older part of the same series: a refit keeps their structure. */
  readonly earlier?: Parameters;
}
