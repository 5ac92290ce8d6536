/**
 * Loss of an LSTM with a dense head as one differentiable operation (`tf.customGrad`).
 *
 *     y_t = [h_t, x_t, 1]·V;    loss = mean over known targets of √(1 + e²) − 1,  e = y − target
 */
import * as tf from '@tensorflow/tfjs-core';
import { product, recurrentGradient, runForward } from './recurrent.ts';

export interface Batch {
  /** One `[batch, features + 1]` tensor per step; the last column is 1. */
  readonly inputs: readonly tf.Tensor2D[];
  /** `[steps · batch, outputs]`, unknown targets as 0. */
  readonly targets: tf.Tensor2D;
  /** Same shape: 1 over the number of known targets where one is known, else 0. */
  readonly weights: tf.Tensor2D;
}

/**
 * @param recurrent - W, `[features + 1 + units, 4·units]`, gates in the order i, f, g, o
 * @param head - V, `[units + features + 1, outputs]`
 * @returns scalar; differentiable in W and V, not in the batch
 */
export function recurrentLoss(recurrent: tf.Tensor2D, head: tf.Tensor2D, batch: Batch): tf.Scalar {
  const operation = tf.customGrad((...args) => {
    const [W, V, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    const steps = runForward(W, batch.inputs);
    const seen = tf.concat([tf.concat(steps.map((s) => s.hidden)), tf.concat([...batch.inputs])], 1) as tf.Tensor2D;
    const error = tf.sub(tf.fused.matMul({ a: seen, b: V }), batch.targets);
    const root = tf.sqrt(tf.add(tf.square(error), 1));
    const value = tf.sum(tf.mul(batch.weights, tf.sub(root, 1))) as tf.Scalar;
    // Only training calls this, so the gradients are made at once and the activations of all steps need not be kept.
    const outer = tf.mul(batch.weights, tf.div(error, root)) as tf.Tensor2D;
    const units = W.shape[1] / 4;
    const headOfHidden = tf.transpose(tf.slice(V, [0, 0], [units, V.shape[1]]));
    const fromHead = tf.split(product(outer, headOfHidden), steps.length, 0) as tf.Tensor2D[];
    save([recurrentGradient(W, steps, fromHead), product(tf.transpose(seen), outer)]);
    return { value, gradFunc: (dy, saved) => (saved as tf.Tensor[]).map((g) => tf.mul(dy as tf.Scalar, g)) };
  });
  return operation(recurrent, head) as tf.Scalar;
}
