/**
 * What a network starts from, and the units it measures in: a seasonal base with its level corrected, and the scale of
 * what that base leaves over. All of it follows the series unit by unit, in a few numbers, and knows nothing later.
 *
 *     candidates for a unit T:  level;  s_k(T) + gap_k  for season k,  s_k the mean of earlier occurrences,
 *                               gap_k the recent mean of z − s_k
 *     base(T) = Σ w_k · candidate_k(T),   w_k ∝ (recent absolute error of candidate k)⁻⁴
 *     scale   = mean |z − base|, at least 8 % of the deviation of z
 */
import type { Past } from '../experts/past.ts';
import type { CalendarView } from '../features/calendar.ts';

/** One time scale of one series. */
export interface Frame {
  readonly past: Past;
  readonly stepMs: number;
  /** Steps in a unit. */
  readonly width: number;
  /** At most two, in steps. */
  readonly seasons: readonly number[];
  /** Units that the slow means reach back. */
  readonly memory: number;
  /** Declared uplifts are taken off what is seen and put on what is said; none when absent. */
  readonly calendar?: CalendarView | undefined;
}

/** Places in the state of a frame. */
export const at = {
  count: 0,
  level: 1,
  longRun: 2,
  variance: 3,
  absolute: 4,
  square: 5,
  last: 6,
  age: 7,
  error: 8,
  weight: 11,
  gap: 14,
  gapCount: 16,
  recent: 18,
  /** Last step of the newest unit, what it left over from the base and how far it lies from the one before. */
  end: 19,
  surprise: 20,
  change: 21,
} as const;
const STATE_SIZE = 22;

/** Units that the level and the gaps reach back: two hours in units of five minutes. */
const LEVEL_UNITS = 24;
const LEAST_MEMORY_UNITS = 500;
/** Occurrences of a season that make its shape, and how much less an older one weighs. */
const CYCLES = [4, 2] as const;
const DECAY = 0.7;
/** A season shorter than this many units has no shape to speak of. */
const LEAST_SEASON_UNITS = 4;
const SHARPNESS = 4;
/** A gap that was seen less often does not correct anything yet. */
const FEWEST_GAPS = 4;
const LEAST_SCALE_SHARE = 0.08;
const SMALLEST_SCALE = 1e-4;
/** Samples that are looked at for the mean of a unit in the past. */
const LOOKS = 3;
/** Units that the newest residual is averaged over. */
const RECENT_UNITS = 4;
const MOST_CARRIED = 30;

export function frameOf(
  { past, stepMs, seasons, calendar }: Pick<Frame, 'past' | 'stepMs' | 'seasons' | 'calendar'>,
  width: number,
): Frame {
  const usable = seasons.filter((season) => season >= LEAST_SEASON_UNITS * width).slice(0, CYCLES.length);
  const memory = Math.max(LEAST_MEMORY_UNITS, Math.round((2 * (usable[0] ?? 0)) / width));
  return { past, stepMs, width, seasons: usable, memory, calendar };
}

export function newState(): Float64Array {
  const state = new Float64Array(STATE_SIZE);
  state[at.weight] = 1;
  return state;
}

/** z at a step as it would have been without what the calendar declares; NaN when missing. */
function ordinaryAt({ past, calendar }: Frame, step: number): number {
  return calendar ? past.at(step) - calendar.eventAt(step).logUplift : past.at(step);
}

/** Mean of the true samples of the unit that ends with step `end`; NaN when fewer than half of its steps have one. */
export function unitMean(frame: Frame, end: number): number {
  const { width } = frame;
  let [sum, n] = [0, 0];
  for (let step = end - width + 1; step <= end; step++) {
    const z = ordinaryAt(frame, step);
    if (Number.isNaN(z)) continue;
    sum += z;
    n += 1;
  }
  return 2 * n >= width && n > 0 ? sum / n : Number.NaN;
}

/** As `unitMean` from a few of its steps: half as exact and much cheaper, for units long over. */
export function roughMean(frame: Frame, end: number): number {
  const { width } = frame;
  const stride = Math.ceil(width / LOOKS);
  let [sum, n] = [0, 0];
  for (let step = end; step > end - width; step -= stride) {
    const z = ordinaryAt(frame, step);
    if (Number.isNaN(z)) continue;
    sum += z;
    n += 1;
  }
  return n > 0 ? sum / n : Number.NaN;
}

/** Mean of earlier occurrences of the unit that ends with step `end`, incidents left out; NaN when none is kept. */
function shape(frame: Frame, k: number, end: number): number {
  const { past, width, seasons } = frame;
  const season = seasons[k]!;
  const stride = Math.ceil(width / LOOKS);
  let [sum, weights, weight, found] = [0, 0, 1, 0];
  for (let then = past.before(end, season); found < CYCLES[k]!; then = past.before(then, season)) {
    if (then > past.newest) continue;
    found += 1;
    for (let step = then; step > then - width; step -= stride) {
      const z = ordinaryAt(frame, step);
      if (Number.isNaN(z) || past.markOf(step) === 'excluded') continue;
      sum += weight * z;
      weights += weight;
    }
    weight *= DECAY;
  }
  return weights > 0 ? sum / weights : Number.NaN;
}

/** Writes what each season says of the unit that ends with step `end`, its gap corrected; NaN where it says nothing yet. */
export function seasonal(frame: Frame, state: Float64Array, end: number, out: Float64Array): void {
  for (let k = 0; k < frame.seasons.length; k++) {
    const isKnown = state[at.gapCount + k]! >= FEWEST_GAPS;
    out[k] = isKnown ? shape(frame, k, end) + state[at.gap + k]! : Number.NaN;
  }
}

