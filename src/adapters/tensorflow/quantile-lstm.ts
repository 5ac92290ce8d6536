/** Trains the LSTM whose head gives quantiles. Inference is plain typed-array code in the forecast stage. */
import * as tf from '@tensorflow/tfjs-core';
import type { LessonBatch, LstmWeights, QuantileLstmTask, Trained } from '../../domain/engines.ts';
import { descend, meanLoss } from './descend.ts';
import { type Packed, pack, startWeights, unpack } from './lstm-weights.ts';
import { outputsOf, quantileLoss } from './quantile-loss.ts';
import { product, recurrentGradient, runForward, type Step } from './recurrent.ts';
import { seededRandom } from './seeded-random.ts';

export function trainLstm(task: QuantileLstmTask): Trained<LstmWeights> {
  const shape = { features: task.features, units: task.units, outputs: outputsOf(task) };
  const packed = task.initial ? pack(shape, task.initial) : startWeights(shape, seededRandom(task.seed));
  const { parameters, heldOutLoss, iterations } = descend([packed.recurrent, packed.head], {
    ...task,
    gradientAt: (k) => lossAndGradients(task, packed, task.lessons(k)),
    heldOutLoss: () => meanLoss(task.heldOut.map((batch) => lossOf(task, packed, batch))),
  });
  const [recurrent, head] = parameters;
  return { weights: unpack(shape, { recurrent: recurrent!, head: head! }), heldOutLoss, iterations };
}

interface Outputs {
  readonly W: tf.Tensor2D;
  readonly V: tf.Tensor2D;
  readonly steps: readonly Step[];
  /** `[lossSteps · count, units + features + 1]`: what the head saw. */
  readonly seen: tf.Tensor2D;
  /** `[lossSteps · count, (levels + carries) · horizons]`. */
  readonly raw: tf.Tensor2D;
}

function forward(task: QuantileLstmTask, packed: Packed, batch: LessonBatch): Outputs {
  const { features, units } = task;
  const W = tf.tensor2d(packed.recurrent, [features + 1 + units, 4 * units]);
  const V = tf.tensor2d(packed.head, [units + features + 1, outputsOf(task)]);
  const inputs = inputsOf(batch, features, task.windowSteps);
  const steps = runForward(W, inputs);
  const rows = task.lossSteps.map((t) => tf.concat([steps[t]!.hidden, inputs[t]!], 1));
  const seen = tf.concat(rows) as tf.Tensor2D;
  return { W, V, steps, seen, raw: product(seen, V) };
}

/** One `[count, features + 1]` tensor per step, the last column 1. */
function inputsOf({ count, inputs }: LessonBatch, features: number, windowSteps: number): tf.Tensor2D[] {
  return Array.from({ length: windowSteps }, (_, t) => {
    const rows = new Float32Array(count * (features + 1)).fill(1);
    for (let b = 0; b < count; b++) {
      const at = (t * count + b) * features;
      rows.set(inputs.subarray(at, at + features), b * (features + 1));
    }
    return tf.tensor2d(rows, [count, features + 1]);
  });
}

function lossOf(task: QuantileLstmTask, packed: Packed, batch: LessonBatch): number {
  return tf.tidy(() => {
    const raw = forward(task, packed, batch).raw.dataSync() as Float32Array;
    return quantileLoss(raw, batch, task, new Float32Array(raw.length));
  });
}

/** Exported for the check against numeric differences. */
export function lossAndGradients(
  task: QuantileLstmTask,
  packed: Packed,
  batch: LessonBatch,
): { loss: number; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const { W, V, steps, seen, raw } = forward(task, packed, batch);
    const slopes = new Float32Array(raw.size);
    const loss = quantileLoss(raw.dataSync() as Float32Array, batch, task, slopes);
    const outer = tf.tensor2d(slopes, raw.shape);
    const headOfHidden = tf.transpose(tf.slice(V, [0, 0], [task.units, V.shape[1]]));
    const parts = tf.split(product(outer, headOfHidden), task.lossSteps.length, 0) as tf.Tensor2D[];
    const fromHead: (tf.Tensor2D | undefined)[] = new Array(steps.length).fill(undefined);
    task.lossSteps.forEach((t, i) => {
      fromHead[t] = parts[i];
    });
    const gradients = [recurrentGradient(W, steps, fromHead), product(tf.transpose(seen), outer)];
    return { loss, gradients: gradients.map((g) => Float32Array.from(g.dataSync())) };
  });
}
