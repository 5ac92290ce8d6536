/** How far reality strays from a mixed forecast: per series and place in the season, then in common units over all series. */
import type { Frame, Past } from './expert.ts';
import type { Origins } from './origins.ts';

/** What one series brings. */
export interface Errors {
  readonly past: Past;
  readonly origins: Origins;
  /** As from `mix`. */
  readonly errors: Float64Array;
}

/** Weight of the shape of the whole history, in errors per slot, against what was seen from the origins. */
const HISTORY_WEIGHT = 10;
const FLAT_WEIGHT = 10;
/** Seasons of history that tell where in a season a series is hard to foresee. */
const SHAPE_SEASONS = 16;
/** Pooled errors that outweigh the assumption that nothing grows with the horizon. */
const GROWTH_WEIGHT = 20;
/** A single error does not make a whole step ahead look hard. */
const MOST_RELATIVE_ERROR = 4;
const GROWTH_SMOOTHING = 3;

export interface Scales {
  /** One per step ahead, ≥ 0, in the unit of the series: the mean absolute error that is to be expected there. */
  readonly perStep: Float64Array;
}

/**
 * Expected absolute error at every step ahead, for each series: its own mean error, times where in the season the step
 * lies, times how errors grow with the horizon in all series together.
 */
export function scalesOf(all: readonly Errors[], frame: Frame): Scales[] {
  const own = all.map((one) => ownScale(one, frame));
  const growth = growthOf(all, own, frame.horizon);
  return own.map((scale) => ({ perStep: scale.map((s, h) => s * growth[h]!) }));
}

function meanAbsolute(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    sum += Math.abs(values[i]!);
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function ownScale(one: Errors, { horizon, seasons }: Frame): Float64Array {
  const mean = meanAbsolute(one.errors);
  const base = Number.isFinite(mean) ? mean : roughScale(one.past.values);
  const season = seasons[0];
  if (season === undefined) return new Float64Array(horizon).fill(base);
  const shape = seasonalShape(one, season, base);
  return Float64Array.from({ length: horizon }, (_, h) => base * shape[h % season]!);
}

/** For a series that could not be judged: how much it changes from one step to the next. */
function roughScale(values: Float64Array): number {
  let sum = 0;
  for (let t = 1; t < values.length; t++) sum += Math.abs(values[t]! - values[t - 1]!) / (values.length - 1);
  return values.length > 1 ? sum : Math.abs(values[0]!);
}

/** Relative size of errors by slot ahead of the end of the series: 1 on average. */
function seasonalShape({ past: { values }, origins, errors }: Errors, season: number, base: number): Float64Array {
  const history = historyShape(values, season);
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  const { backs, judged } = origins;
  for (const [o, back] of backs.entries()) {
    for (let h = 0; h < judged; h++) {
      const e = errors[o * judged + h]!;
      if (Number.isNaN(e) || !(base > 0)) continue;
      const slot = (((h - back) % season) + season) % season;
      sums[slot]! += Math.abs(e) / base;
      counts[slot]! += 1;
    }
  }
  return sums.map((sum, i) => {
    const known = HISTORY_WEIGHT * history[i]! + FLAT_WEIGHT;
    return (sum + known) / (counts[i]! + HISTORY_WEIGHT + FLAT_WEIGHT);
  });
}

/** Typical change from one season to the next by slot, relative to the mean over the slots. */
function historyShape(values: Float64Array, season: number): Float64Array {
  const seasons = Math.min(SHAPE_SEASONS, Math.floor(values.length / season) - 1);
  if (seasons < 2) return new Float64Array(season).fill(1);
  const changes = new Float64Array(seasons);
  const shape = Float64Array.from({ length: season }, (_, slot) => {
    for (let i = 0; i < seasons; i++) {
      const t = values.length - (i + 1) * season + slot;
      changes[i] = Math.abs(values[t]! - values[t - season]!);
    }
    // Mostly the median: a holiday is not a property of an hour.
    return changes.sort()[seasons >> 1]! + 0.25 * meanAbsolute(changes);
  });
  const mean = shape.reduce((sum, s) => sum + s, 0) / season;
  return mean > 0 && Number.isFinite(mean) ? shape.map((s) => s / mean) : shape.fill(1);
}

/** Mean relative error at each step ahead over all series and origins, smoothed. Beyond what was judged: a random walk. */
function growthOf(all: readonly Errors[], own: readonly Float64Array[], horizon: number): Float64Array {
  const sums = new Float64Array(horizon);
  const counts = new Float64Array(horizon);
  for (const [i, { origins, errors }] of all.entries()) {
    const { backs, judged } = origins;
    for (let k = 0; k < backs.length * judged; k++) {
      const h = k % judged;
      const relative = Math.abs(errors[k]!) / own[i]![h]!;
      if (!(relative >= 0)) continue;
      sums[h]! += Math.min(MOST_RELATIVE_ERROR, relative);
      counts[h]! += 1;
    }
  }
  const known = counts.findLastIndex((n) => n > 0) + 1;
  const raw = sums.map((sum, h) => (sum + GROWTH_WEIGHT) / (counts[h]! + GROWTH_WEIGHT));
  return raw.map((_, h) => {
    if (h >= known && known > 0) return meanOf(raw, known - 1 - GROWTH_SMOOTHING, known) * Math.sqrt((h + 1) / known);
    if (known === 0) return Math.sqrt(h + 1);
    return meanOf(raw, h - GROWTH_SMOOTHING, Math.min(known, h + GROWTH_SMOOTHING + 1));
  });
}

function meanOf(values: Float64Array, from: number, to: number): number {
  const part = values.subarray(Math.max(0, from), to);
  return part.reduce((sum, v) => sum + v, 0) / part.length;
}
