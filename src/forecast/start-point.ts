import { startArima } from './arima.ts';
import type { SingleName } from './candidates.ts';
import { startHoltWinters } from './holt-winters.ts';
import { startHybrid } from './hybrid.ts';
import { startLstm } from './lstm.ts';
import type { Parameters } from './parameters.ts';
import type { PointForecaster } from './point-forecaster.ts';
import { startSeasonalNaive } from './seasonal-naive.ts';

/** The model's own part, by kind. */
export function startPoint(kind: SingleName, parameters: Parameters, firstStep: number): PointForecaster {
  switch (kind) {
    case 'seasonal-naive':
      return startSeasonalNaive(parameters);
    case 'holt-winters':
      return startHoltWinters(parameters, firstStep);
    case 'arima':
      return startArima(parameters, firstStep);
    case 'lstm':
      return startLstm(parameters, firstStep);
    case 'hybrid':
      return startHybrid(parameters, firstStep);
  }
}
