/**
 * Rows to learn from, out of the histories of one or many workloads. Each is walked once as it happened, so that a row
 * holds what was known at its origin and nothing else. The target is how far z moves until then, in the workload's own
 * scale of moves at that horizon: a tree cannot extrapolate a level, and moves are alike among workloads.
 */
import type { Mark, WallClock } from '../../domain/forecast.ts';
import { startPast } from '../experts/start-past.ts';
import type { Transformed } from '../point-forecaster.ts';
import { chooseSome, type Random, seededRandom } from '../random.ts';
import { type Describer, type InputSettings, startDescriber } from './learner-inputs.ts';
import type { Lessons } from './lessons.ts';

/** A history to learn from. */
export interface Workload {
  readonly series: Transformed;
  /** As long as the series; all `ok` when absent. */
  readonly marks?: readonly Mark[];
  /** UTC when absent. */
  readonly clock?: WallClock;
}

export interface RowSettings extends InputSettings {
  /** Tracked horizons in steps, ascending. */
  readonly horizons: readonly number[];
  readonly seed: number;
}

/** How a workload moves: what its targets and inputs are divided by. */
export interface Moves {
  /** Typical |z_{t+h} − z_t| per tracked horizon; > 0. */
  readonly scales: Float32Array;
  /** One for all inputs: their mean. */
  readonly unit: number;
}

export interface Rows {
  readonly lessons: Lessons;
  readonly names: readonly string[];
  /** Tracked horizon of each row, by index. */
  readonly horizonOf: Uint8Array;
  /** Rows whose outcome was known before the newest part began, and rows of that part. A row across belongs to neither. */
  readonly older: readonly number[];
  readonly newest: readonly number[];
}

const ROWS_PER_ORIGIN = 3;
const NEWEST_SHARE = 0.2;
/**
 * Targets further out than this many scales count as this far: spikes are data, but must not set every leaf. No move
 * further than any that was learned from is forecast either.
 */
export const MOST_SCALES = 6;
const SCALE_SAMPLES = 4000;
const TRIMMED_FROM = 0.98;
/** A season is used from this many cycles on. */
const FEWEST_CYCLES = 1.5;

/** Seasons that a history of this length has seen often enough. */
export function usableSeasons(seasons: readonly number[], steps: number): readonly number[] {
  return seasons.filter((season) => season > 1 && season * FEWEST_CYCLES <= steps);
}

/** Mean size of moves per horizon without the largest 2 %; undefined when the load does not move at all. */
export function movesOf({ z }: Transformed, horizons: readonly number[]): Moves | undefined {
  const levels = lastLevels(z);
  const scales = Float32Array.from(horizons, (h) => typicalMove(z, levels, h));
  // A horizon that was never seen (beyond the history, or between samples) moves as its neighbour.
  for (let k = 1; k < scales.length; k++) if (!(scales[k]! > 0)) scales[k] = scales[k - 1]!;
  for (let k = scales.length - 2; k >= 0; k--) if (!(scales[k]! > 0)) scales[k] = scales[k + 1]!;
  const unit = scales.reduce((sum, scale) => sum + scale, 0) / scales.length;
  return unit > 0 ? { scales, unit } : undefined;
}

/** The newest sample at each step; NaN before the first. */
function lastLevels(z: Float64Array): Float64Array {
  let last = Number.NaN;
  return z.map((value) => {
    if (Number.isFinite(value)) last = value;
    return last;
  });
}

function typicalMove(z: Float64Array, levels: Float64Array, h: number): number {
  // Odd, so that a series with every other sample missing is met at both.
  const stride = Math.max(1, Math.floor((z.length - h) / SCALE_SAMPLES)) | 1;
  const moves: number[] = [];
  for (let t = 0; t + h < z.length; t += stride) {
    const move = Math.abs(z[t + h]! - levels[t]!);
    if (Number.isFinite(move)) moves.push(move);
  }
  const sorted = Float64Array.from(moves).sort();
  const trimmed = sorted.subarray(0, Math.ceil(TRIMMED_FROM * sorted.length));
  return meanOf(trimmed) || meanOf(sorted);
}

function meanOf(values: Float64Array): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}

