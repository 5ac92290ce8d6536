/** The weights of one LSTM layer with its head, between the form of the domain and the two matrices that training moves. */
import type { LstmWeights } from '../../domain/engines.ts';

/** W with its bias row in the middle, V with its bias row at the end. */
export interface Packed {
  readonly recurrent: Float32Array;
  readonly head: Float32Array;
}

interface LstmShape {
  readonly features: number;
  readonly units: number;
  readonly outputs: number;
}

/** Glorot uniform; forget gates start open (bias 1); the head starts at zero, so that training begins at the base forecast. */
export function startWeights({ features, units, outputs }: LstmShape, random: () => number): Packed {
  const width = 4 * units;
  const recurrent = new Float32Array((features + 1 + units) * width);
  for (let row = 0; row < features + 1 + units; row++) {
    const bound = Math.sqrt(6 / (row < features ? features + units : 2 * units));
    for (let j = 0; j < width; j++) recurrent[row * width + j] = row === features ? 0 : (2 * random() - 1) * bound;
  }
  recurrent.fill(1, features * width + units, features * width + 2 * units);
  return { recurrent, head: new Float32Array((units + features + 1) * outputs) };
}

export function pack({ features, units }: LstmShape, weights: LstmWeights): Packed {
  const width = 4 * units;
  const recurrent = new Float32Array((features + 1 + units) * width);
  recurrent.set(weights.kernel, 0);
  recurrent.set(weights.bias, features * width);
  recurrent.set(weights.recurrent, (features + 1) * width);
  return { recurrent, head: Float32Array.from([...weights.head, ...weights.headBias]) };
}

export function unpack({ features, units, outputs }: LstmShape, { recurrent, head }: Packed): LstmWeights {
  const width = 4 * units;
  return {
    kernel: recurrent.slice(0, features * width),
    bias: recurrent.slice(features * width, (features + 1) * width),
    recurrent: recurrent.slice((features + 1) * width),
    head: head.slice(0, (units + features) * outputs),
    headBias: head.slice((units + features) * outputs),
  };
}
