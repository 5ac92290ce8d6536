/**
 * Level and damped trend of a series beside its seasons, at several smoothing constants and with none, the first or both of
 * the seasons, side by side:
 *
 *     e = z − (l + φb + s);  l ← l + φb + αe;  b ← φb + αβe;  forecast: l + (φ + … + φ^h)·b + s
 *
 * What they say is averaged, and those that were lately least off a quarter of an hour ahead, or an hour, count by far the
 * most. Noise wants a slow level and waves a fast one; an hour ahead wants a slower one than the next minutes; and where no
 * day is like the other, what they have in common is noise. Hours ahead only slow levels speak that go with all seasons.
 */
import { type Parameters, singlesIn } from '../parameters.ts';
import { MOST_ERROR, startLeadErrors } from './lead-errors.ts';
import { type Remembers, remembers, rememberTogether } from './remembers.ts';

/** What the first so many seasons add, in sum, so many steps from the newest one. */
export type SeasonsAhead = (ahead: number, seasons: number) => number;

export interface DampedLevels extends Remembers {
  /**
   * @param z - NaN moves levels along their trends
   * @returns the residual that seasons learn from; 0 when missing
   */
  observe(z: number, seasonal: SeasonsAhead): number;
  /** @param horizons - in steps. @param out - one forecast for each */
  predict(horizons: readonly number[], seasonal: SeasonsAhead, out: Float64Array): void;
  /** The last of the first so many seasons begins: levels that go with it start anew. */
  begin(seasons: number, z: number, seasonal: SeasonsAhead): void;
}

const MINUTE_MS = 60_000;
/**
 * None is taken as shorter than a step. On recorded loads a trend gained nothing, and cost where its level is fast; one has it,
 * for loads that grow.
 */
const MEMORIES = [
  { memoryMs: 2 * MINUTE_MS, beta: 0 },
  { memoryMs: 15 * MINUTE_MS, beta: 0 },
  { memoryMs: 60 * MINUTE_MS, beta: 0.03 },
  { memoryMs: 240 * MINUTE_MS, beta: 0 },
  { memoryMs: 960 * MINUTE_MS, beta: 0 },
];
/** The most that are made use of. */
export const MOST_SEASONS = 2;
const COUNTS = [0, 1, MOST_SEASONS] as const;
const LEVELS = COUNTS.flatMap((seasons) => MEMORIES.map((memory) => ({ ...memory, seasons })));
const ALL = [...LEVELS.keys()];
const LEADS_MS = [15 * MINUTE_MS, 60 * MINUTE_MS] as const;
const HOURS_MS = 240 * MINUTE_MS;
const FOR_HOURS = ALL.filter((j) => LEVELS[j]!.seasons === MOST_SEASONS && LEVELS[j]!.memoryMs >= HOURS_MS);
/** Whose residual the seasons learn from: one that a season does not escape into, and that follows a shift within the day. */
const TEACHER = FOR_HOURS[0]!;
const PHI = 0.98;

/** A weighted mean: its level and trend, and how much each number of seasons counts. */
interface Mean {
  level: number;
  trend: number;
  readonly seasons: Float64Array;
}

export function startDampedLevels(stepMs: number, saved?: Parameters): DampedLevels {
  const n = LEVELS.length;
  const alphas = LEVELS.map(({ memoryMs }) => 1 - Math.exp(-stepMs / Math.max(memoryMs, stepMs)));
  const levels = saved ? singlesIn(saved, 'levels') : new Float32Array(n).fill(Number.NaN);
  const trends = saved ? singlesIn(saved, 'trends') : new Float32Array(n);
  const leads = LEADS_MS.map((ms) => Math.max(1, Math.round(ms / stepMs)));
  const errors = startLeadErrors(leads, n, saved);
  // A quarter of an hour ahead, an hour, and hours.
  const places = [...leads, Math.round(HOURS_MS / stepMs)];
  const means = places.map((): Mean => ({ level: 0, trend: 0, seasons: new Float64Array(MOST_SEASONS + 1) }));

  function move(j: number, z: number, season: number): number {
    const trend = PHI * trends[j]!;
    const residual = Number.isNaN(z) ? 0 : Math.max(-MOST_ERROR, Math.min(MOST_ERROR, z - levels[j]! - trend - season));
    levels[j]! += trend + alphas[j]! * residual;
    trends[j] = trend + alphas[j]! * LEVELS[j]!.beta * residual;
    return residual;
  }

  function begin(seasons: number, z: number, seasonal: SeasonsAhead): void {
    const joining = ALL.filter((j) => LEVELS[j]!.seasons >= seasons);
    for (const j of joining) {
      levels[j] = z - seasonal(0, LEVELS[j]!.seasons);
      trends[j] = 0;
    }
    if (seasons > 0) errors.begin(joining, (j) => j - MEMORIES.length);
  }

  return {
    observe(z, seasonal) {
      if (Number.isNaN(levels[0]!)) begin(0, z, seasonal);
      const now = sumsAt(0, seasonal);
      let residual = 0;
      for (let j = 0; j < n; j++) {
        const own = move(j, z, now[LEVELS[j]!.seasons]!);
        if (j === TEACHER) residual = own;
      }
      errors.observe(z, (ahead) => {
        const [trend, sums] = [damped(ahead), sumsAt(ahead, seasonal)];
        return (j) => levels[j]! + trend * trends[j]! + sums[LEVELS[j]!.seasons]!;
      });
      return residual;
    },
    predict(horizons, seasonal, out) {
      for (const lead of leads.keys()) average(means[lead]!, errors.weigh(lead, ALL), levels, trends);
      average(means[leads.length]!, errors.weigh(leads.length - 1, FOR_HOURS), levels, trends);
      for (let i = 0; i < horizons.length; i++) {
        const ahead = horizons[i]!;
        const place = placeAmong(places, ahead);
        const [below, above, share] = [means[Math.floor(place)]!, means[Math.ceil(place)]!, place % 1];
        const mixed = (of: (mean: Mean) => number) => (1 - share) * of(below) + share * of(above);
        out[i] = mixed((mean) => mean.level) + damped(ahead) * mixed((mean) => mean.trend);
        for (let s = 1; s <= MOST_SEASONS; s++) out[i]! += mixed((mean) => mean.seasons[s]!) * seasonal(ahead, s);
      }
    },
    begin,
    ...rememberTogether([remembers({ levels, trends }), errors]),
  };
}

function average(mean: Mean, weights: Float64Array, levels: Float32Array, trends: Float32Array): void {
  mean.level = mean.trend = 0;
  mean.seasons.fill(0);
  for (let j = 0; j < levels.length; j++) {
    mean.level += weights[j]! * levels[j]!;
    mean.trend += weights[j]! * trends[j]!;
    mean.seasons[LEVELS[j]!.seasons]! += weights[j]!;
  }
}

/** What none, the first and both seasons add. */
function sumsAt(ahead: number, seasonal: SeasonsAhead): readonly number[] {
  return COUNTS.map((seasons) => seasonal(ahead, seasons));
}

/** `φ + … + φ^h`. */
function damped(ahead: number): number {
  return (PHI * (1 - PHI ** ahead)) / (1 - PHI);
}

/** As 0.25 for a quarter of the way from the first place to the second; not beyond the ends. @param places - ascending */
function placeAmong(places: readonly number[], ahead: number): number {
  const above = places.findIndex((place) => ahead <= place);
  if (above <= 0) return above < 0 ? places.length - 1 : 0;
  return above - (places[above]! - ahead) / (places[above]! - places[above - 1]!);
}
