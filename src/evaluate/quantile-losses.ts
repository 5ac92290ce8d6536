/** Scores of the quantiles by pinball loss (Koenker & Bassett 1978). */
import { pinball } from '../forecast/pinball.ts';
import { crpsLevels } from './levels.ts';
import { forEachObserved, quantileRow, type Verified } from './verified.ts';

/** Kept as two sums, because over many series the published form divides the sums and not the series. */
export interface QuantileLoss {
  /** Mean over the levels of 2·Σρ_τ(y, q_τ). */
  readonly loss: number;
  /** Σ|y|. */
  readonly magnitude: number;
}

/** @returns parts of the weighted quantile loss `mean over τ of 2·Σρ_τ(y,q_τ) / Σ|y|` */
export function quantileLoss(pairs: readonly Verified[], levels: readonly number[]): QuantileLoss {
  let [loss, magnitude] = [0, 0];
  forEachObserved(pairs, (y, i, forecast) => {
    magnitude += Math.abs(y);
    for (const level of levels) loss += 2 * pinball(level, y, quantileRow(forecast, level)[i]!);
  });
  return { loss: loss / levels.length, magnitude };
}

/**
 * Continuous ranked probability score in the unit of the series: `2·∫ρ_τ dτ` on the midpoints of 20 equal parts of (0, 1),
 * which is exactly the CRPS of an ensemble of those 20 quantiles (Laio & Tamea 2007). NaN when nothing was observed.
 */
export function crps(pairs: readonly Verified[]): number {
  let [sum, n] = [0, 0];
  forEachObserved(pairs, (y, i, forecast) => {
    for (const level of crpsLevels)
      sum += (2 / crpsLevels.length) * pinball(level, y, quantileRow(forecast, level)[i]!);
    n += 1;
  });
  return sum / n;
}

/** Mean pinball loss of one forecast over its observed steps and the levels; NaN when nothing was observed. */
export function meanPinball(pair: Verified, levels: readonly number[]): number {
  let [sum, n] = [0, 0];
  forEachObserved([pair], (y, i, forecast) => {
    for (const level of levels) sum += pinball(level, y, quantileRow(forecast, level)[i]!);
    n += levels.length;
  });
  return n > 0 ? sum / n : Number.NaN;
}
