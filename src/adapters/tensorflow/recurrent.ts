/**
 * A layer of LSTM cells with hand-written back-propagation through time. The stock layer costs three to five times as
 * much on wasm, because it slices one large tensor at every step; here all tensors of a step are small and the products
 * for the weights are made once.
 *
 *     a_t = [x_t, 1, h_{t−1}];  i, f, o = σ(a·W);  g = tanh(a·W_g);  c = f·c + i·g;  h = o·tanh(c)
 *
 * tanh(x) is computed as 2σ(2x) − 1: the wasm kernel of tanh is ten times slower than that of sigmoid.
 */
import * as tf from '@tensorflow/tfjs-core';

/** What one step leaves for the way back. */
export interface Step {
  readonly a: tf.Tensor2D;
  readonly gates: readonly [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  readonly previousCell: tf.Tensor2D;
  readonly squashedCell: tf.Tensor2D;
  readonly hidden: tf.Tensor2D;
}

/** The fast product: `tf.matMul` alone does not use the vector kernels of wasm. */
export function product(a: tf.Tensor, b: tf.Tensor): tf.Tensor2D {
  return tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D }) as tf.Tensor2D;
}

/**
 * @param W - `[features + 1 + units, 4·units]`, gates in the order i, f, g, o
 * @param inputs - one `[rows, features + 1]` tensor per step; the last column is 1
 */
export function runForward(W: tf.Tensor2D, inputs: readonly tf.Tensor2D[]): Step[] {
  const units = W.shape[1] / 4;
  const rows = inputs[0]!.shape[0];
  const doubled = tf.mul(W, gateFactors(units)) as tf.Tensor2D;
  let hidden = tf.zeros([rows, units]) as tf.Tensor2D;
  let cell = tf.zeros([rows, units]) as tf.Tensor2D;
  return inputs.map((x) => {
    const a = tf.concat([x, hidden], 1) as tf.Tensor2D;
    const all = tf.fused.matMul({ a, b: doubled, activation: 'sigmoid' });
    const [i, f, halfG, o] = tf.split(all, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const g = tf.sub(tf.mul(halfG, 2), 1) as tf.Tensor2D;
    const previousCell = cell;
    cell = tf.add(tf.mul(f, cell), tf.mul(i, g)) as tf.Tensor2D;
    const squashedCell = tanhOf(cell);
    hidden = tf.mul(o, squashedCell) as tf.Tensor2D;
    return { a, gates: [i, f, g, o], previousCell, squashedCell, hidden };
  });
}

function tanhOf(x: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(tf.mul(tf.sigmoid(tf.mul(x, 2)), 2), 1) as tf.Tensor2D;
}

/** 2 over the columns of g, 1 elsewhere, so that one sigmoid serves all four gates. */
function gateFactors(units: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: 4 * units }, (_, j) => (j >= 2 * units && j < 3 * units ? 2 : 1)),
    [1, 4 * units],
  );
}

/**
 * @param fromHead - gradient of the loss in the hidden state of each step, `[rows, units]`; undefined where none comes in
 * @returns gradient of the loss in W
 */
export function recurrentGradient(
  W: tf.Tensor2D,
  steps: readonly Step[],
  fromHead: readonly (tf.Tensor2D | undefined)[],
): tf.Tensor2D {
  const units = W.shape[1] / 4;
  const toHidden = tf.transpose(tf.slice(W, [W.shape[0] - units, 0], [units, 4 * units]));
  const gateGradients: tf.Tensor2D[] = new Array(steps.length);
  let dHidden = tf.zerosLike(steps[0]!.hidden);
  let dCell = tf.zerosLike(steps[0]!.hidden);
  for (let t = steps.length - 1; t >= 0; t--) {
    const incoming = fromHead[t] ? (tf.add(fromHead[t]!, dHidden) as tf.Tensor2D) : dHidden;
    const { gradient, cell } = stepGradient(steps[t]!, incoming, dCell);
    gateGradients[t] = gradient;
    dHidden = product(gradient, toHidden);
    dCell = cell;
  }
  return product(tf.transpose(tf.concat(steps.map((s) => s.a))), tf.concat(gateGradients));
}

/** @returns gradient before the activation of all gates, and the one that flows to the previous cell. */
function stepGradient(
  step: Step,
  dHidden: tf.Tensor2D,
  dNextCell: tf.Tensor2D,
): { gradient: tf.Tensor2D; cell: tf.Tensor2D } {
  const [i, f, g, o] = step.gates;
  const tc = step.squashedCell;
  const dCell = tf.add(dNextCell, tf.mul(tf.mul(dHidden, o), tf.sub(1, tf.square(tc))));
  const gradient = tf.concat(
    [
      tf.mul(tf.mul(dCell, g), slope(i)),
      tf.mul(tf.mul(dCell, step.previousCell), slope(f)),
      tf.mul(tf.mul(dCell, i), tf.sub(1, tf.square(g))),
      tf.mul(tf.mul(dHidden, tc), slope(o)),
    ],
    1,
  ) as tf.Tensor2D;
  return { gradient, cell: tf.mul(dCell, f) as tf.Tensor2D };
}

/** σ' from σ. */
function slope(s: tf.Tensor2D): tf.Tensor {
  return tf.mul(s, tf.sub(1, s));
}
