import type { FittedModel } from '../domain/forecast.ts';
import { startArima } from './arima.ts';
import { startHoltWinters } from './holt-winters.ts';
import { startHybrid } from './hybrid.ts';
import { startLstm } from './lstm.ts';
import type { PointForecaster } from './point-forecaster.ts';
import { startSeasonalNaive } from './seasonal-naive.ts';

/** The model's own part, by kind. */
export function startPoint(fitted: FittedModel, firstStep: number): PointForecaster {
  switch (fitted.kind) {
    case 'seasonal-naive':
      return startSeasonalNaive(fitted.parameters);
    case 'holt-winters':
      return startHoltWinters(fitted.parameters, firstStep);
    case 'arima':
      return startArima(fitted.parameters, firstStep);
    case 'lstm':
      return startLstm(fitted.parameters, firstStep);
    case 'hybrid':
      return startHybrid(fitted.parameters, firstStep);
  }
}
