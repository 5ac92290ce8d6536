/** Quantiles and mean in the unit of the load, out of a curve. */
import type { Forecast } from '../../domain/forecast.ts';
import { GRID, HIGHEST, MEAN_WEIGHTS } from '../levels.ts';
import { shiftTail, type Tail, tailExcess } from '../tails.ts';
import { fromZ, type Transform, toZ } from '../transform.ts';
import type { Curve, Point } from './curve.ts';
import { LEVELS, LOWER_TAIL, MIXED, type MixedPlace, placeMixed, UPPER_TAIL } from './mixed-levels.ts';

export interface Widening {
  readonly transform: Transform;
  readonly lower: Tail;
  readonly upper: Tail;
  /** Every quantile and the mean stay at or under it, in the unit of the load. */
  readonly ceiling: number;
  /** Steps since the newest sample. */
  readonly age: number;
  /** Scale that no forecast has to exceed because of its age. */
  readonly widest: number;
}

const GRID_PLACES = GRID.map(placeMixed);

export function forecastCurve(
  curve: Curve,
  horizonSteps: number,
  levels: readonly number[],
  widening: Widening,
): Pick<Forecast, 'mean' | 'levels' | 'quantiles'> {
  const places = levels.map(placeMixed);
  const mean = new Float64Array(horizonSteps);
  const quantiles = levels.map(() => new Float64Array(horizonSteps));
  const cap = toZ(widening.transform, widening.ceiling);
  for (let i = 0; i < horizonSteps; i++) {
    const point = curve.at(i + 1);
    const aged = point.scale * Math.sqrt(1 + widening.age / (i + 1));
    point.scale = Math.min(aged, Math.max(point.scale, widening.widest));
    mean[i] = meanOf(point, widening, cap);
    let below = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < places.length; j++) {
      below = Math.max(below, quantileZ(point, places[j]!, widening, cap));
      quantiles[j]![i] = fromZ(widening.transform, below);
    }
  }
  return { mean, levels, quantiles };
}

function quantileZ(point: Point, place: MixedPlace, { lower, upper }: Widening, cap: number): number {
  return Math.min(cap, point.median + point.scale * scoreAt(point.scores, place, lower, upper));
}

function scoreAt(scores: Float64Array, { index, share, level }: MixedPlace, lower: Tail, upper: Tail): number {
  if (index < 0) {
    const edge = scores[0]!;
    return edge - tailExcess(shiftTail(lower, scores[LOWER_TAIL]! - edge), level / MIXED[0]);
  }
  if (index === LEVELS - 1) {
    const edge = scores[LEVELS - 1]!;
    return edge + tailExcess(shiftTail(upper, edge - scores[UPPER_TAIL]!), (1 - level) / (1 - HIGHEST));
  }
  return scores[index]! * (1 - share) + scores[index + 1]! * share;
}

/** The mean does not survive the transform, so it is the weighted mean of the quantiles after it. */
function meanOf(point: Point, widening: Widening, cap: number): number {
  let sum = 0;
  for (let j = 0; j < GRID.length; j++) {
    sum += MEAN_WEIGHTS[j]! * fromZ(widening.transform, quantileZ(point, GRID_PLACES[j]!, widening, cap));
  }
  return sum;
}
