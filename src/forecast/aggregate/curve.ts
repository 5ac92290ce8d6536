/**
 * From the tracked horizons to every step. What is interpolated is the distance from the ordinary course of the season, and
 * the quantiles in scores, so that a forecast of a day keeps the shape of the day, in its middle and in its width.
 */
import { placeHorizon } from '../horizons.ts';
import type { Issued } from './issue.ts';
import { PARTS } from './layer.ts';
import { LEVELS, MEDIAN } from './mixed-levels.ts';
import type { Parts } from './parts.ts';

export interface Curve {
  /** Median on z and quantiles as scores, with the scale, at one step; the arrays are reused. */
  at(ahead: number): Point;
}

export interface Point {
  median: number;
  scale: number;
  readonly scores: Float64Array;
}

/** Rows by tracked horizon for the contender that acts. */
export function startCurve(parts: Parts, issued: Issued): (contender: number) => Curve {
  const { plan, past, base, layers, season } = parts;
  const H = plan.horizons.length;
  const deviations = new Float64Array(H);
  const scales = new Float64Array(H);
  const scores = new Float64Array(H * LEVELS);
  const point: Point = { median: 0, scale: 0, scores: new Float64Array(LEVELS) };

  function fill(contender: number): void {
    const { quantiles } = issued;
    for (let i = 0; i < H; i++) {
      const scale = issued.at(contender, i);
      const step = past.newest + plan.horizons[i]!;
      const sigma = scale * layers[contender]!.shapeAt(Math.floor((past.slot(step, season) * PARTS) / season));
      deviations[i] = quantiles[MEDIAN]! - baseAt(step);
      scales[i] = scale;
      for (let l = 0; l < LEVELS; l++) scores[i * LEVELS + l] = (quantiles[l]! - quantiles[MEDIAN]!) / sigma;
    }
  }

  /** Before the first sample there is no course. */
  function baseAt(step: number): number {
    const value = base.at(step);
    return Number.isNaN(value) ? 0 : value;
  }

  return (contender) => {
    fill(contender);
    return {
      at(ahead) {
        const { index, share } = placeHorizon(plan.horizons, ahead);
        const next = Math.min(index + 1, H - 1);
        const step = past.newest + ahead;
        const part = Math.floor((past.slot(step, season) * PARTS) / season);
        const beyond = Math.sqrt(Math.max(1, ahead / plan.horizons[H - 1]!));
        const between = (values: Float64Array, width: number, l: number) =>
          values[index * width + l]! * (1 - share) + values[next * width + l]! * share;
        point.median = baseAt(step) + between(deviations, 1, 0);
        point.scale = between(scales, 1, 0) * layers[contender]!.shapeAt(part) * beyond;
        for (let l = 0; l < LEVELS; l++) point.scores[l] = between(scores, LEVELS, l);
        return point;
      },
    };
  };
}
