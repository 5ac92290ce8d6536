import { centralLevels } from './levels.ts';
import { scaled } from './naive-scale.ts';
import { forEachObserved, quantileRow, type Verified } from './verified.ts';

const ALPHA = 0.05;
const [LOWER, UPPER] = centralLevels(1 - ALPHA);

/**
 * Mean scaled interval score of the central 95 % interval:
 * `mean[(U−L) + (2/α)(L−y)+ + (2/α)(y−U)+] / scale`, α = 0.05 (Gneiting & Raftery 2007; scaled as in the M4 competition).
 *
 * @param scale - mean |y_t − y_{t−m}| before the first origin; 0 or NaN gives NaN
 */
export function meanScaledIntervalScore(pairs: readonly Verified[], scale: number): number {
  let [sum, n] = [0, 0];
  forEachObserved(pairs, (y, i, forecast) => {
    const lower = quantileRow(forecast, LOWER)[i]!;
    const upper = quantileRow(forecast, UPPER)[i]!;
    sum += upper - lower + (2 / ALPHA) * (Math.max(0, lower - y) + Math.max(0, y - upper));
    n += 1;
  });
  return scaled(sum / n, scale);
}
