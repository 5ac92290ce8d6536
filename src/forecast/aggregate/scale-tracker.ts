/**
 * How far outcomes ordinarily lie from the median, on z: a scale for each horizon times a shape over the season that they
 * share. Both follow slowly; what recent errors say stands in the offsets.
 */
import type { Mark } from '../../domain/forecast.ts';
import { SMALLEST_SCALE, shrunkShape } from '../calibration.ts';
import type { HorizonPlan } from './horizon-plan.ts';
import type { StateStore } from './state-store.ts';

/** Half-hours of a day, or as many parts of another season. */
export const PARTS = 48;

export interface ScaleTracker {
  /** Scale at a part of the season; > 0. */
  at(horizon: number, part: number): number;
  /** Scale without the shape of the season. */
  flat(horizon: number): number;
  /** Factor on the scale at a part of the season. */
  shapeAt(part: number): number;
  /** @param magnitude - distance of an outcome from its median, on z */
  learn(horizon: number, part: number, magnitude: number): void;
}

/** A single outcome counts at most this many scales, so that one spike does not set it. */
const MOST_SCALES = 16;
/** It widens a scale by so many of them at most: a young one takes large steps. */
const MOST_GROWTH = 1.75;
const SHORTEST_HALF_LIFE = 96;
const FASTEST = 0.2;
const SHAPE_HALF_LIFE_SEASONS = 7;
const LEAST_SHAPE_HALF_LIFE = 30;
/** The first scale counts as many outcomes. */
const PRIOR_COUNT = 3;

export function startScaleTracker(
  name: string,
  { horizons, strides }: HorizonPlan,
  season: number,
  first: number,
  store: StateStore,
): ScaleTracker {
  const H = horizons.length;
  const scale = store.singles(`${name}.scale`, H, first);
  const rounds = store.singles(`${name}.scaleRounds`, H);
  const shape = store.singles(`${name}.shape`, PARTS, 1);
  const seen = store.doubles(`${name}.seen`, 1);
  // Outcomes of one target at several horizons are nearly one observation.
  const mostCount = Math.max(LEAST_SHAPE_HALF_LIFE, (SHAPE_HALF_LIFE_SEASONS * season) / PARTS) / Math.LN2;
  const rates = strides.map((stride) => Math.min(FASTEST, (Math.LN2 * stride) / Math.max(SHORTEST_HALF_LIFE, season)));
  // All parts of a season are seen about as often as each other.
  const countOfPart = () => Math.min(seen[0]! / PARTS, mostCount);
  const shapeAt = (part: number) => shrunkShape(shape[part]!, countOfPart());
  const at = (i: number, part: number) => Math.max(SMALLEST_SCALE, scale[i]! * shapeAt(part));

  return {
    at,
    flat: (i) => scale[i]!,
    shapeAt,
    learn(i, part, magnitude) {
      rounds[i]! += 1;
      const rate = Math.max(rates[i]!, 1 / (rounds[i]! + PRIOR_COUNT));
      const score = Math.min(MOST_SCALES, 1 + MOST_GROWTH / rate, magnitude / at(i, part));
      // A part of the season is judged against the scale without its own shape.
      const relative = Math.min(MOST_SCALES, score * shapeAt(part));
      scale[i] = Math.max(SMALLEST_SCALE, scale[i]! * (1 + rate * (score - 1)));
      seen[0]! += 1 / H;
      shape[part]! += (relative - shape[part]!) / Math.max(1, H * countOfPart());
    },
  };
}

/** A censored outcome says something of the scale only where it lies above the median; an excluded one says nothing. */
export function teachesScale(mark: Mark, isAbove: boolean): boolean {
  return mark === 'ok' || (mark === 'censored' && isAbove);
}
