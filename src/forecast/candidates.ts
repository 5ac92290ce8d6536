/** How each forecaster that is fitted alone learns its parameters: one entry each, in the order of `forecasterNames`. */
import type { ForecasterName } from '../domain/forecast.ts';
import { fitArima } from './arima.ts';
import { fitHoltWinters } from './holt-winters.ts';
import { fitHybrid } from './hybrid.ts';
import type { Learning } from './learning.ts';
import { fitLstm } from './lstm.ts';
import type { Parameters } from './parameters.ts';
import { fitSeasonalNaive } from './seasonal-naive.ts';

/** Forecasters that are fitted alone; the aggregate is made of them and of what learns online. */
export type SingleName = Exclude<ForecasterName, 'aggregate'>;

/** Rejects with the reason when this series cannot be fitted by this forecaster. */
type Fit = (learning: Learning) => Promise<Parameters>;

export const fits: { readonly [name in SingleName]: Fit } = {
  'seasonal-naive': async ({ series, seasons }) => fitSeasonalNaive(series, seasons),
  'holt-winters': async ({ series, seasons, horizonSteps }) => fitHoltWinters(series, seasons, horizonSteps),
  arima: async ({ series, seasons, engines, earlier }) => fitArima(series, seasons, engines.arima, earlier),
  lstm: fitLstm,
  hybrid: fitHybrid,
};
