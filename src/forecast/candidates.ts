/** How each forecaster of the library learns its parameters: one entry each, in the order of `forecasterNames`. */
import type { ArimaEngine, LstmEngine } from '../domain/engines.ts';
import type { ForecasterName } from '../domain/forecast.ts';
import { fitArima } from './arima.ts';
import { fitHoltWinters } from './holt-winters.ts';
import type { Parameters } from './parameters.ts';
import type { Transformed } from './point-forecaster.ts';
import { fitSeasonalNaive } from './seasonal-naive.ts';

export interface Engines {
  readonly arima: ArimaEngine;
  readonly lstm: LstmEngine;
}

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

/** Rejects with the reason when this series cannot be fitted by this forecaster. */
type Fit = (learning: Learning) => Promise<Parameters>;

export const fits: { readonly [name in ForecasterName]?: Fit } = {
  'seasonal-naive': async ({ series, seasons }) => fitSeasonalNaive(series, seasons),
  'holt-winters': async ({ series, seasons, horizonSteps }) => fitHoltWinters(series, seasons, horizonSteps),
  arima: async ({ series, seasons, engines, earlier }) => fitArima(series, seasons, engines.arima, earlier),
};
