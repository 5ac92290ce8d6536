/**
 * What kind of load a workload has, so that a new one can begin with what those of its kind have learned. Kinds are points in
 * a space of four traits; they are fixed, so that a fleet of three has them too, and a night changes nobody's kind by moving
 * the others.
 */

export const archetypes = [
  'daily',
  'weekly',
  'steady',
  'noisy',
  'wandering',
  'bursty',
  'daily-bursts',
  'sparse',
] as const;
export type Archetype = (typeof archetypes)[number];

/** NaN where the history is too short to say. */
export interface Traits {
  /** Correlation of hours with those a day before; 0 where it is negative. */
  readonly daily: number;
  /** By how much those of a week before correlate better. */
  readonly weekly: number;
  /** How far the 99 % quantile lies above the median: 1 is a factor of ten. */
  readonly spikiness: number;
  /** Share of steps without load. */
  readonly zeros: number;
}

const HOUR_MS = 3_600_000;
/** A median of 0 is far below any peak, but not infinitely far. In means. */
const LEAST_LOAD = 0.01;

/** Where each kind lies, in the order of the traits. */
const PLACES: {
  readonly [name in Archetype]: readonly [daily: number, weekly: number, spikiness: number, zeros: number];
} = {
  daily: [0.85, 0, 0.3, 0],
  weekly: [0.5, 0.35, 0.35, 0],
  steady: [0.1, 0, 0.05, 0],
  noisy: [0.15, 0, 0.35, 0],
  wandering: [0.4, -0.1, 0.25, 0],
  bursty: [0.1, 0, 1, 0.1],
  'daily-bursts': [0.7, 0, 0.9, 0.1],
  sparse: [0.2, 0, 1, 0.7],
};

/**
 * @param values - load by step; NaN where missing
 * @param seasons - of a day and a week in steps; a season that is not there is not known
 */
export function traitsOf(values: Float64Array, seasons: readonly number[], stepMs: number): Traits {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return { daily: Number.NaN, weekly: Number.NaN, spikiness: Number.NaN, zeros: Number.NaN };
  const mean = sorted.reduce((sum, y) => sum + Math.abs(y), 0) / sorted.length;
  const quantile = (level: number) => Math.max(LEAST_LOAD * mean, sorted[Math.floor(level * (sorted.length - 1))]!);
  const width = Math.max(1, Math.round(HOUR_MS / stepMs));
  const hours = hourlyMeans(values, width);
  const [day = 0, week = 0] = [seasons[0], seasons.slice(1).at(-1)];
  const daily = correlation(hours, Math.round(day / width));
  return {
    daily,
    weekly: correlation(hours, Math.round(week / width)) - daily,
    spikiness: mean === 0 ? 0 : Math.log10(quantile(0.99) / quantile(0.5)),
    zeros: sorted.filter((y) => y === 0).length / sorted.length,
  };
}

/** The nearest kind by the traits that are known; `steady` where none is. */
export function archetypeOf({ daily, weekly, spikiness, zeros }: Traits): Archetype {
  const own = [daily, weekly, spikiness, zeros];
  const distance = (name: Archetype) =>
    PLACES[name].reduce((sum, place, i) => sum + (Number.isNaN(own[i]!) ? 0 : (place - own[i]!) ** 2), 0);
  const isKnown = own.some((trait) => !Number.isNaN(trait));
  return isKnown ? archetypes.reduce((best, name) => (distance(name) < distance(best) ? name : best)) : 'steady';
}

function hourlyMeans(values: Float64Array, width: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / width) }, (_, hour) => {
    const present = values.subarray(hour * width, (hour + 1) * width).filter(Number.isFinite);
    return present.reduce((sum, y) => sum + y, 0) / present.length;
  });
}

/** Over pairs `lag` apart, where there are a day and a half of them at least; NaN otherwise. A constant correlates with nothing. */
const FEWEST_PAIRS = 36;

function correlation(hours: Float64Array, lag: number): number {
  if (lag === 0) return Number.NaN;
  let [n, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
  for (let t = lag; t < hours.length; t++) {
    const [x, y] = [hours[t - lag]!, hours[t]!];
    if (Number.isNaN(x + y)) continue;
    n += 1;
    sx += x;
    sy += y;
    sxx += x * x;
    syy += y * y;
    sxy += x * y;
  }
  if (n < FEWEST_PAIRS) return Number.NaN;
  const product = (n * sxx - sx * sx) * (n * syy - sy * sy);
  return product > 0 ? Math.max(0, (n * sxy - sx * sy) / Math.sqrt(product)) : 0;
}
