/**
 * Linear autoregression by ridge, iterated step by step: optionally on logarithms, optionally on differences at a season
 * (Box & Jenkins). Standardised, so that one penalty serves all series.
 */
import { factorise, substitute } from '../../cholesky.ts';
import { asleep, type Fitted, type Frame, type LocalExpert, type Past } from '../expert.ts';

import { isPositive } from '../on-log.ts';

export interface AutoregressionRecipe {
  readonly lags: (frame: Frame) => readonly number[];
  /** Lag of the difference; 0 for none. Undefined where the series has no such season. */
  readonly difference: (frame: Frame) => number | undefined;
  readonly log: boolean;
  readonly penalty: number;
}

/** Rows that a lag has to leave to learn from: this many, or half of a short series. */
const LEAST_ROWS = 200;
const LEAST_POINTS = 12;
/** A step further from the mean than this many deviations is an iteration that ran away. */
const MOST_DEVIATIONS = 8;
const CONSTANT_PENALTY = 1e-6;

export function autoregression(name: string, recipe: AutoregressionRecipe): LocalExpert {
  return { name, fit: (past, frame) => learn(past, frame, recipe) };
}

function learn(past: Past, frame: Frame, recipe: AutoregressionRecipe): Fitted {
  const difference = recipe.difference(frame);
  if (difference === undefined) return asleep('the series has no such season');
  const { values, filled } = past;
  if (recipe.log && !isPositive(values)) return asleep('it needs values above 0');
  const w = differences(recipe.log ? values.map(Math.log) : values, difference);
  const lags = lagsWithin(recipe.lags(frame), w.length);
  if (lags.length === 0) return asleep(`it needs ${LEAST_POINTS + difference} points, found ${values.length}`);
  const { mean, deviation } = moments(w);
  if (!(deviation > 0)) return asleep('nothing varies');
  for (let t = 0; t < w.length; t++) w[t] = (w[t]! - mean) / deviation;
  const beta = solveLags(w, lags, recipe.penalty, filled?.subarray(difference));
  if (beta === undefined) return asleep('its equations have no solution');
  return { kind: 'fitted', forecast: iterate({ lags, beta, mean, deviation, difference, log: recipe.log }) };
}

/** The lags that leave enough rows of a series of `length` points. */
export function lagsWithin(lags: readonly number[], length: number): readonly number[] {
  return length < LEAST_POINTS ? [] : lags.filter((lag) => lag < length - Math.min(LEAST_ROWS, length / 2));
}

/** A copy, `lag` shorter; empty when there are no more than `lag` values. */
export function differences(values: Float64Array, lag: number): Float64Array {
  const w = values.slice(lag);
  if (lag > 0) for (let t = 0; t < w.length; t++) w[t]! -= values[t]!;
  return w;
}

export function moments(values: Float64Array): { mean: number; deviation: number } {
  let sum = 0;
  for (let t = 0; t < values.length; t++) sum += values[t]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let t = 0; t < values.length; t++) squares += (values[t]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/**
 * Ridge of each value on the values `lags` before it and a constant.
 *
 * @param filled - 1 for a value that is read but not learned as a target
 * @returns one coefficient per lag and the constant; undefined when the equations cannot be solved
 */
export function solveLags(
  w: Float64Array,
  lags: readonly number[],
  penalty: number,
  filled?: Uint8Array,
): Float64Array | undefined {
  const width = lags.length + 1;
  const gram = new Float64Array(width * width);
  const beta = new Float64Array(width);
  const row = new Float64Array(width);
  row[width - 1] = 1;
  for (let t = lags.at(-1) ?? 0; t < w.length; t++) {
    if (filled?.[t] === 1) continue;
    for (let i = 0; i < lags.length; i++) row[i] = w[t - lags[i]!]!;
    addRow(gram, beta, row, w[t]!);
  }
  for (let i = 0; i < width - 1; i++) gram[i * width + i]! += penalty;
  gram[width * width - 1]! += CONSTANT_PENALTY;
  if (!factorise(gram, width)) return undefined;
  substitute(gram, width, beta);
  return beta;
}

/** Adds one observation to the lower triangle of XᵀX and to Xᵀy. */
export function addRow(gram: Float64Array, moment: Float64Array, row: Float64Array, y: number): void {
  const width = row.length;
  for (let i = 0; i < width; i++) {
    const x = row[i]!;
    if (x === 0) continue;
    moment[i]! += x * y;
    for (let j = 0; j <= i; j++) gram[i * width + j]! += x * row[j]!;
  }
}

interface Model {
  readonly lags: readonly number[];
  readonly beta: Float64Array;
  readonly mean: number;
  readonly deviation: number;
  readonly difference: number;
  readonly log: boolean;
}

function iterate({ lags, beta, mean, deviation, difference, log }: Model) {
  const longest = lags.at(-1)!;
  return (history: Float64Array, out: Float64Array) => {
    const tail = history.subarray(history.length - longest - difference);
    const levels = new Float64Array(tail.length + out.length);
    for (let t = 0; t < tail.length; t++) levels[t] = log ? Math.log(tail[t]!) : tail[t]!;
    const w = new Float64Array(longest + out.length);
    for (let t = 0; t < longest; t++) {
      w[t] = (levels[t + difference]! - (difference > 0 ? levels[t]! : 0) - mean) / deviation;
    }
    forecastLags(w, longest, lags, beta);
    for (let h = 0; h < out.length; h++) {
      const at = tail.length + h;
      const change = w[longest + h]! * deviation + mean;
      levels[at] = difference > 0 ? levels[at - difference]! + change : change;
      out[h] = log ? Math.exp(levels[at]!) : levels[at]!;
    }
  };
}

/** Goes on from `from` to the end of `w`, each step from the ones before it. */
export function forecastLags(w: Float64Array, from: number, lags: readonly number[], beta: Float64Array): void {
  for (let t = from; t < w.length; t++) {
    let next = beta[lags.length]!;
    for (let i = 0; i < lags.length; i++) next += beta[i]! * w[t - lags[i]!]!;
    w[t] = Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, next));
  }
}
