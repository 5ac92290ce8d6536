/**
 * The usual season, moved to where the series is now: for loads whose shape is steady while their level wanders, and too
 * noisy for more coefficients than one.
 */
import { median } from '../../median.ts';
import { asleep, type Fitted, type Frame, type LocalExpert, type Past } from '../expert.ts';
import { naturalScale } from '../on-log.ts';
import { longestSeason, shortestSeason } from './seasonal.ts';

export interface LevelRecipe {
  /** Expected distance from the profile h steps ahead, h from 1, given the newest distances in steps of `season`, the oldest first. */
  readonly ahead: (distances: Float64Array, season: number) => (h: number) => number;
}

const MOST_SEASONS = 8;

export function levelOnProfile(name: string, recipe: LevelRecipe): LocalExpert {
  return { name, fit: (past, frame) => learn(past, frame, recipe) };
}

function learn(past: Past, frame: Frame, { ahead }: LevelRecipe): Fitted {
  const [day, week] = [shortestSeason(frame), longestSeason(frame)];
  if (day === undefined || week === undefined) return asleep('the series has no season');
  if (past.values.length < 2 * week) return asleep(`it needs ${2 * week} points, found ${past.values.length}`);
  const scale = naturalScale(past.values);
  const forecast = (history: Float64Array, out: Float64Array) => {
    const count = Math.min(MOST_SEASONS, Math.floor(history.length / week));
    const z = scale.to(history.subarray(history.length - count * week));
    const profile = medianProfile(z, week);
    const distances = z.subarray(z.length - week).map((value, slot) => value - profile[slot]!);
    const distance = ahead(distances, day);
    for (let h = 0; h < out.length; h++) out[h] = scale.from(profile[h % week]! + distance(h + 1));
  };
  return { kind: 'fitted', forecast };
}

/** Slot 0 is the one that comes next. */
function medianProfile(z: Float64Array, season: number): Float64Array {
  const slot = new Float64Array(z.length / season);
  return Float64Array.from({ length: season }, (_, i) => {
    for (let k = 0; k < slot.length; k++) slot[k] = z[k * season + i]!;
    return median(slot);
  });
}

const HALF = 0.5;
const NEWEST = 3;
const DAYS = 2;
const FADE = 0.9;

/** Half of the mean distance over the newest short season, for good. */
export function halfTheDistance(distances: Float64Array, season: number): (h: number) => number {
  const newest = distances.subarray(Math.max(0, distances.length - season));
  const kept = (HALF * newest.reduce((sum, d) => sum + d, 0)) / newest.length;
  return () => kept;
}

/** The distance of the last moments at first, soon that of the last two short seasons. */
export function fadingDistance(distances: Float64Array, season: number): (h: number) => number {
  const now = median(distances.subarray(Math.max(0, distances.length - NEWEST)));
  const lately = median(distances.subarray(Math.max(0, distances.length - DAYS * season)));
  return (h) => lately + (now - lately) * FADE ** h;
}
