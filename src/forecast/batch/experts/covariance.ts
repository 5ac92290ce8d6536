/**
 * What a Gaussian process believes of a load: how much two values have in common, by how far apart they are (Rasmussen &
 * Williams 2006, ch. 4 and 5.4.3). Noise of one point is 1; everything else is in that unit, times in days.
 */
import type { Frame } from '../expert.ts';

interface Part {
  /** In variances of the noise. */
  readonly variance: number;
  /** Days after which it is mostly forgotten. */
  readonly days: number;
  /** Matérn class of the fading: 0 wanders (ν = 1/2), 1 drifts (3/2), 2 drifts smoothly (5/2). */
  readonly smooth: 0 | 1 | 2;
  /** Repeats every day, hours this many radians of the day apart being alike; absent where the hour does not matter. */
  readonly day?: number;
  /** Repeats every week, likewise. */
  readonly week?: number;
}

/** Parts that add up. */
export type Belief = readonly Part[];

const wanders = (variance: number, days: number): Part => ({ variance, days, smooth: 0 });
const drifts = (variance: number, days: number): Part => ({ variance, days, smooth: 1 });
const glides = (variance: number, days: number): Part => ({ variance, days, smooth: 2 });

/**
 * From noisy counts, whose week is an average of weeks, to readings as good as without noise, which go on as they drift.
 * Chosen out of 210 drawn at random: twelve of which at least one makes each series of M4-Hourly likely, by what was known
 * of it eleven days before the end of its training part.
 */
export const beliefs: readonly Belief[] = [
  [
    { ...drifts(150, 60), day: 0.6 },
    { ...wanders(7, 60), day: 0.35, week: 1 },
    { ...wanders(8, 120), week: 0.1 },
    wanders(30, 0.75),
  ],
  [drifts(5000, 15), { ...glides(7500, 60), day: 0.5 }, { ...wanders(3, 15), day: 1 }, wanders(0.8, 0.3)],
  [{ ...wanders(2300, 18), day: 1 }, { ...wanders(11, 27), week: 0.1 }, glides(0.2, 9)],
  [
    wanders(0.4, 11),
    { ...glides(1.7, 15), day: 0.35 },
    { ...wanders(2.2, 80), day: 0.6, week: 1 },
    { ...wanders(0.9, 2.5), day: 1 },
  ],
  [drifts(100_000, 175), { ...drifts(3600, 180), day: 0.25 }, wanders(23, 3)],
  [wanders(0.6, 4.5), { ...wanders(110, 75), day: 0.2 }, { ...wanders(42, 45), day: 0.2, week: 0.6 }, wanders(14, 0.2)],
  [
    drifts(2, 15),
    { ...wanders(490, 9), day: 1 },
    { ...wanders(280, 30), day: 1, week: 0.6 },
    { ...wanders(3.4, 28), week: 0.5 },
    { ...wanders(21, 1.3), day: 0.35 },
  ],
  [wanders(6, 12), { ...drifts(22, 55), day: 1 }, { ...wanders(6, 18), week: 0.2 }, wanders(7, 0.1)],
  [glides(54, 6), { ...glides(170, 4), day: 1 }, { ...wanders(8, 100), day: 1, week: 1 }, wanders(1.6, 0.05)],
  [drifts(200_000, 26), { ...glides(4200, 90), day: 1 }, { ...wanders(71, 3.7), day: 1 }],
  [
    glides(3.7, 1.1),
    { ...glides(12, 37), day: 0.35 },
    { ...wanders(0.6, 30), day: 0.35, week: 0.15 },
    { ...wanders(21, 1.4), day: 1 },
    wanders(1.1, 0.05),
  ],
  [drifts(1600, 38), { ...glides(6800, 250), day: 1.5 }, wanders(78, 0.23), { ...wanders(18, 2), day: 1 }],
];

/** Variance of the level that nobody knows beforehand, against that of all parts together. */
const UNKNOWN_LEVEL = 10;

/** Covariance of two values 0, 1, … steps apart. A series with one season has no parts that repeat every week. */
export function covariances(belief: Belief, { seasons }: Frame, count: number): Float64Array {
  const day = seasons[0] ?? 1;
  const week = seasons.length > 1 ? seasons.at(-1)! : undefined;
  const sums = new Float64Array(count);
  for (const part of belief) {
    if (part.week !== undefined && week === undefined) continue;
    for (let lag = 0; lag < count; lag++) sums[lag]! += covariance(part, lag, day, week);
  }
  const level = UNKNOWN_LEVEL * sums[0]!;
  for (let lag = 0; lag < count; lag++) sums[lag]! += level;
  sums[0]! += 1;
  return sums;
}

function covariance({ variance, days, smooth, day, week }: Part, lag: number, perDay: number, perWeek = 1): number {
  const fading = matern(lag / (days * perDay), smooth);
  const daily = day === undefined ? 1 : repeated(lag / perDay, day);
  const weekly = week === undefined ? 1 : repeated(lag / perWeek, week);
  return variance * fading * daily * weekly;
}

function matern(distance: number, smooth: 0 | 1 | 2): number {
  const r = Math.sqrt(2 * smooth + 1) * distance;
  const polynomial = smooth === 0 ? 1 : smooth === 1 ? 1 + r : 1 + r + (r * r) / 3;
  return polynomial * Math.exp(-r);
}

/** MacKay (1998). */
function repeated(turns: number, width: number): number {
  return Math.exp(-2 * (Math.sin(Math.PI * turns) / width) ** 2);
}
