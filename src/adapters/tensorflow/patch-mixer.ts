/**
 * Trains a mixer of patches with a head of quantiles (Chen et al. 2023; see `PatchMixerTask`). Only products of two
 * matrices, for those are what wasm does well; gradients by the tape of the library, for there is no long recurrence.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LessonBatch, PatchMixerTask, PatchMixerWeights, Trained } from '../../domain/engines.ts';
import { descend, meanLoss } from './descend.ts';
import { outputsOf, quantileLoss } from './quantile-loss.ts';
import { product } from './recurrent.ts';
import { seededRandom } from './seeded-random.ts';

/** Keeps layer normalisation apart from dividing by nothing. */
const EPSILON = 1e-3;
const names = ['embed', 'position', 'patchIn', 'patchOut', 'channelIn', 'channelOut', 'head'] as const;
type Name = (typeof names)[number];
type Tensors = { readonly [name in Name]: tf.Tensor2D };

export function trainMixer(task: PatchMixerTask): Trained<PatchMixerWeights> {
  const weights = task.initial ? copyOf(task.initial) : startMixer(task);
  const list = names.map((name) => weights[name]);
  const { parameters, heldOutLoss, iterations } = descend(list, {
    ...task,
    gradientAt: (k) => mixerGradients(task, weights, task.lessons(k)),
    heldOutLoss: () => meanLoss(task.heldOut.map((batch) => lossOf(task, weights, batch))),
  });
  return { weights: fromList(parameters), heldOutLoss, iterations };
}

function fromList(list: readonly Float32Array[]): PatchMixerWeights {
  return Object.fromEntries(names.map((name, i) => [name, list[i]!])) as { readonly [name in Name]: Float32Array };
}

function copyOf(weights: PatchMixerWeights): PatchMixerWeights {
  return fromList(names.map((name) => weights[name].slice()));
}

function shapesOf(task: PatchMixerTask): { readonly [name in Name]: [number, number] } {
  const { patches, patchLength, context, channels, blocks, patchHidden, channelHidden } = task.shape;
  return {
    embed: [patchLength + 1, channels],
    position: [patches, channels],
    patchIn: [blocks * (patches + 1), patchHidden],
    patchOut: [blocks * (patchHidden + 1), patches],
    channelIn: [blocks * (channels + 1), channelHidden],
    channelOut: [blocks * (channelHidden + 1), channels],
    head: [patches * channels + context + 1, outputsOf(task)],
  };
}

/** Glorot uniform; what ends a block or the network starts at zero, so that training begins at the base forecast. */
function startMixer(task: PatchMixerTask): PatchMixerWeights {
  const random = seededRandom(task.seed);
  const shapes = shapesOf(task);
  const quiet: readonly Name[] = ['patchOut', 'channelOut', 'position', 'head'];
  return fromList(
    names.map((name) => {
      const [rows, columns] = shapes[name];
      if (quiet.includes(name)) return new Float32Array(rows * columns);
      const perBlock = rows / (name === 'embed' ? 1 : task.shape.blocks);
      const bound = Math.sqrt(6 / (perBlock + columns));
      return Float32Array.from({ length: rows * columns }, (_, i) =>
        (Math.floor(i / columns) + 1) % perBlock === 0 ? 0 : (2 * random() - 1) * bound,
      );
    }),
  );
}

