/**
 * One ridge regression for all series: from a normalised window straight to all steps ahead (a global direct linear model;
 * Montero-Manso & Hyndman 2021 on why one rule for many series can beat a rule each). All steps share the inputs and so
 * one Cholesky factor.
 */
import { factorise, substitute } from '../../cholesky.ts';
import type { Past } from '../expert.ts';
import { createMatrices, type Matrices, type Matrix } from '../kernel/matrices.ts';
import { isPositive } from '../on-log.ts';
import type { PooledExpert, PooledFitted, PooledSettings } from '../pooled.ts';
import { collectWindows, type Windows } from '../windows.ts';

export interface PooledLinearRecipe {
  /** Points of input; undefined where the seasons give none. */
  readonly input: (settings: PooledSettings) => number | undefined;
  readonly normalise: Normalise;
  readonly log: boolean;
}

interface Place {
  readonly centre: number;
  readonly scale: number;
}

/** Where a window lies and how wide it is, from its input alone. */
export type Normalise = (window: Float64Array, settings: PooledSettings) => Place;

const STRIDE = 4;
const MOST_WINDOWS = 131_072;
const LEAST_WINDOWS = 200;
const PENALTY = 50;
/** In scales; a window beyond is an accident and would rule a sum of squares. */
const MOST_INPUT = 20;
const MOST_TARGET = 12;
const BLOCK = 512;
/** Below this share of the largest value a scale is rounding. */
const LEAST_SCALE = 1e-9;

export function pooledLinear(name: string, recipe: PooledLinearRecipe): PooledExpert {
  return { name, effort: 1, learn: (pasts, settings) => learn(pasts, settings, recipe) };
}

function learn(pasts: readonly Past[], settings: PooledSettings, recipe: PooledLinearRecipe): PooledFitted {
  const input = recipe.input(settings);
  if (input === undefined) return { kind: 'asleep', reason: 'the seasons give no window of a size it can learn' };
  const usable = (past: Past) => !recipe.log || isPositive(past.values);
  const sums = startSums(input, settings.horizon);
  const read = windowReader(settings, recipe);
  let seen: readonly number[] = pasts.map(() => 0);
  const add = (longer: readonly Past[]) => {
    const pool = longer.map((past) => (usable(past) ? past : { values: past.values.subarray(0, 0) }));
    const shape = { input, output: settings.horizon };
    const windows = collectWindows(pool, shape, STRIDE, MOST_WINDOWS, (i) => seen[i]!);
    sums.add(pool, windows, read);
    seen = longer.map(({ values }) => values.length);
  };
  add(pasts);
  if (sums.count() < LEAST_WINDOWS) {
    const reason = `it needs ${LEAST_WINDOWS} windows of ${input + settings.horizon} points, found ${sums.count()}`;
    return { kind: 'asleep', reason };
  }
  let beta = sums.solve();
  if (beta === undefined) return { kind: 'asleep', reason: 'its equations have no solution' };
  return {
    kind: 'fitted',
    extend: (longer) => {
      add(longer);
      beta = sums.solve() ?? beta;
    },
    forecast: (histories, _, out) => {
      for (const [row, history] of histories.entries()) {
        forecastOne(history, beta!, read, out.subarray(row * settings.horizon, (row + 1) * settings.horizon));
      }
    },
  };
}

type ReadWindow = (window: Float64Array) => Place | undefined;

/** Takes logarithms in place where the recipe says so. @returns undefined for a window without variation or not finite */
function windowReader(settings: PooledSettings, { log, normalise }: PooledLinearRecipe): ReadWindow & { log: boolean } {
  const read = (window: Float64Array) => {
    let largest = 0;
    for (let t = 0; t < window.length; t++) {
      if (log) window[t] = Math.log(window[t]!);
      largest = Math.max(largest, Math.abs(window[t]!));
    }
    const place = normalise(window, settings);
    return place.scale > LEAST_SCALE * largest && Number.isFinite(largest) ? place : undefined;
  };
  return Object.assign(read, { log });
}

