/** Where outcomes fell inside their forecast distributions. */
import type { Forecast } from '../domain/forecast.ts';
import { pitLevels } from './levels.ts';
import { forEachObserved, quantileRow, type Verified } from './verified.ts';

/**
 * Histogram of the probability integral transform: outcomes by bin between neighbouring quantiles. Flat is calibrated,
 * U-shaped too narrow, humped too wide, sloping biased (Dawid 1984). An outcome that equals several quantiles, as zeros
 * do, is spread evenly over the bins between them (Czado, Gneiting & Held 2009).
 *
 * @returns 20 counts; their sum is the number of observed steps
 */
export function pitHistogram(pairs: readonly Verified[]): Float64Array {
  const bins = new Float64Array(pitLevels.length + 1);
  forEachObserved(pairs, (y, i, forecast) => {
    const { below, through } = placeOf(y, i, forecast);
    for (let bin = below; bin <= through; bin++) bins[bin]! += 1 / (through - below + 1);
  });
  return bins;
}

/** How many quantiles lie below an outcome, and how many at or below it. */
function placeOf(y: number, i: number, forecast: Forecast): { readonly below: number; readonly through: number } {
  let [below, through] = [0, 0];
  for (const level of pitLevels) {
    const q = quantileRow(forecast, level)[i]!;
    if (q < y) below += 1;
    if (q <= y) through += 1;
  }
  return { below, through };
}

/** Outcomes at or below the quantile, for each level: over the number of observed steps it should be the level itself. */
export function countsBelow(pairs: readonly Verified[], levels: readonly number[]): Float64Array {
  const counts = new Float64Array(levels.length);
  forEachObserved(pairs, (y, i, forecast) => {
    for (const [j, level] of levels.entries()) if (y <= quantileRow(forecast, level)[i]!) counts[j]! += 1;
  });
  return counts;
}