/** The base for a unit of which the seasons say `said`. */
export function mix(frame: Frame, state: Float64Array, said: Float64Array): number {
  let sum = state[at.weight]! * state[at.level]!;
  let weights = state[at.weight]!;
  for (let k = 0; k < frame.seasons.length; k++) {
    if (Number.isNaN(said[k]!)) continue;
    sum += state[at.weight + 1 + k]! * said[k]!;
    weights += state[at.weight + 1 + k]!;
  }
  return weights > 0 ? sum / weights : state[at.level]!;
}

const work = new Float64Array(CYCLES.length);

/** The base for the unit that ends with step `end`. */
export function base(frame: Frame, state: Float64Array, end: number): number {
  seasonal(frame, state, end, work);
  return mix(frame, state, work);
}

/** Number of distances that the network may carry over to a horizon. */
export const CARRIES = 3;

/**
 * Writes what is known to lie between the base and three other forecasts, in units of scale: the newest unit, the newest
 * few, and the ordinary level. With shares of 0 to 1 of these, persistence, its decay and the plain season are exact; a
 * network that sees only squashed inputs could not say them.
 */
export function carry(frame: Frame, state: Float64Array, out: Float32Array): void {
  const scale = scaleOf(state);
  const expected = base(frame, state, state[at.end]!);
  const isMissing = state[at.age]! > 0;
  out[0] = bounded(isMissing ? 0 : (state[at.last]! - expected) / scale);
  out[1] = bounded(state[at.recent]! / scale);
  let ordinary = state[at.weight]! * (state[at.longRun]! - state[at.level]!);
  for (let k = 0; k < frame.seasons.length; k++) ordinary -= state[at.weight + 1 + k]! * state[at.gap + k]!;
  out[2] = bounded(ordinary / scale);
}

function bounded(scales: number): number {
  return Math.min(MOST_CARRIED, Math.max(-MOST_CARRIED, scales));
}

/** The unit of everything that a network sees and says. */
export function scaleOf(state: Float64Array): number {
  return Math.max(state[at.absolute]!, LEAST_SCALE_SHARE * Math.sqrt(state[at.variance]!), SMALLEST_SCALE);
}

/** Takes the unit that ends with step `end`, of mean `z`; NaN teaches nothing but that time goes on. */
export function advance(frame: Frame, state: Float64Array, end: number, z: number): void {
  state[at.end] = end;
  state[at.surprise] = 0;
  state[at.change] = 0;
  if (Number.isNaN(z)) {
    state[at.age]! += 1;
    return;
  }
  state[at.age] = 0;
  state[at.count]! += 1;
  const n = state[at.count]!;
  if (n === 1) {
    state[at.level] = z;
    state[at.longRun] = z;
    state[at.last] = z;
  }
  state[at.surprise] = judge(frame, state, end, z);
  state[at.change] = z - state[at.last]!;
  const distance = z - state[at.longRun]!;
  follow(state, at.level, z, n, LEVEL_UNITS);
  follow(state, at.longRun, z, n, frame.memory);
  follow(state, at.variance, distance * (z - state[at.longRun]!), n, frame.memory);
  state[at.last] = z;
}

/**
 * Every candidate is scored and corrected by what it had said of this unit; the weights follow from the scores.
 * @returns what the base had left over
 */
function judge(frame: Frame, state: Float64Array, end: number, z: number): number {
  const n = state[at.count]!;
  let [sum, weights] = [0, 0];
  for (let k = 0; k <= frame.seasons.length; k++) {
    const weight = state[at.weight + k]!;
    const expected = k === 0 ? state[at.level]! : learnGap(frame, state, k - 1, end, z);
    if (Number.isNaN(expected)) continue;
    sum += weight * expected;
    weights += weight;
    const judged = k === 0 ? n - 1 : state[at.gapCount + k - 1]! - FEWEST_GAPS;
    follow(state, at.error + k, Math.abs(z - expected), judged, frame.memory);
  }
  const residual = weights > 0 ? z - sum / weights : 0;
  follow(state, at.absolute, Math.abs(residual), n - 1, frame.memory);
  follow(state, at.square, residual * residual, n - 1, frame.memory);
  follow(state, at.recent, residual, n, RECENT_UNITS);
  weigh(state, frame.seasons.length);
  return residual;
}

/** @returns what season k had said of this unit; NaN when it had nothing to say */
function learnGap(frame: Frame, state: Float64Array, k: number, end: number, z: number): number {
  const s = shape(frame, k, end);
  if (Number.isNaN(s)) return Number.NaN;
  const seen = state[at.gapCount + k]!;
  const expected = seen < FEWEST_GAPS ? Number.NaN : s + state[at.gap + k]!;
  state[at.gapCount + k] = seen + 1;
  follow(state, at.gap + k, z - s, seen + 1, LEVEL_UNITS);
  return expected;
}

function weigh(state: Float64Array, seasons: number): void {
  let sum = 0;
  for (let k = 0; k <= seasons; k++) {
    const isJudged = k === 0 || state[at.gapCount + k - 1]! > FEWEST_GAPS;
    state[at.weight + k] = isJudged ? (state[at.error + k]! + SMALLEST_SCALE) ** -SHARPNESS : 0;
    sum += state[at.weight + k]!;
  }
  for (let k = 0; k <= seasons; k++) state[at.weight + k]! /= sum;
}

/** The plain mean of the first `memory` values, then exponentially weighted. */
function follow(state: Float64Array, place: number, value: number, n: number, memory: number): void {
  state[place]! += (value - state[place]!) / Math.min(memory, Math.max(1, n));
}
