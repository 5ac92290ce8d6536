/**
 * LSTM on the seasonally adjusted series: it learns what seasonal naive leaves over, in units of that error, and starts
 * from it. One small network per series.
 */
import type { Learning } from './learning.ts';
import { numberIn, type Parameters } from './parameters.ts';
import type { PointForecaster } from './point-forecaster.ts';
import { fitResidualNetwork, startResidualNetwork } from './residual-network.ts';
import { fitSeasonalNaive, startSeasonalNaive } from './seasonal-naive.ts';

const MOST_SKIPPED = 0.5;

export async function fitLstm({
  series,
  seasons,
  horizonSteps,
  seed,
  engines,
  earlier,
}: Learning): Promise<Parameters> {
  const base = earlier ? { season: numberIn(earlier, 'season') } : fitSeasonalNaive(series, seasons);
  // Before the first season is over the base is persistence, which is another thing to correct.
  const warmUp = Math.min(numberIn(base, 'season') + horizonSteps, Math.floor(MOST_SKIPPED * series.z.length));
  const network = await fitResidualNetwork(() => startSeasonalNaive(base), {
    series,
    seasons,
    horizonSteps,
    seed,
    engine: engines.lstm,
    fromIndex: warmUp,
    ...(earlier ? { earlier } : {}),
  });
  return { ...base, ...network };
}

export function startLstm(parameters: Parameters, firstStep: number): PointForecaster {
  return startResidualNetwork(startSeasonalNaive(parameters), parameters, firstStep);
}
