/** Quantiles and mean in the unit of the load, out of a curve. */
import type { Forecast } from '../../domain/forecast.ts';
import { loadsFromZ, type Transform } from '../transform.ts';
import type { Curve } from './curve.ts';

/**
 * @param curve - of these levels, ascending; its rows become those of the forecast
 * @param ceiling - every quantile and the mean stay at or under it, in the unit of the load
 */
export function forecastCurve(
  curve: Curve,
  levels: readonly number[],
  transform: Transform,
  ceiling: number,
): Pick<Forecast, 'mean' | 'levels' | 'quantiles'> {
  for (const row of curve) {
    loadsFromZ(transform, row);
    for (let k = 0; k < row.length; k++) row[k] = Math.min(ceiling, row[k]!);
  }
  const quantiles = curve.slice(0, levels.length);
  for (let j = 1; j < quantiles.length; j++) keepAbove(quantiles[j]!, quantiles[j - 1]!);
  return { mean: curve[levels.length]!, levels, quantiles };
}

function keepAbove(row: Float64Array, lower: Float64Array): void {
  for (let k = 0; k < row.length; k++) row[k] = Math.max(lower[k]!, row[k]!);
}
