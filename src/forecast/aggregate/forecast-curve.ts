/** Quantiles and mean in the unit of the load, out of a curve. */
import type { Forecast } from '../../domain/forecast.ts';
import { fromZ, type Transform, toZ } from '../transform.ts';
import type { Curve } from './curve.ts';

export interface Widening {
  readonly transform: Transform;
  /** Every quantile and the mean stay at or under it, in the unit of the load. */
  readonly ceiling: number;
  /** Steps since the newest sample. */
  readonly age: number;
  /** Scale that no forecast has to exceed because of its age. */
  readonly widest: number;
}

/** @param curve - of these levels, ascending */
export function forecastCurve(
  { medians, scales, scores }: Curve,
  levels: readonly number[],
  { transform, ceiling, age, widest }: Widening,
): Pick<Forecast, 'mean' | 'levels' | 'quantiles'> {
  const cap = toZ(transform, ceiling);
  const mean = new Float64Array(medians.length);
  const quantiles = levels.map(() => new Float64Array(medians.length));
  for (let k = 0; k < medians.length; k++) {
    const fresh = scales[k]!;
    const scale = age > 0 ? Math.min(fresh * Math.sqrt(1 + age / (k + 1)), Math.max(fresh, widest)) : fresh;
    mean[k] = fromZ(transform, Math.min(cap, medians[k]! + scale * scores[levels.length]![k]!));
    let below = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < levels.length; j++) {
      below = Math.max(below, Math.min(cap, medians[k]! + scale * scores[j]![k]!));
      quantiles[j]![k] = fromZ(transform, below);
    }
  }
  return { mean, levels, quantiles };
}
