/**
 * Inference of a global LSTM in plain typed arrays: one set of weights for all series, a state of `2·units` numbers for
 * each (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 for the forget gate).
 */
import type { LstmWeights } from '../../domain/engines.ts';

export interface CellState {
  readonly hidden: Float32Array;
  readonly cell: Float32Array;
}

export interface QuantileLstm {
  readonly units: number;
  readonly outputs: number;
  newState(): CellState;
  /** Moves a state by one unit and writes the outputs of the head, level by level. The work space is shared: no two at a time. */
  step(state: CellState, inputs: Float32Array, out: Float32Array): void;
}

export function startQuantileLstm(weights: LstmWeights): QuantileLstm {
  const width = weights.bias.length;
  const units = width / 4;
  const outputs = weights.headBias.length;
  const gates = new Float64Array(width);
  const sums = new Float64Array(outputs);
  const headOfInputs = weights.head.subarray(units * outputs);
  return {
    units,
    outputs,
    newState: () => ({ hidden: new Float32Array(units), cell: new Float32Array(units) }),
    step({ hidden, cell }, inputs, out) {
      gates.set(weights.bias);
      addProduct(gates, inputs, weights.kernel);
      addProduct(gates, hidden, weights.recurrent);
      for (let u = 0; u < units; u++) {
        const candidate = tanh(gates[2 * units + u]!);
        const kept = sigmoid(gates[units + u]!) * cell[u]! + sigmoid(gates[u]!) * candidate;
        cell[u] = kept;
        hidden[u] = sigmoid(gates[3 * units + u]!) * tanh(kept);
      }
      sums.set(weights.headBias);
      addProduct(sums, hidden, weights.head);
      addProduct(sums, inputs, headOfInputs);
      out.set(sums);
    },
  };
}

/** `out += x · matrix` with one row of the matrix per element of x; four rows at a time, which halves the time. */
function addProduct(out: Float64Array, x: Float32Array, matrix: Float32Array): void {
  const width = out.length;
  let i = 0;
  for (; i + 4 <= x.length; i += 4) {
    const a = x[i]!;
    const b = x[i + 1]!;
    const c = x[i + 2]!;
    const d = x[i + 3]!;
    const rowA = i * width;
    const rowB = rowA + width;
    const rowC = rowB + width;
    const rowD = rowC + width;
    for (let j = 0; j < width; j++) {
      out[j]! += a * matrix[rowA + j]! + b * matrix[rowB + j]! + c * matrix[rowC + j]! + d * matrix[rowD + j]!;
    }
  }
  for (; i < x.length; i++) {
    const row = i * width;
    for (let j = 0; j < width; j++) out[j]! += x[i]! * matrix[row + j]!;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Two to three times as fast as `Math.tanh`, and as exact as its single-precision weights need. */
function tanh(x: number): number {
  return 2 / (1 + Math.exp(-2 * x)) - 1;
}