interface Sums {
  add(pasts: readonly Past[], windows: Windows, read: ReadWindow & { log: boolean }): void;
  count(): number;
  /** Coefficients, (input + 1) × output; undefined when there is no solution. */
  solve(): Float64Array | undefined;
}

/** XᵀX and XᵀY in double precision, added up from single-precision products of blocks. */
function startSums(input: number, output: number): Sums {
  const width = input + 1;
  const gram = new Float64Array(width * width);
  const moment = new Float64Array(width * output);
  let rows = 0;
  return {
    count: () => rows,
    add(pasts, windows, read) {
      const pad = (n: number) => n + 8;
      const floats = (BLOCK + pad(width)) * (pad(width) + pad(output));
      const matrices = createMatrices(4 * floats);
      const block = { x: matrices.make(BLOCK, width), y: matrices.make(BLOCK, output) };
      const products = { xx: matrices.make(width, width), xy: matrices.make(width, output) };
      let filled = 0;
      const flush = () => {
        addProduct(matrices, block.x, block.x, filled, products.xx, gram);
        addProduct(matrices, block.x, block.y, filled, products.xy, moment);
        rows += filled;
        filled = 0;
      };
      const window = new Float64Array(input);
      for (let i = 0; i < windows.count; i++) {
        const { values } = pasts[windows.series[i]!]!;
        if (writeRow(values, windows.start[i]!, window, read, block, filled)) filled += 1;
        if (filled === BLOCK) flush();
      }
      if (filled > 0) flush();
    },
    solve() {
      const factor = gram.slice();
      for (let i = 0; i < width; i++) factor[i * width + i]! += PENALTY;
      if (!factorise(factor, width)) return undefined;
      const beta = moment.slice();
      for (let h = 0; h < output; h++) substitute(factor, width, beta, h, output);
      return beta;
    },
  };
}

/** @returns whether the window is fit to learn from */
function writeRow(
  values: Float64Array,
  start: number,
  window: Float64Array,
  read: ReadWindow & { log: boolean },
  { x, y }: { x: Matrix; y: Matrix },
  row: number,
): boolean {
  const input = window.length;
  window.set(values.subarray(start, start + input));
  const place = read(window);
  if (place === undefined) return false;
  const { centre, scale } = place;
  for (let t = 0; t < input; t++) {
    const value = (window[t]! - centre) / scale;
    if (!(Math.abs(value) <= MOST_INPUT)) return false;
    x.data[row * x.stride + t] = value;
  }
  x.data[row * x.stride + input] = 1;
  for (let h = 0; h < y.columns; h++) {
    const later = values[start + input + h]!;
    const value = ((read.log ? Math.log(later) : later) - centre) / scale;
    if (!(Math.abs(value) <= MOST_TARGET)) return false;
    y.data[row * y.stride + h] = value;
  }
  return true;
}

function addProduct(
  matrices: Matrices,
  x: Matrix,
  y: Matrix,
  rows: number,
  product: Matrix,
  total: Float64Array,
): void {
  product.data.fill(0);
  matrices.multiplyAdd(product, { matrix: x, transposed: true, rows }, { matrix: y, rows });
  for (let i = 0; i < product.rows; i++) {
    for (let j = 0; j < product.columns; j++) {
      total[i * product.columns + j]! += product.data[i * product.stride + j]!;
    }
  }
}

function forecastOne(
  history: Float64Array,
  beta: Float64Array,
  read: ReadWindow & { log: boolean },
  out: Float64Array,
): void {
  const output = out.length;
  const input = beta.length / output - 1;
  if (history.length < input) return void out.fill(Number.NaN);
  const window = history.slice(-input);
  const place = read(window);
  if (place === undefined) return void out.fill(Number.NaN);
  for (let h = 0; h < output; h++) out[h] = beta[input * output + h]!;
  for (let t = 0; t < input; t++) {
    const x = (window[t]! - place.centre) / place.scale;
    for (let h = 0; h < output; h++) out[h]! += x * beta[t * output + h]!;
  }
  for (let h = 0; h < output; h++) {
    const level = out[h]! * place.scale + place.centre;
    out[h] = read.log ? Math.exp(level) : level;
  }
}
