/**
 * From the tracked horizons to every step. What is interpolated is the distance from the ordinary course of the season, and
 * everything else in scores, so that a forecast of a day keeps the shape of the day, in its middle and in its width.
 */
import type { Issued } from './issue.ts';
import type { MixedPlace } from './mixed-levels.ts';
import type { Parts } from './parts.ts';
import { PARTS } from './scale-tracker.ts';
import { knownCourse, startTracked, type Tracked } from './tracked.ts';

/** Quantiles on z by step ahead from 1 on: one row per level asked for, then one of the mean. */
export type Curve = readonly Float64Array[];

/** By step ahead. */
interface Course {
  readonly medians: Float64Array;
  readonly scales: Float64Array;
  /** How far a step is on its way from one tracked horizon to the next. */
  readonly shares: Float64Array;
}

export function startCurve(
  parts: Parts,
  issued: Issued,
): (contender: number, steps: number, levels: readonly MixedPlace[]) => Curve {
  const { plan, season, past, base, layers } = parts;
  const track = startTracked(parts, issued);
  const last = plan.horizons.length - 1;
  const shapes = new Float64Array(PARTS);

  function courseOf(contender: number, steps: number, { deviations, flats }: Tracked): Course {
    const [medians, scales, shares] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)];
    const slots = new Int32Array(steps);
    past.slotsFrom(past.newest + 1, season, slots);
    base.write(slots, medians);
    for (let part = 0; part < PARTS; part++) shapes[part] = layers[contender]!.scales.shapeAt(part);
    for (let k = 0; k < steps; k++) scales[k] = shapes[Math.floor((slots[k]! * PARTS) / season)]!;
    for (let i = 0; i <= last; i++) {
      const from = plan.horizons[i]!;
      const next = Math.min(i + 1, last);
      const span = plan.horizons[next]! - from;
      const [deviation, flat] = [deviations[i]!, flats[i]!];
      const [rise, widening] = [deviations[next]! - deviation, flats[next]! - flat];
      const end = i < last ? Math.min(steps, from + span - 1) : steps;
      for (let k = from - 1; k < end; k++) {
        const share = span === 0 ? 0 : (k + 1 - from) / span;
        medians[k] = knownCourse(medians[k]!) + (deviation + share * rise);
        scales[k]! *= flat + share * widening;
        shares[k] = share;
      }
    }
    // Errors beyond the last horizon add up like those of a walk.
    const furthest = plan.horizons[last]!;
    for (let k = furthest; k < steps; k++) scales[k]! *= Math.sqrt((k + 1) / furthest);
    return { medians, scales, shares };
  }

  /** From each tracked horizon to the next, and from the last to the end. */
  function rowOf(scores: Float64Array, { medians, scales, shares }: Course): Float64Array {
    const out = new Float64Array(medians.length);
    for (let i = 0; i <= last; i++) {
      const score = scores[i]!;
      const rise = i < last ? scores[i + 1]! - score : 0;
      const end = i < last ? Math.min(out.length, plan.horizons[i + 1]! - 1) : out.length;
      for (let k = plan.horizons[i]! - 1; k < end; k++) out[k] = medians[k]! + scales[k]! * (score + shares[k]! * rise);
    }
    return out;
  }

  return (contender, steps, levels) => {
    const tracked = track(contender, levels);
    const course = courseOf(contender, steps, tracked);
    return tracked.scores.map((scores) => rowOf(scores, course));
  };
}
