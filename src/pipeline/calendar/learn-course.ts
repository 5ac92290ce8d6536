/** The course that the occurrences of an event have in common: a rank-one shape, as far as they bear it out. */
import type { Course, SeenOccurrence } from '../../domain/calendar.ts';
import { flatCourse, partsAfter, partsOf } from './course.ts';

/** A flat course stands beside what was seen with the weight of so many occurrences. */
const FLAT_WEIGHT = 0.25;
/** Standard deviation of one part around the shape that is expected before it was measured, in logarithms. */
const USUAL_NOISE = 0.08;
/** An event that changes the load by less than this has no course to speak of. */
const LEAST_MEAN = 0.05;
/** Shorter than this nothing is left behind the end that is worth a replica. */
const LEAST_HALF_LIFE_MS = 2 * 60_000;
const MOST_HALF_LIFE_MS = 3 * 3_600_000;

/** Least squares of part = mean × share over the occurrences, with the flat course as a prior. */
function sharesOf(seen: readonly SeenOccurrence[], count: number): readonly number[] {
  const power = seen.reduce((sum, { mean }) => sum + mean * mean, 0);
  const prior = (FLAT_WEIGHT * power) / seen.length;
  return Array.from({ length: count }, (_, part) => {
    let [top, bottom] = [prior, prior];
    for (const { mean, parts } of seen) {
      const value = parts[part];
      if (value === null || value === undefined) continue;
      top += mean * value;
      bottom += mean * mean;
    }
    return top / bottom;
  });
}

/** Mean square of what the shape leaves, with one usual occurrence beside those that were seen. */
function noiseOf(seen: readonly SeenOccurrence[], shares: readonly number[]): number {
  let [sum, count] = [shares.length * USUAL_NOISE ** 2, shares.length];
  // The first occurrence is spent on the shape itself.
  const known = seen.length > 1 ? seen : [];
  for (const { mean, parts } of known) {
    shares.forEach((share, part) => {
      const value = parts[part];
      if (value === null || value === undefined) return;
      sum += (value - mean * share) ** 2;
      count += 1 - 1 / known.length;
    });
  }
  return sum / count;
}

/**
 * Half-life of what is left behind the end. The area under e^(−t·ln2/h) is h/ln2, so h = ln2 × area ÷ height at the end;
 * an area needs no choice of where the decay is lost in the noise.
 */
function halfLifeOf(seen: readonly SeenOccurrence[], lastShare: number): number {
  let [area, height] = [0, 0];
  for (const { mean, after } of seen) {
    const left = after.indexOf(null);
    const known = left < 0 ? after : after.slice(0, left);
    if (known.length === 0) continue;
    area += known.reduce<number>(
      (sum, value, i) => sum + mean * value! * (partsAfter[i]!.untilMs - partsAfter[i]!.fromMs),
      0,
    );
    height += mean * mean * lastShare;
  }
  const ms = height > 0 ? (Math.LN2 * area) / height : 0;
  return ms < LEAST_HALF_LIFE_MS ? 0 : Math.min(MOST_HALF_LIFE_MS, ms);
}

/** @param seen - occurrences of one event; those of another length than the last are left out of the shape */
export function learnCourse(seen: readonly SeenOccurrence[]): Course {
  const last = seen[seen.length - 1];
  if (!last) return flatCourse;
  const length = last.endMs - last.startMs;
  const alike = seen.filter(({ parts, mean }) => parts.length === last.parts.length && Math.abs(mean) >= LEAST_MEAN);
  if (alike.length === 0) return { ...flatCourse, variance: USUAL_NOISE ** 2 };
  const parts = partsOf(length);
  const shares = sharesOf(alike, parts.length);
  return {
    atMs: parts.map(({ fromMs, untilMs }) => (fromMs + untilMs) / 2),
    shares,
    variance: noiseOf(alike, shares),
    halfLifeMs: halfLifeOf(alike, Math.max(0, shares[shares.length - 1]!)),
  };
}
