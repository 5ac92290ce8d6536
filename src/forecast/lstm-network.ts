/**
 * Inference of one LSTM layer with a dense head, in plain typed arrays with the state carried along
 * (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 for the forget gate).
 */
import type { LstmWeights } from '../domain/engines.ts';
import { type Parameters, singlesIn } from './parameters.ts';

export interface LstmNetwork {
  /** Takes the features of the next step. */
  step(features: Float64Array): void;
  /** Outputs of the head after the last step. */
  read(out: Float64Array): void;
  /** Hidden values, cells and the newest input, behind each other. */
  save(): Float64Array;
}

export function startLstmNetwork(weights: LstmWeights, saved?: Float64Array): LstmNetwork {
  const width = weights.bias.length;
  const units = width / 4;
  const features = weights.kernel.length / width;
  const state = saved ? saved.slice() : new Float64Array(2 * units + features);
  const hidden = state.subarray(0, units);
  const cell = state.subarray(units, 2 * units);
  const input = state.subarray(2 * units);
  const gates = new Float64Array(width);
  return {
    save: () => state.slice(),
    step(next) {
      input.set(next);
      gates.set(weights.bias);
      addProduct(gates, input, weights.kernel);
      addProduct(gates, hidden, weights.recurrent);
      for (let u = 0; u < units; u++) {
        const candidate = Math.tanh(gates[2 * units + u]!);
        cell[u] = sigmoid(gates[units + u]!) * cell[u]! + sigmoid(gates[u]!) * candidate;
        hidden[u] = sigmoid(gates[3 * units + u]!) * Math.tanh(cell[u]!);
      }
    },
    read(out) {
      out.set(weights.headBias);
      addProduct(out, hidden, weights.head);
      addProduct(out, input, weights.head.subarray(units * out.length));
    },
  };
}

/** `out += x · matrix` with one row of the matrix per element of x. */
function addProduct(out: Float64Array, x: Float64Array, matrix: Float32Array): void {
  const width = out.length;
  for (let i = 0; i < x.length; i++) {
    const factor = x[i]!;
    const row = i * width;
    for (let j = 0; j < width; j++) out[j]! += factor * matrix[row + j]!;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function weightParameters(weights: LstmWeights): Parameters {
  return {
    'lstm.kernel': weights.kernel,
    'lstm.recurrent': weights.recurrent,
    'lstm.bias': weights.bias,
    'lstm.head': weights.head,
    'lstm.headBias': weights.headBias,
  };
}

export function readWeights(parameters: Parameters): LstmWeights {
  return {
    kernel: singlesIn(parameters, 'lstm.kernel'),
    recurrent: singlesIn(parameters, 'lstm.recurrent'),
    bias: singlesIn(parameters, 'lstm.bias'),
    head: singlesIn(parameters, 'lstm.head'),
    headBias: singlesIn(parameters, 'lstm.headBias'),
  };
}
