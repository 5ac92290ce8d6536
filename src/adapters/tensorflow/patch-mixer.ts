/**
 * Trains a mixer of patches with a head of quantiles (Chen et al. 2023; see `PatchMixerTask`). Only products of two
 * matrices, for those are what wasm does well, and gradients by hand, because the core of the library brings none.
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

/** A step forward that knows its way back; weights' gradients are handed over on the way. */
interface Pass {
  readonly y: tf.Tensor2D;
  back(dy: tf.Tensor2D): tf.Tensor2D;
}

/** The last row of `weights` is the bias. */
function dense(x: tf.Tensor2D, weights: tf.Tensor2D, onGradient: (gradient: tf.Tensor2D) => void): Pass {
  const seen = tf.concat([x, tf.ones([x.shape[0], 1])], 1) as tf.Tensor2D;
  return {
    y: product(seen, weights),
    back(dy) {
      onGradient(product(tf.transpose(seen), dy));
      return product(dy, tf.transpose(tf.slice(weights, [0, 0], [weights.shape[0] - 1, weights.shape[1]])));
    },
  };
}

/** Two layers with a rectifier between them. */
function perceptron(
  x: tf.Tensor2D,
  [first, second]: readonly [tf.Tensor2D, tf.Tensor2D],
  onGradients: readonly [(gradient: tf.Tensor2D) => void, (gradient: tf.Tensor2D) => void],
): Pass {
  const inner = dense(x, first, onGradients[0]);
  const outer = dense(tf.relu(inner.y), second, onGradients[1]);
  return { y: outer.y, back: (dy) => inner.back(tf.mul(outer.back(dy), tf.step(inner.y)) as tf.Tensor2D) };
}

/** Each row to mean 0 and deviation 1. */
function normalise(x: tf.Tensor2D): Pass {
  const centred = tf.sub(x, tf.mean(x, 1, true));
  const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), 1, true), EPSILON));
  const y = tf.div(centred, deviation) as tf.Tensor2D;
  return {
    y,
    back(dy) {
      const alike = tf.mul(y, tf.mean(tf.mul(dy, y), 1, true));
      return tf.div(tf.sub(tf.sub(dy, tf.mean(dy, 1, true)), alike), deviation) as tf.Tensor2D;
    },
  };
}

/** `[count · from, to]` to `[count · to, from]`: rows of patches to rows of channels, or the way back. */
function turn(x: tf.Tensor2D, count: number): tf.Tensor2D {
  const [from, to] = [x.shape[0] / count, x.shape[1]];
  return tf.reshape(tf.transpose(tf.reshape(x, [count, from, to]), [0, 2, 1]), [count * to, from]);
}

type Gradients = { readonly [name in Name]: tf.Tensor2D[] };

/** One block: what the two MLPs add. Their weights' gradients go to the front, for blocks go back in reverse order. */
function block(x: tf.Tensor2D, count: number, weights: Tensors, b: number, blocks: number, gradients: Gradients): Pass {
  const of = (name: Name) => {
    const rows = weights[name].shape[0] / blocks;
    return tf.slice(weights[name], [b * rows, 0], [rows, weights[name].shape[1]]);
  };
  const keep = (name: Name) => (gradient: tf.Tensor2D) => void gradients[name].unshift(gradient);
  const calm = normalise(x);
  const across = perceptron(turn(calm.y, count), [of('patchIn'), of('patchOut')], [keep('patchIn'), keep('patchOut')]);
  const middle = tf.add(x, turn(across.y, count)) as tf.Tensor2D;
  const calmer = normalise(middle);
  const along = perceptron(calmer.y, [of('channelIn'), of('channelOut')], [keep('channelIn'), keep('channelOut')]);
  return {
    y: tf.add(middle, along.y) as tf.Tensor2D,
    back(dy) {
      const dMiddle = tf.add(dy, calmer.back(along.back(dy))) as tf.Tensor2D;
      return tf.add(dMiddle, calm.back(turn(across.back(turn(dMiddle, count)), count))) as tf.Tensor2D;
    },
  };
}

/** The whole network; `back` leaves the gradients of all weights in `gradients`. */
function forward(
  task: PatchMixerTask,
  weights: Tensors,
  { count, inputs }: LessonBatch,
  gradients: Gradients,
): { readonly raw: tf.Tensor2D; back(slopes: tf.Tensor2D): void } {
  const { patches, patchLength, context, channels, blocks } = task.shape;
  const all = tf.tensor2d(inputs, [count, task.features]);
  const values = tf.reshape(tf.slice(all, [0, 0], [count, patches * patchLength]), [count * patches, patchLength]);
  const embedded = dense(values as tf.Tensor2D, weights.embed, (g) => gradients.embed.push(g));
  let x = tf.add(embedded.y, tf.tile(weights.position, [count, 1])) as tf.Tensor2D;
  const passed: Pass[] = [];
  for (let b = 0; b < blocks; b++) {
    passed.push(block(x, count, weights, b, blocks, gradients));
    x = passed[b]!.y;
  }
  const known = tf.slice(all, [0, patches * patchLength], [count, context]);
  const seen = tf.concat([tf.reshape(x, [count, patches * channels]), known], 1) as tf.Tensor2D;
  const head = dense(seen, weights.head, (g) => gradients.head.push(g));
  return {
    raw: head.y,
    back(slopes) {
      const dFlat = tf.slice(head.back(slopes), [0, 0], [count, patches * channels]);
      let dx = tf.reshape(dFlat, [count * patches, channels]) as tf.Tensor2D;
      for (const pass of passed.toReversed()) dx = pass.back(dx);
      embedded.back(dx);
      gradients.position.push(tf.sum(tf.reshape(dx, [count, patches, channels]), 0) as tf.Tensor2D);
    },
  };
}

function tensorsOf(task: PatchMixerTask, weights: PatchMixerWeights): Tensors {
  const shapes = shapesOf(task);
  const list = names.map((name) => [name, tf.tensor2d(weights[name], shapes[name])] as const);
  return Object.fromEntries(list) as { [name in Name]: tf.Tensor2D };
}

function noGradients(): Gradients {
  return { embed: [], position: [], patchIn: [], patchOut: [], channelIn: [], channelOut: [], head: [] };
}

function lossOf(task: PatchMixerTask, weights: PatchMixerWeights, batch: LessonBatch): number {
  return tf.tidy(() => {
    const raw = forward(task, tensorsOf(task, weights), batch, noGradients()).raw.dataSync() as Float32Array;
    return quantileLoss(raw, batch, task, new Float32Array(raw.length));
  });
}

/** Exported for the check against numeric differences; gradients in the order of `PatchMixerWeights`. */
export function mixerGradients(
  task: PatchMixerTask,
  weights: PatchMixerWeights,
  batch: LessonBatch,
): { loss: number; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const gradients = noGradients();
    const { raw, back } = forward(task, tensorsOf(task, weights), batch, gradients);
    const slopes = new Float32Array(raw.size);
    const loss = quantileLoss(raw.dataSync() as Float32Array, batch, task, slopes);
    back(tf.tensor2d(slopes, raw.shape));
    return { loss, gradients: names.map((name) => Float32Array.from(tf.concat(gradients[name]).dataSync())) };
  });
}