/** The last row of `weights` is the bias. */
function dense(x: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor2D {
  const [rows, columns] = weights.shape;
  const bias = tf.slice(weights, [rows - 1, 0], [1, columns]);
  return tf.add(fastProduct(x, tf.slice(weights, [0, 0], [rows - 1, columns])), bias) as tf.Tensor2D;
}

/** The tape of the library would undo the fused product, which is several times as fast on wasm. */
const fastProduct = tf.customGrad((...args) => {
  const [a, b, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
  save([a, b]);
  return {
    value: product(a, b),
    gradFunc: (dy, saved) => {
      const [left, right] = saved as [tf.Tensor2D, tf.Tensor2D];
      return [product(dy as tf.Tensor2D, tf.transpose(right)), product(tf.transpose(left), dy as tf.Tensor2D)];
    },
  };
});

function blockOf(weights: tf.Tensor2D, blocks: number, b: number): tf.Tensor2D {
  const rows = weights.shape[0] / blocks;
  return tf.slice(weights, [b * rows, 0], [rows, weights.shape[1]]);
}

function normalised(x: tf.Tensor3D): tf.Tensor3D {
  const centred = tf.sub(x, tf.mean(x, 2, true));
  const variance = tf.mean(tf.square(centred), 2, true);
  return tf.div(centred, tf.sqrt(tf.add(variance, EPSILON))) as tf.Tensor3D;
}

/** `[count, outputs]`. */
function forward(task: PatchMixerTask, weights: Tensors, { count, inputs }: LessonBatch): tf.Tensor2D {
  const { patches, patchLength, context, channels, blocks } = task.shape;
  const all = tf.tensor2d(inputs, [count, task.features]);
  const values = tf.reshape(tf.slice(all, [0, 0], [count, patches * patchLength]), [count * patches, patchLength]);
  const embedded = tf.reshape(dense(values as tf.Tensor2D, weights.embed), [count, patches, channels]);
  let x = tf.add(embedded, weights.position) as tf.Tensor3D;
  for (let b = 0; b < blocks; b++) {
    const [patchIn, patchOut] = [blockOf(weights.patchIn, blocks, b), blockOf(weights.patchOut, blocks, b)];
    const across = tf.reshape(tf.transpose(normalised(x), [0, 2, 1]), [count * channels, patches]) as tf.Tensor2D;
    const mixed = dense(tf.relu(dense(across, patchIn)), patchOut);
    x = tf.add(x, tf.transpose(tf.reshape(mixed, [count, channels, patches]), [0, 2, 1]));
    const [channelIn, channelOut] = [blockOf(weights.channelIn, blocks, b), blockOf(weights.channelOut, blocks, b)];
    const along = tf.reshape(normalised(x), [count * patches, channels]) as tf.Tensor2D;
    x = tf.add(x, tf.reshape(dense(tf.relu(dense(along, channelIn)), channelOut), [count, patches, channels]));
  }
  const flat = tf.reshape(x, [count, patches * channels]);
  const seen = tf.concat([flat, tf.slice(all, [0, patches * patchLength], [count, context])], 1) as tf.Tensor2D;
  return dense(seen, weights.head);
}

function tensorsOf(task: PatchMixerTask, weights: PatchMixerWeights): Tensors {
  const shapes = shapesOf(task);
  const list = names.map((name) => [name, tf.tensor2d(weights[name], shapes[name])] as const);
  return Object.fromEntries(list) as { [name in Name]: tf.Tensor2D };
}

function lossOf(task: PatchMixerTask, weights: PatchMixerWeights, batch: LessonBatch): number {
  return tf.tidy(() => {
    const raw = forward(task, tensorsOf(task, weights), batch).dataSync() as Float32Array;
    return quantileLoss(raw, batch, task, new Float32Array(raw.length));
  });
}

/** Exported for the check against numeric differences. */
export function mixerGradients(
  task: PatchMixerTask,
  weights: PatchMixerWeights,
  batch: LessonBatch,
): { loss: number; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const tensors = tensorsOf(task, weights);
    const lossOfRaw = tf.customGrad((...args) => {
      const [raw, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
      const slopes = new Float32Array(raw.size);
      const loss = quantileLoss(raw.dataSync() as Float32Array, batch, task, slopes);
      save([tf.tensor2d(slopes, raw.shape)]);
      return { value: tf.scalar(loss), gradFunc: (dy, saved) => tf.mul(dy, (saved as tf.Tensor[])[0]!) };
    });
    const { value, grads } = tf.valueAndGrads((...list: tf.Tensor[]) => {
      const given = Object.fromEntries(names.map((name, i) => [name, list[i]!])) as { [name in Name]: tf.Tensor2D };
      return lossOfRaw(forward(task, given, batch)) as tf.Scalar;
    })(names.map((name) => tensors[name]));
    return { loss: value.dataSync()[0]!, gradients: grads.map((g) => Float32Array.from(g.dataSync())) };
  });
}
