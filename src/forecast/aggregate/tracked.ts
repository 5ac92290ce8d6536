/** What is said at the tracked horizons, in the form that can be interpolated: how far from the ordinary course, and scores. */
import { GRID, HIGHEST, MEAN_WEIGHTS } from '../levels.ts';
import { shiftTail, type Tail, tailExcess } from '../tails.ts';
import { fromZ, toZ } from '../transform.ts';
import type { Issued } from './issue.ts';
import { LEVELS, LOWER_TAIL, MEDIAN, MIXED, type MixedPlace, placeMixed, UPPER_TAIL } from './mixed-levels.ts';
import type { Parts } from './parts.ts';

/** By tracked horizon; overwritten by the next call. */
export interface Tracked {
  /** Distance of the median from the ordinary course, on z. */
  readonly deviations: Float64Array;
  /** Scale without the shape of the season. */
  readonly flats: Float64Array;
  /** One row per level asked for, then one of the mean: distance from the median in scales. */
  readonly scores: readonly Float64Array[];
}

const GRID_PLACES = GRID.map(placeMixed);

export function startTracked(
  { plan, past, base, layers, settings, partOf }: Parts,
  issued: Issued,
): (contender: number, levels: readonly MixedPlace[]) => Tracked {
  const H = plan.horizons.length;
  const deviations = new Float64Array(H);
  const flats = new Float64Array(H);
  const mixed = new Float64Array(LEVELS);

  /** The mean does not survive the transform, so it is the weighted mean of the quantiles after it, brought back. */
  function meanScore(median: number, scale: number, lower: Tail, upper: Tail): number {
    let sum = 0;
    for (let j = 0; j < GRID.length; j++) {
      const score = scoreAt(mixed, GRID_PLACES[j]!, lower, upper);
      sum += MEAN_WEIGHTS[j]! * fromZ(settings.transform, median + scale * score);
    }
    return (toZ(settings.transform, sum) - median) / scale;
  }

  function track(contender: number, levels: readonly MixedPlace[], scores: readonly Float64Array[], i: number): void {
    const layer = layers[contender]!;
    const [lower, upper] = [layer.lower(i), layer.upper(i)];
    const step = past.newest + plan.horizons[i]!;
    flats[i] = issued.at(contender, i);
    const scale = flats[i]! * layer.scales.shapeAt(partOf(step));
    const median = issued.quantiles[MEDIAN]!;
    deviations[i] = median - knownCourse(base.at(step));
    for (let l = 0; l < LEVELS; l++) mixed[l] = (issued.quantiles[l]! - median) / scale;
    for (let j = 0; j < levels.length; j++) scores[j]![i] = scoreAt(mixed, levels[j]!, lower, upper);
    scores[levels.length]![i] = meanScore(median, scale, lower, upper);
  }

  return (contender, levels) => {
    const scores = Array.from({ length: levels.length + 1 }, () => new Float64Array(H));
    for (let i = 0; i < H; i++) track(contender, levels, scores, i);
    return { deviations, flats, scores };
  };
}

/** Before the first ordinary sample there is no course. */
export function knownCourse(z: number): number {
  return Number.isNaN(z) ? 0 : z;
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
