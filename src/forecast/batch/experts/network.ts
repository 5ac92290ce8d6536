/**
 * One perceptron for all series: from a normalised window to what the coming steps add to a seasonal naive forecast.
 * Several of them with different starts are several members; their spread is half of what they are worth.
 */

import { type Random, seededRandom, shuffle } from '../../random.ts';
import type { Past } from '../expert.ts';
import { createMatrices } from '../kernel/matrices.ts';
import { createPerceptron, type Perceptron, type PerceptronShape, perceptronFloats } from '../network/perceptron.ts';
import { logsOnly } from '../on-log.ts';
import type { PooledExpert, PooledFitted, PooledSettings } from '../pooled.ts';
import { collectWindows, type Windows } from '../windows.ts';

export interface NetworkRecipe {
  /** Points of input; undefined where the seasons give none. */
  readonly input: (settings: PooledSettings) => number | undefined;
  /** Season of the naive forecast that the output is added to. */
  readonly base: (settings: PooledSettings) => number | undefined;
  readonly hidden: readonly number[];
  readonly straight: boolean;
  /** Learns from logarithms; it sleeps where a value is not above 0. */
  readonly log: boolean;
  readonly stride: number;
  readonly epochs: number;
  /** Passes over all windows after the pasts have grown. */
  readonly furtherEpochs: number;
}

const MOST_WINDOWS = 65_536;
/** Fewer and a network learns them by heart. */
const LEAST_WINDOWS = 500;
const BATCH = 512;
const RATE = 1e-3;
const FURTHER_RATE = 5e-4;
const WEIGHT_DECAY = 1e-3;
const MOST_TARGET = 60;
const LEAST_SCALE_SHARE = 0.08;

export function pooledNetwork(name: string, recipe: NetworkRecipe): PooledExpert {
  return { name, effort: 60, learn: (pasts, settings) => learn(pasts, settings, recipe) };
}

function learn(given: readonly Past[], settings: PooledSettings, recipe: NetworkRecipe): PooledFitted {
  const scaled = (pasts: readonly Past[]) =>
    pasts.map((past) => ({ ...past, values: recipe.log ? logsOnly(past.values) : past.values }));
  const pasts = scaled(given);
  const [input, season] = [recipe.input(settings), recipe.base(settings)];
  if (input === undefined || season === undefined) {
    return { kind: 'asleep', reason: 'the seasons give no window of a size it can learn' };
  }
  const form: Form = { input, season, output: settings.horizon };
  const examples = collectExamples(pasts, form, recipe.stride);
  if (examples.count < LEAST_WINDOWS) {
    const reason = `it needs ${LEAST_WINDOWS} windows of ${input + form.output} points, found ${examples.count}`;
    return { kind: 'asleep', reason };
  }
  const shape: PerceptronShape = { ...form, hidden: recipe.hidden, straight: recipe.straight, batch: BATCH };
  const random = seededRandom(settings.seed);
  const network = createPerceptron(createMatrices(4 * perceptronFloats(shape)), shape, random);
  train(network, examples, recipe.epochs, RATE, random);
  return {
    kind: 'fitted',
    extend: (longer) => {
      if (recipe.furtherEpochs === 0) return;
      train(network, collectExamples(scaled(longer), form, recipe.stride), recipe.furtherEpochs, FURTHER_RATE, random);
    },
    forecast: (histories, _, out) => {
      const levels = histories.map((history) => (recipe.log ? logsOnly(history) : history));
      forecastAll(network, form, levels, out);
      if (recipe.log) for (let i = 0; i < out.length; i++) out[i] = Math.exp(out[i]!);
    },
  };
}

interface Form {
  readonly input: number;
  readonly output: number;
  readonly season: number;
}

interface Examples {
  readonly count: number;
  /** Row-major, count × input. */
  readonly inputs: Float32Array;
  /** Row-major, count × output. */
  readonly targets: Float32Array;
}

