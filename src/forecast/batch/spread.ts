/** How far reality strays from a mixed forecast: for each series, by its place in the season and by the step ahead. */
import type { Frame, Past } from './expert.ts';
import type { LongRun } from './long-run.ts';
import type { Origins } from './origins.ts';

/** What one series brings. */
export interface Errors {
  readonly past: Past;
  readonly origins: Origins;
  /** As from `mix`. */
  readonly errors: Float64Array;
  readonly longRun: LongRun;
}

/** Weights of the long run and of "all hours are alike" against the errors of a slot, counted in errors. */
const LONG_RUN_WEIGHT = 40;
const FLAT_WEIGHT = 20;
/** Pooled errors that outweigh the assumption that nothing grows with the horizon. */
const GROWTH_WEIGHT = 4;
/** A single error does not make a whole step ahead look hard. */
const MOST_RELATIVE_ERROR = 4;
const GROWTH_SMOOTHING = 3;
/** Half of what the long run says of its own newest part (on logarithms), and not more than twice or half of what was seen. */
const LONG_RUN_POWER = 0.5;
/** How much of the size of the errors (on logarithms) is the long run's, brought to the size that is usual in all series. */
const LONG_RUN_SHARE = 0.2;
/** An origin this many horizons older counts half for the size of errors: a series that changed a while ago errs as lately. */
const HALF_LIFE = 2;
/** In means: the median of many good origins and a few bad ones knows nothing of the bad. */
const LEAST_MEDIAN = 0.25;
const MOST_LONG_RUN = 2;
/** Which errors are rare, and how far rare ones may be from those of other series. */
const RARE = 0.96;
const RARE_BOUNDS = [0.5, 2.5] as const;
const LEAST_RARE = 100;

/**
 * The unit of the errors at every step ahead, for each series: its mean error, times what the long run says of it, times
 * where in the season the step lies, times how errors grow with the horizon and how rare ones compare over all series.
 */
export function scalesOf(all: readonly Errors[], frame: Frame): Float64Array[] {
  const own = all.map((one) => ownScale(one, frame));
  const growth = growthOf(all, own, frame.horizon);
  const rare = all.map((one, i) => rareness(one, own[i]!));
  const usual = medianOf(rare.filter(Number.isFinite));
  const flattery = medianOf(
    all.map(({ longRun }, i) => own[i]!.mean / meanAbsolute(longRun.errors)).filter(Number.isFinite),
  );
  return own.map(({ mean, shape }, i) => {
    const known = Number.isFinite(rare[i]!) && usual > 0;
    const tail = known ? clamp(rare[i]! / usual, RARE_BOUNDS[0], RARE_BOUNDS[1]) : 1;
    const before = flattery * meanAbsolute(all[i]!.longRun.errors);
    const size = before > 0 ? mean ** (1 - LONG_RUN_SHARE) * before ** LONG_RUN_SHARE : mean;
    const level = size * longRunRatio(all[i]!) ** LONG_RUN_POWER * tail;
    return growth.map((g, h) => level * shape[h % shape.length]! * g);
  });
}

interface OwnScale {
  /** Mean absolute error, the newest origins first. */
  readonly mean: number;
  /** Relative size of errors by slot, from the one that comes next. */
  readonly shape: Float64Array;
}

