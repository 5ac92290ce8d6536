/** Trains small LSTMs with TensorFlow.js. Inference is plain typed-array code in the forecast stage. */
import * as tf from '@tensorflow/tfjs-core';
import type { LstmEngine, LstmTask, LstmWeights } from '../../domain/engines.ts';
import { startAdam } from './adam.ts';
import { type Packed, pack, startWeights, unpack } from './lstm-weights.ts';
import { type Batch, recurrentLoss } from './recurrent-loss.ts';
import { seededRandom } from './seeded-random.ts';

/** The backend must have been loaded before (backend.ts). */
export function createLstmEngine(): LstmEngine {
  return { train: async (task) => train(task) };
}

/** Windows at random places, loss at every step of a window after its burn-in, learning rate on a half cosine. */
function train(task: LstmTask): LstmWeights {
  const steps = task.inputs.length / task.features;
  if (steps < task.windowSteps) {
    throw new Error(`${steps} steps are fewer than one training window of ${task.windowSteps}`);
  }
  const random = seededRandom(task.seed);
  const packed = task.initial ? pack(task, task.initial) : startWeights(task, random);
  const adam = startAdam([packed.recurrent, packed.head]);
  for (let k = 0; k < task.iterations; k++) {
    const starts = Array.from({ length: task.batch }, () => Math.floor(random() * (steps - task.windowSteps + 1)));
    const { loss, gradients } = gradientAt(task, packed, starts);
    if (!Number.isFinite(loss)) throw new Error(`training diverged: the loss of step ${k} is ${loss}`);
    adam.step(gradients, (task.learningRate * (1 + Math.cos((Math.PI * k) / task.iterations))) / 2);
  }
  const weights = unpack(task, packed);
  if (!Object.values(weights).every((list: Float32Array) => list.every(Number.isFinite))) {
    throw new Error('training diverged: a weight is not finite');
  }
  return weights;
}

function gradientAt(
  task: LstmTask,
  packed: Packed,
  starts: readonly number[],
): { loss: number; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const { features, units, outputs } = task;
    const W = tf.tensor2d(packed.recurrent, [features + 1 + units, 4 * units]);
    const V = tf.tensor2d(packed.head, [units + features + 1, outputs]);
    const batch = batchAt(task, starts);
    const { value, grads } = tf.valueAndGrads((w, v) => recurrentLoss(w as tf.Tensor2D, v as tf.Tensor2D, batch))([
      W,
      V,
    ]);
    return {
      loss: value.dataSync()[0]!,
      gradients: grads.map((gradient) => Float32Array.from(gradient.dataSync())),
    };
  });
}

/** Step-major: row `t·batch + b` belongs to step t of window b. */
function batchAt(task: LstmTask, starts: readonly number[]): Batch {
  const { features, outputs, windowSteps, burnInSteps } = task;
  const size = starts.length;
  const targets = new Float32Array(windowSteps * size * outputs);
  const weights = new Float32Array(targets.length);
  const inputs = Array.from({ length: windowSteps }, (_, t) => {
    const rows = new Float32Array(size * (features + 1));
    for (let b = 0; b < size; b++) {
      const at = starts[b]! + t;
      rows.set(task.inputs.subarray(at * features, (at + 1) * features), b * (features + 1));
      rows[(b + 1) * (features + 1) - 1] = 1;
      if (t < burnInSteps) continue;
      for (let j = 0; j < outputs; j++) {
        const target = task.targets[at * outputs + j]!;
        if (Number.isNaN(target)) continue;
        targets[(t * size + b) * outputs + j] = target;
        weights[(t * size + b) * outputs + j] = 1;
      }
    }
    return tf.tensor2d(rows, [size, features + 1]);
  });
  const known = Math.max(
    1,
    weights.reduce((sum, w) => sum + w, 0),
  );
  const shape: [number, number] = [windowSteps * size, outputs];
  return {
    inputs,
    targets: tf.tensor2d(targets, shape),
    weights: tf.tensor2d(
      weights.map((w) => w / known),
      shape,
    ),
  };
}
