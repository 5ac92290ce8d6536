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
  for (let j = 0; j < curve.length; j++) {
    const row = curve[j]!;
    loadsFromZ(transform, row);
    // The mean has nothing below it.
    bound(row, j > 0 && j < levels.length ? curve[j - 1]! : row, ceiling);
  }
  return { mean: curve[levels.length]!, levels, quantiles: curve.slice(0, levels.length) };
}

/** Rows stay above the one before them. Branches instead of Math.min and Math.max take three times as long. */
function bound(row: Float64Array, lower: Float64Array, ceiling: number): void {
  for (let k = 0; k < row.length; k++) row[k] = Math.min(ceiling, Math.max(lower[k]!, row[k]!));
}
