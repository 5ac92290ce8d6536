/**
 * From the tracked horizons to every step. What is interpolated is the distance from the ordinary course of the season, and
 * everything else in scores, so that a forecast of a day keeps the shape of the day, in its middle and in its width.
 */
import { GRID, HIGHEST, MEAN_WEIGHTS } from '../levels.ts';
import { shiftTail, type Tail, tailExcess } from '../tails.ts';
import { fromZ, toZ } from '../transform.ts';
import type { Issued } from './issue.ts';
import { LEVELS, LOWER_TAIL, MEDIAN, MIXED, type MixedPlace, placeMixed, UPPER_TAIL } from './mixed-levels.ts';
import type { Parts } from './parts.ts';
import { PARTS } from './scale-tracker.ts';

/** What is asked of a contender from the newest step on. */
export interface Curve {
  /** Median on z, by step ahead from 1 on; like the scales it is made for as many steps as were asked for. */
  readonly medians: Float64Array;
  /** Scale on z, with the shape of the season. */
  readonly scales: Float64Array;
  /** One row per level asked for, then one of the mean: distance from the median in scales. */
  readonly scores: readonly Float64Array[];
}

const GRID_PLACES = GRID.map(placeMixed);

export function startCurve(
  parts: Parts,
  issued: Issued,
): (contender: number, steps: number, levels: readonly MixedPlace[]) => Curve {
  const { plan, past, base, layers, settings, partOf } = parts;
  const H = plan.horizons.length;
  const deviations = new Float64Array(H);
  const flats = new Float64Array(H);
  const tracked = new Float64Array(LEVELS);

  /** Before the first sample there is no course. */
  function baseAt(step: number): number {
    const value = base.at(step);
    return Number.isNaN(value) ? 0 : value;
  }

  function track(contender: number, places: readonly MixedPlace[], rows: readonly Float64Array[]): void {
    const layer = layers[contender]!;
    for (let i = 0; i < H; i++) {
      const [lower, upper] = [layer.lower(i), layer.upper(i)];
      const step = past.newest + plan.horizons[i]!;
      flats[i] = issued.at(contender, i);
      const scale = flats[i]! * layer.scales.shapeAt(partOf(step));
      const median = issued.quantiles[MEDIAN]!;
      deviations[i] = median - baseAt(step);
      for (let l = 0; l < LEVELS; l++) tracked[l] = (issued.quantiles[l]! - median) / scale;
      for (const [j, place] of places.entries()) rows[j]![i] = scoreAt(tracked, place, lower, upper);
      rows[places.length]![i] = meanScore(median, scale, tracked, lower, upper);
    }
  }

  /** The mean does not survive the transform, so it is the weighted mean of the quantiles after it, brought back. */
  function meanScore(median: number, scale: number, scores: Float64Array, lower: Tail, upper: Tail): number {
    let sum = 0;
    for (let j = 0; j < GRID.length; j++) {
      const score = scoreAt(scores, GRID_PLACES[j]!, lower, upper);
      sum += MEAN_WEIGHTS[j]! * fromZ(settings.transform, median + scale * score);
    }
    return (toZ(settings.transform, sum) - median) / scale;
  }

  const shapes = new Float64Array(PARTS);

  return (contender, steps, places) => {
    const rows = Array.from({ length: places.length + 1 }, () => new Float64Array(H));
    track(contender, places, rows);
    for (let part = 0; part < PARTS; part++) shapes[part] = layers[contender]!.scales.shapeAt(part);
    const curve = {
      medians: new Float64Array(steps),
      scales: new Float64Array(steps),
      scores: rows.map(() => new Float64Array(steps)),
    };
    for (let k = 0, index = 0; k < steps; k++) {
      const ahead = k + 1;
      while (index < H - 1 && ahead >= plan.horizons[index + 1]!) index += 1;
      const next = Math.min(index + 1, H - 1);
      const from = plan.horizons[index]!;
      const share = next === index ? 0 : (ahead - from) / (plan.horizons[next]! - from);
      const step = past.newest + ahead;
      const beyond = next === index ? Math.sqrt(Math.max(1, ahead / from)) : 1;
      curve.medians[k] = baseAt(step) + deviations[index]! + share * (deviations[next]! - deviations[index]!);
      const flat = flats[index]! + share * (flats[next]! - flats[index]!);
      curve.scales[k] = flat * shapes[partOf(step)]! * beyond;
      for (let j = 0; j < rows.length; j++) {
        const row = rows[j]!;
        curve.scores[j]![k] = row[index]! + share * (row[next]! - row[index]!);
      }
    }
    return curve;
  };
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