function ownScale(one: Errors, { seasons }: Frame): OwnScale {
  const mean = meanError(one);
  const season = seasons[0];
  const shape = season === undefined || !(mean > 0) ? Float64Array.of(1) : seasonalShape(one, season, mean);
  return { mean, shape };
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

/** A few small errors may be luck: with fewer than twenty, what the series does by itself has a say. */
const ENOUGH_ERRORS = 20;

function meanError({ errors, past, origins }: Errors): number {
  const seen = recentError(errors, origins);
  const doubt = Math.max(0, 1 - errors.filter(Number.isFinite).length / ENOUGH_ERRORS);
  if (doubt === 0) return seen;
  const rough = roughScale(past.values);
  return Number.isFinite(seen) ? (1 - doubt) * seen + doubt * Math.max(seen, rough) : rough;
}

/** Between the mean over the origins, the newest first, and their median: one catastrophe is no sign of the next. */
function recentError(errors: Float64Array, { backs, judged }: Origins): number {
  const sizes = backs.map((_, o) => meanAbsolute(errors.subarray(o * judged, (o + 1) * judged)));
  let [sum, weights] = [0, 0];
  for (const [o, size] of sizes.entries()) {
    if (Number.isNaN(size)) continue;
    const weight = 0.5 ** (backs[o]! / (HALF_LIFE * judged));
    sum += weight * size;
    weights += weight;
  }
  if (weights === 0) return Number.NaN;
  const mean = sum / weights;
  return Math.sqrt(mean * Math.max(LEAST_MEDIAN * mean, medianOf(sizes.filter(Number.isFinite))));
}

/** For a series that could hardly be judged: how much it changes from one step to the next. */
function roughScale(values: Float64Array): number {
  let sum = 0;
  for (let t = 1; t < values.length; t++) sum += Math.abs(values[t]! - values[t - 1]!) / (values.length - 1);
  return values.length > 1 ? sum : Math.abs(values[0]!);
}

function seasonalShape({ origins, errors, longRun }: Errors, season: number, mean: number): Float64Array {
  const seen = bySlot(errors, origins.backs, season);
  const old = bySlot(longRun.errors, longRun.backs, season);
  const usual = slotMean(old);
  return seen.sums.map((sum, slot) => {
    const before = usual > 0 && old.counts[slot]! > 0 ? old.sums[slot]! / old.counts[slot]! / usual : 1;
    const count = seen.counts[slot]!;
    return (sum / mean + LONG_RUN_WEIGHT * before + FLAT_WEIGHT) / (count + LONG_RUN_WEIGHT + FLAT_WEIGHT);
  });
}

interface Slots {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/** Absolute errors by slot; slot 0 is the one that comes next. */
function bySlot(errors: Float64Array, backs: readonly number[], season: number): Slots {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  const steps = errors.length / Math.max(1, backs.length);
  for (let i = 0; i < errors.length; i++) {
    if (Number.isNaN(errors[i]!)) continue;
    const ahead = (i % steps) - backs[Math.floor(i / steps)]!;
    const slot = ((ahead % season) + season) % season;
    sums[slot]! += Math.abs(errors[i]!);
    counts[slot]! += 1;
  }
  return { sums, counts };
}

/** Mean over the slots of their mean. */
function slotMean({ sums, counts }: Slots): number {
  const known = sums.map((sum, i) => sum / counts[i]!).filter(Number.isFinite);
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : 0;
}

/** Mean error of the long run over its error where members were judged; 1 where that cannot be told. */
function longRunRatio({ longRun, origins }: Errors): number {
  const steps = longRun.errors.length / Math.max(1, longRun.backs.length);
  const held = origins.stages.at(-1)?.held ?? 0;
  const recent = longRun.backs.filter((back) => back <= held).length;
  const ratio = meanAbsolute(longRun.errors) / meanAbsolute(longRun.errors.subarray(0, recent * steps));
  return Number.isFinite(ratio) && ratio > 0 ? clamp(ratio, 1 / MOST_LONG_RUN, MOST_LONG_RUN) : 1;
}

/** Rare errors of the long run in units of its usual ones; NaN where too few are known. */
function rareness({ longRun }: Errors, { shape }: OwnScale): number {
  const { errors, backs } = longRun;
  const mean = meanAbsolute(errors);
  const steps = errors.length / Math.max(1, backs.length);
  const relative = errors.map((e, i) => {
    const ahead = (i % steps) - backs[Math.floor(i / steps)]!;
    const slot = ((ahead % shape.length) + shape.length) % shape.length;
    return Math.abs(e) / (mean * shape[slot]!);
  });
  const known = relative.filter(Number.isFinite).sort();
  return known.length < LEAST_RARE ? Number.NaN : known[Math.floor(RARE * (known.length - 1))]!;
}

/** Mean relative error at each step ahead over all series and origins, smoothed. Beyond what was judged: a random walk. */
function growthOf(all: readonly Errors[], own: readonly OwnScale[], horizon: number): Float64Array {
  const sums = new Float64Array(horizon);
  const counts = new Float64Array(horizon);
  for (const [i, { origins, errors, longRun }] of all.entries()) {
    const { mean, shape } = own[i]!;
    const add = (some: Float64Array, usual: number) => {
      for (let k = 0; k < some.length; k++) {
        const h = k % origins.judged;
        const relative = Math.abs(some[k]!) / (usual * shape[h % shape.length]!);
        if (!(relative >= 0)) continue;
        sums[h]! += Math.min(MOST_RELATIVE_ERROR, relative);
        counts[h]! += 1;
      }
    };
    add(errors, mean);
    add(longRun.errors, meanAbsolute(longRun.errors));
  }
  const known = counts.findLastIndex((n) => n > 0) + 1;
  const raw = sums.map((sum, h) => (sum + GROWTH_WEIGHT) / (counts[h]! + GROWTH_WEIGHT));
  return raw.map((_, h) => {
    if (known === 0) return Math.sqrt(h + 1);
    if (h >= known) return meanOf(raw, known - 1 - GROWTH_SMOOTHING, known) * Math.sqrt((h + 1) / known);
    return meanOf(raw, h - GROWTH_SMOOTHING, Math.min(known, h + GROWTH_SMOOTHING + 1));
  });
}

function meanOf(values: Float64Array, from: number, to: number): number {
  const part = values.subarray(Math.max(0, from), to);
  return part.reduce((sum, v) => sum + v, 0) / part.length;
}

function medianOf(values: readonly number[]): number {
  return values.length > 0 ? values.toSorted((a, b) => a - b)[values.length >> 1]! : Number.NaN;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
