/** Quantiles and mean in the unit of the load, out of a curve. */
import type { Forecast } from '../../domain/forecast.ts';
import { fromZ, type Transform, toZ } from '../transform.ts';
import type { Curve } from './curve.ts';

/**
 * @param curve - of these levels, ascending
 * @param ceiling - every quantile and the mean stay at or under it, in the unit of the load
 */
export function forecastCurve(
  { medians, scales, scores }: Curve,
  levels: readonly number[],
  transform: Transform,
  ceiling: number,
): Pick<Forecast, 'mean' | 'levels' | 'quantiles'> {
  const cap = toZ(transform, ceiling);
  const highest = Number.isNaN(cap) ? Number.POSITIVE_INFINITY : cap;
  const mean = new Float64Array(medians.length);
  const quantiles = levels.map(() => new Float64Array(medians.length));
  for (let k = 0; k < medians.length; k++) {
    mean[k] = fromZ(transform, Math.min(highest, medians[k]! + scales[k]! * scores[levels.length]![k]!));
    let below = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < levels.length; j++) {
      below = Math.max(below, Math.min(highest, medians[k]! + scales[k]! * scores[j]![k]!));
      quantiles[j]![k] = fromZ(transform, below);
    }
  }
  return { mean, levels, quantiles };
}
