/**
 * Zhang's hybrid (Neurocomputing 50, 2003): y = linear + nonlinear, the linear part by ARIMA, an LSTM on what it leaves.
 *
 * Two traps. In-sample residuals are too small, so the network learns from an ARIMA that was fitted on the older 60 %
 * only and filtered through the rest. And for h > 1 its target is the error of ARIMA's h-step forecast, not an
 * iterated one-step residual. The ARIMA that acts is fitted on everything.
 */
import { fitArima, startArima } from './arima.ts';
import type { Learning } from './learning.ts';
import type { Parameters } from './parameters.ts';
import type { PointForecaster } from './point-forecaster.ts';
import { fitResidualNetwork, startResidualNetwork } from './residual-network.ts';

/** Enough for a sound ARIMA on three weeks of hours, and still most of the surprises for the network. */
const OLDER_SHARE = 0.6;

export async function fitHybrid({
  series,
  seasons,
  horizonSteps,
  seed,
  engines,
  earlier,
}: Learning): Promise<Parameters> {
  const linear = fitArima(series, seasons, engines.arima, earlier);
  const half = Math.floor(OLDER_SHARE * series.z.length);
  const older = fitArima({ ...series, z: series.z.subarray(0, half) }, seasons, engines.arima, linear);
  const network = await fitResidualNetwork(() => startArima(older, series.firstStep), {
    series,
    seasons,
    horizonSteps,
    seed,
    engine: engines.lstm,
    fromIndex: half,
    ...(earlier ? { earlier } : {}),
  });
  return { ...linear, ...network };
}

export function startHybrid(parameters: Parameters, firstStep: number): PointForecaster {
  return startResidualNetwork(startArima(parameters, firstStep), parameters, firstStep);
}
