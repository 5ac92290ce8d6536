/**
 * How far coverage is off by group (hour of day, kind of ramp) beyond what chance does to it. Chance is stated twice:
 *
 * - independent: twice the binomial deviation √(p(1−p)/n) of each group. Too small: an hour ahead at steps of a minute
 *   neighbouring misses are one miss, and the worst of 24 hours is a maximum of 24.
 * - by day: misses of one day are one observation. The deviation of a group's coverage comes from how its days vary
 *   (a ratio of sums, Cochran 1977, eq. 2.39), times Student's t of its days less one; and it is never below that of the
 *   design effect (Kish 1965) of all groups together, nor below the binomial one: a group of few days may by luck be calm.
 *   A figure above 0 comes by chance in 5 % of all tables: each of G groups is held to 5 % ÷ G (Bonferroni).
 */
import { normalScore } from '../../../src/forecast/levels.ts';

/** Outcomes inside a band, and how many there were. */
export interface Hits {
  readonly inside: number;
  readonly count: number;
}

const FALSE_ALARMS = 0.05;
/** Groups with fewer outcomes are not judged; half of it does for the noise by day, which knows itself how little that is. */
const FEWEST = 100;

/** One row per group, of its days. */
type Groups = readonly (readonly Hits[])[];

/** Points of the worst group beyond twice the binomial deviation. */
export function beyondIndependentNoise(groups: Groups, nominal: number): number {
  const judged = groups.map(sum).filter(isEnough);
  return worst(judged.map((group) => Math.abs(off(group, nominal)) - 2 * Math.sqrt(binomial(group, nominal))));
}

/** Points of the worst group beyond the noise by day. */
export function beyondDailyNoise(groups: Groups, nominal: number): number {
  return worst(noiseByDay(groups, nominal).map(({ hits, noise }) => Math.abs(off(hits, nominal)) - noise));
}

/** Points that the middle group must be off to be told from chance by day; NaN without groups. Where it is large, 0 beyond it says little. */
export function dailyNoise(groups: Groups, nominal: number): number {
  const noises = noiseByDay(groups, nominal).map(({ noise }) => noise);
  return 100 * (noises.sort((a, b) => a - b)[Math.floor(noises.length / 2)] ?? Number.NaN);
}

/** Of the groups that hold enough. */
function noiseByDay(groups: Groups, nominal: number): readonly { readonly hits: Hits; readonly noise: number }[] {
  const judged = groups.filter(isEnoughByDay);
  const effect = designEffect(judged, nominal);
  const tail = 1 - FALSE_ALARMS / 2 / judged.length;
  return judged.map((days) => {
    const hits = sum(days);
    const own = studentScore(tail, days.length - 1) * Math.sqrt(varianceByDay(days));
    const common = normalScore(tail) * Math.sqrt(effect * binomial(hits, nominal));
    return { hits, noise: Math.max(own, common) };
  });
}

/** Points that groups are typically off: root of the mean square, less the share of chance by day; 0 where that is all. */
export function typicalError(groups: Groups, nominal: number): number {
  const judged = groups.filter(isEnoughByDay);
  const squares = judged.map((days) => off(sum(days), nominal) ** 2 - varianceByDay(days));
  return 100 * Math.sqrt(Math.max(0, mean(squares)));
}

const isEnough = ({ count }: Hits) => count >= FEWEST;
const isEnoughByDay = (days: readonly Hits[]) => days.length > 1 && sum(days).count >= FEWEST / 2;
const off = ({ inside, count }: Hits, nominal: number) => inside / count - nominal;
const binomial = ({ count }: Hits, nominal: number) => (nominal * (1 - nominal)) / count;
const worst = (excesses: readonly number[]) => 100 * Math.max(0, ...excesses);
const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / (values.length || 1);

function sum(days: readonly Hits[]): Hits {
  return {
    inside: days.reduce((total, { inside }) => total + inside, 0),
    count: days.reduce((total, { count }) => total + count, 0),
  };
}

function varianceByDay(days: readonly Hits[]): number {
  const { inside, count } = sum(days);
  const squares = days.reduce((total, day) => total + (day.inside - (day.count * inside) / count) ** 2, 0);
  return ((days.length / (days.length - 1)) * squares) / count ** 2;
}

/** How many times as large the variance is as that of independent outcomes, over all groups; at least 1. */
function designEffect(groups: Groups, nominal: number): number {
  return Math.max(1, mean(groups.map((days) => varianceByDay(days) / binomial(sum(days), nominal))));
}

/**
 * Quantile of Student's t with whole degrees of freedom, level in (0.5, 1): bisection of the closed form of its distribution
 * (Abramowitz & Stegun 1972, 26.7.3 and 26.7.4).
 */
export function studentScore(level: number, degrees: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 60; i++) {
    const angle = (low + high) / 2;
    if (0.5 + shareWithin(angle, degrees) / 2 < level) low = angle;
    else high = angle;
  }
  return Math.sqrt(degrees) * Math.tan(low);
}

/** Probability of |t| ≤ √degrees·tan(angle). */
function shareWithin(angle: number, degrees: number): number {
  const isOdd = degrees % 2 === 1;
  const square = Math.cos(angle) ** 2;
  let term = isOdd ? Math.cos(angle) : 1;
  let series = 0;
  for (let k = isOdd ? 1 : 0; k <= degrees - 2; k += 2) {
    series += term;
    term *= (square * (k + 1)) / (k + 2);
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * series) : Math.sin(angle) * series;
}