function collectExamples(pasts: readonly Past[], form: Form, stride: number): Examples {
  const windows = collectWindows(pasts, form, stride, MOST_WINDOWS);
  const { input, output, season } = form;
  const inputs = new Float32Array(windows.count * input);
  const targets = new Float32Array(windows.count * output);
  let count = 0;
  for (let i = 0; i < windows.count; i++) {
    if (writeExample(pasts, windows, i, season, inputs.subarray(count * input), targets.subarray(count * output))) {
      count += 1;
    }
  }
  return { count, inputs, targets };
}

function writeExample(
  pasts: readonly Past[],
  { series, start, input, output }: Windows,
  i: number,
  season: number,
  x: Float32Array,
  y: Float32Array,
): boolean {
  const { values } = pasts[series[i]!]!;
  const end = start[i]! + input;
  const place = writeInput(values, end, input, season, x);
  if (place === undefined) return false;
  for (let h = 0; h < output; h++) {
    const change = (values[end + h]! - values[end - season + (h % season)]!) / place.scale;
    y[h] = Math.max(-MOST_TARGET, Math.min(MOST_TARGET, change));
  }
  return true;
}

/**
 * Normalises the `input` values that end before `end`.
 *
 * @returns undefined when nothing varies in them
 */
function writeInput(
  values: Float64Array,
  end: number,
  input: number,
  season: number,
  x: Float32Array,
): { readonly scale: number } | undefined {
  const from = end - input;
  let [centre, sum, squares, change] = [0, 0, 0, 0];
  for (let t = end - season; t < end; t++) centre += values[t]! / season;
  for (let t = from; t < end; t++) sum += values[t]!;
  const mean = sum / input;
  for (let t = from; t < end; t++) squares += (values[t]! - mean) ** 2;
  for (let t = from + season; t < end; t++) change += Math.abs(values[t]! - values[t - season]!);
  const scale = Math.max(change / (input - season), LEAST_SCALE_SHARE * Math.sqrt(squares / input));
  if (!(scale > 1e-9 * Math.abs(mean) && Number.isFinite(scale))) return undefined;
  for (let t = 0; t < input; t++) x[t] = Math.asinh((values[from + t]! - centre) / scale / 3);
  return { scale };
}

function train(
  network: Perceptron,
  { count, inputs, targets }: Examples,
  epochs: number,
  rate: number,
  random: Random,
): void {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const perEpoch = Math.ceil(count / BATCH);
  const { input, output, slope } = network;
  for (let step = 0; step < epochs * perEpoch; step++) {
    const from = (step % perEpoch) * BATCH;
    if (from === 0) shuffle(order, random);
    const rows = Math.min(BATCH, count - from);
    for (let row = 0; row < rows; row++) {
      const at = order[from + row]! * input.columns;
      input.data.set(inputs.subarray(at, at + input.columns), row * input.stride);
    }
    network.pass(rows);
    for (let row = 0; row < rows; row++) {
      const at = order[from + row]! * output.columns;
      for (let h = 0; h < output.columns; h++) {
        const error = output.data[row * output.stride + h]! - targets[at + h]!;
        slope.data[row * slope.stride + h] = Math.tanh(2 * error) / rows;
      }
    }
    const cosine = 0.5 * (1 + Math.cos((Math.PI * step) / (epochs * perEpoch)));
    network.step(rows, rate * cosine, WEIGHT_DECAY);
  }
}

function forecastAll(
  network: Perceptron,
  { input, output, season }: Form,
  histories: readonly Float64Array[],
  out: Float64Array,
): void {
  const x = new Float32Array(input);
  for (let from = 0; from < histories.length; from += BATCH) {
    const rows = Math.min(BATCH, histories.length - from);
    const scales = new Float64Array(rows).fill(Number.NaN);
    for (let row = 0; row < rows; row++) {
      const history = histories[from + row]!;
      if (history.length < input) continue;
      scales[row] = writeInput(history, history.length, input, season, x)?.scale ?? Number.NaN;
      network.input.data.set(x, row * network.input.stride);
    }
    network.pass(rows);
    for (let row = 0; row < rows; row++) {
      const history = histories[from + row]!;
      for (let h = 0; h < output; h++) {
        const base = history[history.length - season + (h % season)]!;
        out[(from + row) * output + h] = base + network.output.data[row * network.output.stride + h]! * scales[row]!;
      }
    }
  }
}
