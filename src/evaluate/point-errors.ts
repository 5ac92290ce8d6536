/** Scores of the point forecast: the median where the absolute error counts, the mean where the square or the sum counts. */
import type { NaiveScale } from './naive-scale.ts';
import { scaled } from './naive-scale.ts';
import { forEachObserved, quantileRow, type Verified } from './verified.ts';

export interface PointScores {
  /** Mean absolute error of the median over `scale.absolute` (Hyndman & Koehler 2006); unitless, 1 is the naive in sample. */
  readonly mase: number;
  /** √(mean squared error of the mean over `scale.squared`) (M5 competition). */
  readonly rmsse: number;
  /** Mean of 200·|y−f|/(|y|+|f|) of the median, percent in [0, 200]; 0 where both are 0 (M4 competition). */
  readonly smape: number;
  /** Σ(f−y)/Σ|y| of the mean: share by which the load was overestimated; negative is too low, NaN without any load. */
  readonly bias: number;
}

/** All NaN when nothing was observed. */
export function pointScores(pairs: readonly Verified[], scale: NaiveScale): PointScores {
  const sum = { absolute: 0, squared: 0, symmetric: 0, error: 0, magnitude: 0, n: 0 };
  forEachObserved(pairs, (y, i, forecast) => {
    const median = quantileRow(forecast, 0.5)[i]!;
    const error = forecast.mean[i]! - y;
    sum.absolute += Math.abs(y - median);
    sum.squared += error * error;
    sum.symmetric += symmetricError(y, median);
    sum.error += error;
    sum.magnitude += Math.abs(y);
    sum.n += 1;
  });
  return {
    mase: scaled(sum.absolute / sum.n, scale.absolute),
    rmsse: Math.sqrt(scaled(sum.squared / sum.n, scale.squared)),
    smape: sum.symmetric / sum.n,
    bias: scaled(sum.error, sum.magnitude),
  };
}

function symmetricError(y: number, f: number): number {
  const magnitude = Math.abs(y) + Math.abs(f);
  return magnitude > 0 ? (200 * Math.abs(y - f)) / magnitude : 0;
}
