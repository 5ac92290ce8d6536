/** A multi-layer perceptron with rectified layers and a straight connection from the input to the output, trained in batches. */

import type { Random } from '../../random.ts';
import type { Matrices, Matrix } from '../kernel/matrices.ts';
import { startAdam } from './adam.ts';

export interface PerceptronShape {
  readonly input: number;
  readonly hidden: readonly number[];
  readonly output: number;
  /** Rows that pass at a time. */
  readonly batch: number;
  /** Whether the output also reads the input directly. */
  readonly straight: boolean;
}

export interface Perceptron {
  /** `batch × input`: to be filled before a pass. */
  readonly input: Matrix;
  /** `batch × output`: what the last pass gave. */
  readonly output: Matrix;
  /** `batch × output`: to be filled with the derivative of the loss before a step. */
  readonly slope: Matrix;
  pass(rows: number): void;
  step(rows: number, rate: number, weightDecay: number): void;
}

/** Standard deviation of the weights that write the output at the start: nearly the naive forecast that they are added to. */
const OUTPUT_START = 0.01;

interface Layer {
  readonly from: Matrix;
  readonly to: Matrix;
  readonly weights: Matrix;
  readonly bias: Matrix;
  readonly weightSlope: Matrix;
  readonly biasSlope: Matrix;
  readonly toSlope: Matrix;
  /** Undefined where the layer reads the input, whose slope nobody needs. */
  readonly fromSlope: Matrix | undefined;
  readonly learn: (rate: number, decay: number) => void;
}

/** Floats that `createPerceptron` takes from its matrices, as an upper bound. */
export function perceptronFloats({ input, hidden, output, batch, straight }: PerceptronShape): number {
  const sizes = [input, ...hidden, output].map((size) => size + 8);
  const pairs = sizes.slice(1).map((size, i) => sizes[i]! * size + size * 8);
  const weights = pairs.reduce((sum, n) => sum + n, straight ? sizes[0]! * sizes.at(-1)! : 0);
  return 2 * (weights + sizes.reduce((sum, n) => sum + n, 0) * (batch + 8)) + 64 * sizes.length;
}

export function createPerceptron(matrices: Matrices, shape: PerceptronShape, random: Random): Perceptron {
  const { batch } = shape;
  const sizes = [shape.input, ...shape.hidden, shape.output];
  const values = sizes.map((size) => matrices.make(batch, size));
  const slopes = sizes.map((size, i) => (i === 0 ? undefined : matrices.make(batch, size)));
  const layers = sizes.slice(1).map((_, i) =>
    createLayer(matrices, random.normal, {
      from: values[i]!,
      to: values[i + 1]!,
      fromSlope: slopes[i],
      toSlope: slopes[i + 1]!,
      start: i === sizes.length - 2 ? OUTPUT_START : Math.sqrt(2 / sizes[i]!),
    }),
  );
  const last = layers.at(-1)!;
  const direct = shape.straight
    ? createLayer(matrices, () => 0, {
        from: values[0]!,
        to: last.to,
        fromSlope: undefined,
        toSlope: last.toSlope,
        start: 0,
      })
    : undefined;
  return {
    input: values[0]!,
    output: last.to,
    slope: last.toSlope,
    pass(rows) {
      for (const layer of layers) {
        fillRows(layer.to, layer.bias.data, rows);
        matrices.multiplyAdd(layer.to, { matrix: layer.from, rows }, { matrix: layer.weights });
        if (layer !== last) rectify(layer.to.data, rows * layer.to.stride);
      }
      if (direct) matrices.multiplyAdd(direct.to, { matrix: direct.from, rows }, { matrix: direct.weights });
    },
    step(rows, rate, weightDecay) {
      if (direct) backward(matrices, direct, rows);
      for (const layer of layers.toReversed()) backward(matrices, layer, rows);
      for (const layer of direct ? [...layers, direct] : layers) layer.learn(rate, weightDecay);
    },
  };
}

interface LayerPlaces {
  readonly from: Matrix;
  readonly to: Matrix;
  readonly fromSlope: Matrix | undefined;
  readonly toSlope: Matrix;
  /** Standard deviation of the weights at the start. */
  readonly start: number;
}

function createLayer(matrices: Matrices, normal: () => number, places: LayerPlaces): Layer {
  const { from, to, start } = places;
  const weights = matrices.make(from.columns, to.columns);
  const weightSlope = matrices.make(from.columns, to.columns);
  const bias = matrices.make(1, to.columns);
  const biasSlope = matrices.make(1, to.columns);
  for (let i = 0; i < weights.rows; i++) {
    for (let j = 0; j < weights.columns; j++) weights.data[i * weights.stride + j] = start * normal();
  }
  const weightAdam = startAdam(weights.data.length);
  const biasAdam = startAdam(bias.data.length);
  const learn = (rate: number, decay: number) => {
    weightAdam.step(weights.data, weightSlope.data, rate, decay);
    biasAdam.step(bias.data, biasSlope.data, rate, 0);
  };
  return { ...places, weights, bias, weightSlope, biasSlope, learn };
}

function backward(matrices: Matrices, layer: Layer, rows: number): void {
  const { from, weights, weightSlope, biasSlope, toSlope, fromSlope } = layer;
  weightSlope.data.fill(0);
  matrices.multiplyAdd(weightSlope, { matrix: from, transposed: true, rows }, { matrix: toSlope, rows });
  biasSlope.data.fill(0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < toSlope.columns; j++) biasSlope.data[j]! += toSlope.data[i * toSlope.stride + j]!;
  }
  if (fromSlope === undefined) return;
  fromSlope.data.fill(0, 0, rows * fromSlope.stride);
  matrices.multiplyAdd(fromSlope, { matrix: toSlope, rows }, { matrix: weights, transposed: true });
  for (let i = 0; i < rows * from.stride; i++) if (from.data[i] === 0) fromSlope.data[i] = 0;
}

function fillRows(target: Matrix, bias: Float32Array, rows: number): void {
  for (let i = 0; i < rows; i++) target.data.set(bias.subarray(0, target.stride), i * target.stride);
}

function rectify(data: Float32Array, length: number): void {
  for (let i = 0; i < length; i++) if (data[i]! < 0) data[i] = 0;
}
