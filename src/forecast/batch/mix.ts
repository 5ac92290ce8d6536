/** One forecast out of many: every member counts by how well it did on the points of this series that it had not seen. */
import { bound, boundsOf } from './bounds.ts';
import type { Past } from './expert.ts';
import { lastSeason } from './experts/seasonal.ts';
import { before, type Said } from './member.ts';
import type { Origins } from './origins.ts';
import { ownSeason } from './own-season.ts';

export interface Mixed {
  /** `horizon` steps. */
  readonly point: Float64Array;
  /** Actual minus mixed, `judged` steps from each origin, row-major; NaN where the actual value is missing or the origin does not count. */
  readonly errors: Float64Array;
  /** One per member, in their order, summing to 1. */
  readonly weights: Float64Array;
}

/** A weight falls with this power of the error: in the mean it is 3 % of the largest at twice the least error. */
const MEAN_POWER = 5;
/** In the median, which no single member can draw away, more of them may have a say. */
const MEDIAN_POWER = 10 / 3;
/** Share of the weight on either side that counts as one member further in: the mean follows nobody out of sight. */
const OUTER = 0.15;
/** An origin this many horizons older counts half. */
const HALF_LIFE = 4;
/** What an error is not told apart from zero by. */
const LEAST_ERROR = 1e-9;

/**
 * @param said - at least one member has a whole final forecast; bounded in place
 * @param season - the shortest, where the series has one
 * @returns undefined when no member has one
 */
export function mix(past: Past, said: readonly Said[], origins: Origins, season?: number): Mixed | undefined {
  for (const { final, judged } of said) boundAll(past, origins, final, judged);
  const awake = said.map(({ final, judged }) => final.every(Number.isFinite) && judged.every(Number.isFinite));
  const all = awake.includes(true) ? awake : said.map(({ final }) => final.every(Number.isFinite));
  if (!all.includes(true)) return undefined;
  const losses = lossesOf(past, said, origins);
  const { able, ages } = sinceNewSeason(past, said, origins, all, season);
  const finals = said.map(({ final }) => final);
  return {
    point: combine(finals, losses, able, ages),
    errors: errorsOf(past, said, origins, losses, able, ages),
    weights: weigh(losses, able, ages, MEAN_POWER),
  };
}

/** Half way between the weighted mean, its outermost members drawn in, and the weighted median. */
function combine(
  rows: readonly Float64Array[],
  losses: Float64Array,
  able: readonly boolean[],
  origins: readonly number[],
): Float64Array {
  const byMean = weigh(losses, able, origins, MEAN_POWER);
  const byMedian = weigh(losses, able, origins, MEDIAN_POWER);
  const members = rows.map((_, m) => m).filter((m) => able[m]);
  return rows[0]!.map((_, i) => {
    members.sort((a, b) => rows[a]![i]! - rows[b]![i]! || a - b);
    const at = (share: number) => rows[memberAt(members, byMedian, share)]![i]!;
    const [low, high] = [at(OUTER), at(1 - OUTER)];
    let mean = 0;
    for (const m of members) mean += byMean[m]! * Math.min(high, Math.max(low, rows[m]![i]!));
    return mean / 2 + at(0.5) / 2;
  });
}

/** The first member, by what it says, up to which the weights reach a share of the whole. */
function memberAt(members: readonly number[], weights: Float64Array, share: number): number {
  let below = 0;
  for (const m of members) {
    below += weights[m]!;
    if (below >= share) return m;
  }
  return members.at(-1)!;
}

function boundAll(past: Past, { backs, judged }: Origins, final: Float64Array, rows: Float64Array): void {
  bound(final, boundsOf(past.values));
  for (const [i, back] of backs.entries()) {
    bound(rows.subarray(i * judged, (i + 1) * judged), boundsOf(before(past, back).values));
  }
}

/**
 * Mean loss of every member at every origin, members × origins. A series above zero is judged by relative error, because a
 * miss of ten at night weighs as much there as one of a hundred at noon; any other by absolute error.
 */
function lossesOf({ values, filled }: Past, said: readonly Said[], { backs, judged }: Origins): Float64Array {
  const relative = values.every((y) => y > 0);
  const losses = new Float64Array(said.length * backs.length);
  for (const [m, { judged: rows }] of said.entries()) {
    for (const [o, back] of backs.entries()) {
      let [sum, count] = [0, 0];
      for (let h = 0; h < judged; h++) {
        const t = values.length - back + h;
        if (filled?.[t] === 1) continue;
        const [y, f] = [values[t]!, rows[o * judged + h]!];
        sum += Math.abs(y - f) / (relative ? y + Math.abs(f) : 1);
        count += 1;
      }
      losses[m * backs.length + o] = count > 0 ? sum / count : 0;
    }
  }
  return losses;
}

function recency({ backs, judged }: Pick<Origins, 'backs' | 'judged'>): number[] {
  return backs.map((back) => 0.5 ** (back / (HALF_LIFE * judged)));
}

/**
 * A series that lately repeats itself at another distance than before is another series: only origins that have seen it
 * say what a member is worth, and while there is none, only the member that repeats it knows it at all.
 */
function sinceNewSeason(
  past: Past,
  said: readonly Said[],
  origins: Origins,
  able: readonly boolean[],
  season: number | undefined,
): { readonly able: readonly boolean[]; readonly ages: readonly number[] } {
  const ages = recency(origins);
  const own = season === undefined ? undefined : ownSeason(past.values, season);
  if (season === undefined || own === season) return { able, ages };
  const since = origins.backs.map((back) => ownSeason(before(past, back).values, season) === own);
  if (since.includes(true)) return { able, ages: ages.map((w, o) => (since[o] ? w : 0)) };
  const repeats = able.map((is, m) => is && said[m]!.name === lastSeason.name);
  return { able: repeats.includes(true) ? repeats : able, ages };
}

/** `w ∝ v^−power` with v the loss averaged over the origins by their weight; equal where no origin has any. */
function weigh(
  losses: Float64Array,
  able: readonly boolean[],
  origins: readonly number[],
  power: number,
): Float64Array {
  const total = origins.reduce((sum, w) => sum + w, 0);
  const mean = able.map((_, m) => origins.reduce((sum, w, o) => sum + w * losses[m * origins.length + o]!, 0) / total);
  const known = mean.filter((v, m) => able[m] && Number.isFinite(v));
  const largest = Math.max(...known);
  const least = Math.max(Math.min(...known), LEAST_ERROR * largest);
  const weights = Float64Array.from(mean, (v, m) => {
    if (!able[m]) return 0;
    return known.length === 0 || v <= least ? 1 : (least / v) ** power;
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** The weights of an origin come from the other origins: with its own they would flatter it. */
function errorsOf(
  { values, filled }: Past,
  said: readonly Said[],
  { backs, judged }: Origins,
  losses: Float64Array,
  able: readonly boolean[],
  age: readonly number[],
): Float64Array {
  const errors = new Float64Array(backs.length * judged).fill(Number.NaN);
  for (const [o, back] of backs.entries()) {
    if (age[o] === 0) continue;
    const without = age.map((w, i) => (i === o ? 0 : w));
    const others = without.some((w) => w > 0) ? without : age;
    const rows = said.map(({ judged: all }) => all.subarray(o * judged, (o + 1) * judged));
    const mixed = combine(rows, losses, able, others);
    for (let h = 0; h < judged; h++) {
      const t = values.length - back + h;
      if (filled?.[t] !== 1) errors[o * judged + h] = values[t]! - mixed[h]!;
    }
  }
  return errors;
}