/** @param moves - of each workload @param mostRows - over all, shared equally among the workloads */
export function rowsOf(
  workloads: readonly Workload[],
  moves: readonly Moves[],
  settings: RowSettings,
  mostRows: number,
): Rows {
  const random = seededRandom(settings.seed);
  const share = Math.max(ROWS_PER_ORIGIN, Math.floor(mostRows / workloads.length));
  const gathered = startGathering(share * workloads.length);
  for (const [i, workload] of workloads.entries()) walk(workload, moves[i]!, settings, share, random, gathered);
  return gathered.rows();
}

interface Gathering {
  readonly full: (least: number) => boolean;
  add(describer: Describer, target: number, move: number, place: RowPlace): void;
  rows(): Rows;
}

interface RowPlace {
  readonly horizon: number;
  readonly censored: boolean;
  readonly age: 'older' | 'newest' | 'across';
}

function startGathering(mostRows: number): Gathering {
  let inputs = new Float32Array(0);
  let names: readonly string[] = [];
  const targets = new Float64Array(mostRows);
  const censored = new Uint8Array(mostRows);
  const horizonOf = new Uint8Array(mostRows);
  const older: number[] = [];
  const newest: number[] = [];
  let count = 0;
  return {
    full: (least) => count + least > mostRows,
    add(describer, target, move, { horizon, censored: isCensored, age }) {
      if (count === 0) {
        names = describer.names;
        inputs = new Float32Array(mostRows * names.length);
      }
      inputs.set(describer.describe(target), count * names.length);
      targets[count] = Math.max(-MOST_SCALES, Math.min(MOST_SCALES, move));
      censored[count] = Number(isCensored);
      horizonOf[count] = horizon;
      if (age === 'older') older.push(count);
      if (age === 'newest') newest.push(count);
      count += 1;
    },
    rows: () => ({
      lessons: {
        inputs: inputs.subarray(0, count * names.length),
        width: names.length,
        targets: targets.subarray(0, count),
        censored: censored.subarray(0, count),
      },
      names,
      horizonOf: horizonOf.subarray(0, count),
      older,
      newest,
    }),
  };
}

function walk(
  { series, marks, clock }: Workload,
  { scales, unit }: Moves,
  settings: RowSettings,
  mostRows: number,
  random: Random,
  gathered: Gathering,
): void {
  const { z, firstStep } = series;
  const { stepMs, seasons, horizons } = settings;
  const past = startPast({ stepMs, seasons, firstStep, ...(clock && { clock }) });
  const describer = startDescriber(past, unit, settings);
  const from = firstOrigin(z.length, seasons);
  const newestFrom = from + Math.floor((1 - NEWEST_SHARE) * (z.length - from));
  const origins = Math.max(1, Math.floor(mostRows / ROWS_PER_ORIGIN));
  const perOrigin = Math.min(horizons.length, Math.max(ROWS_PER_ORIGIN, Math.floor(mostRows / (z.length - from))));
  const stride = Math.max(1, (z.length - from) / origins);
  let next = from;
  for (let t = 0; t < z.length; t++) {
    past.push(z[t]!, marks?.[t] ?? 'ok', lastSeason(past, firstStep + t, seasons[0]));
    if (t < Math.floor(next)) continue;
    next += stride;
    // An origin whose own sample is missing is learned from too: that is where a forecast is needed before opening hours.
    const base = describer.turnTo(firstStep + t);
    if (!Number.isFinite(base) || gathered.full(perOrigin)) continue;
    for (const k of chooseSome(horizons.length, perOrigin, random)) {
      const target = t + horizons[k]!;
      const mark = marks?.[target] ?? 'ok';
      if (target >= z.length || !Number.isFinite(z[target]!) || mark === 'excluded') continue;
      const age = t >= newestFrom ? 'newest' : target < newestFrom ? 'older' : 'across';
      const move = (z[target]! - base) / scales[k]!;
      gathered.add(describer, firstStep + target, move, { horizon: k, censored: mark === 'censored', age });
    }
  }
}

/** Behind the longest season that leaves two thirds of the history to learn from. */
function firstOrigin(steps: number, seasons: readonly number[]): number {
  return Math.max(Math.min(60, steps >> 2), ...seasons.filter((season) => season * 3 <= steps));
}

/** What stands in for a missing sample while learning: the same place one season earlier. */
function lastSeason(past: ReturnType<typeof startPast>, step: number, season: number | undefined): number {
  return season === undefined ? Number.NaN : past.filled(past.before(step, season));
}
