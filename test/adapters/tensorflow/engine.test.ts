import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { before, describe, it } from 'mocha';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { chooseBackend } from '../../../src/adapters/tensorflow/choose-backend.ts';
import { createLstmEngine } from '../../../src/adapters/tensorflow/engine.ts';
import { type Batch, recurrentLoss } from '../../../src/adapters/tensorflow/recurrent-loss.ts';
import type { LstmTask } from '../../../src/domain/engines.ts';
import { startLstmNetwork } from '../../../src/forecast/lstm-network.ts';
import { normal } from '../../forecast/made-series.ts';

const [STEPS, ROWS, FEATURES, UNITS, OUTPUTS] = [5, 3, 2, 4, 2];

function noise(length: number, scale: number, seed: number): Float32Array {
  const gauss = normal(seed);
  return Float32Array.from({ length }, () => scale * gauss());
}

/** A small batch with one unknown target. */
function smallBatch(): Batch {
  const inputs = Array.from({ length: STEPS }, (_, t) => {
    const rows = noise(ROWS * (FEATURES + 1), 1, 10 + t);
    for (let b = 0; b < ROWS; b++) rows[(b + 1) * (FEATURES + 1) - 1] = 1;
    return tf.tensor2d(rows, [ROWS, FEATURES + 1]);
  });
  const size = STEPS * ROWS * OUTPUTS;
  const weights = new Float32Array(size).fill(1 / (size - 1));
  weights[7] = 0;
  const shape: [number, number] = [STEPS * ROWS, OUTPUTS];
  return { inputs, targets: tf.tensor2d(noise(size, 1, 30), shape), weights: tf.tensor2d(weights, shape) };
}

const recurrentShape: [number, number] = [FEATURES + 1 + UNITS, 4 * UNITS];
const headShape: [number, number] = [UNITS + FEATURES + 1, OUTPUTS];

/** y = a lagged product of the inputs: linear models cannot learn it, a network with memory can. */
function lessons(steps: number): LstmTask {
  const x = noise(steps, 1, 5);
  return {
    inputs: x,
    targets: x.map((_, t) => (t < 2 ? Number.NaN : Math.sign(x[t]!) * Math.sign(x[t - 1]!))),
    features: 1,
    outputs: 1,
    units: 12,
    windowSteps: 16,
    burnInSteps: 3,
    batch: 32,
    iterations: 250,
    learningRate: 0.02,
    seed: 3,
  };
}

describe('LSTM training on wasm', () => {
  before(() => loadBackend('wasm'));

  it('leaves no process-wide error handlers behind', () => {
    const foreign = process.rawListeners('unhandledRejection').filter((l) => String(l).includes('throw'));
    assert.deepEqual(foreign, []);
  });

  it('gradients of both weight matrices equal central differences to 1 % of the largest', () => {
    const batch = smallBatch();
    const weights = [noise(recurrentShape[0] * recurrentShape[1], 0.4, 1), noise(headShape[0] * headShape[1], 0.4, 2)];
    const shapes = [recurrentShape, headShape];
    const lossAt = (values: readonly Float32Array[]): number =>
      tf.tidy(() => {
        const [W, V] = values.map((v, k) => tf.tensor2d(v, shapes[k]!));
        return recurrentLoss(W!, V!, batch).dataSync()[0]!;
      });
    const tensors = weights.map((v, k) => tf.tensor2d(v, shapes[k]!));
    const gradients = tf
      .grads((W, V) => recurrentLoss(W as tf.Tensor2D, V as tf.Tensor2D, batch))(tensors)
      .map((g) => Float32Array.from(g.dataSync()));
    const step = 1e-2;
    for (const k of [0, 1]) {
      const largest = gradients[k]!.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      assert.ok(largest > 1e-3, 'the gradient must not be zero');
      for (let i = 0; i < weights[k]!.length; i++) {
        const moved = (by: number) => weights.map((v, j) => (j === k ? v.map((x, n) => (n === i ? x + by : x)) : v));
        const numeric = (lossAt(moved(step)) - lossAt(moved(-step))) / (2 * step);
        assert.ok(
          Math.abs(numeric - gradients[k]![i]!) < 0.01 * largest + 2e-5,
          `[${k}][${i}] ${numeric} ${gradients[k]![i]}`,
        );
      }
    }
  });

  it('learns a product of two steps that no linear model can: error below half of the error of zero', async () => {
    const task = lessons(3000);
    const network = startLstmNetwork(await createLstmEngine().train(task));
    const out = new Float64Array(1);
    let [error, zero] = [0, 0];
    for (let t = 0; t < 1000; t++) {
      network.step(Float64Array.of(task.inputs[t]!));
      network.read(out);
      if (t < 2) continue;
      error += Math.abs(out[0]! - task.targets[t]!);
      zero += Math.abs(task.targets[t]!);
    }
    assert.ok(error < 0.5 * zero, `${error} of ${zero}`);
  });

  it('inference in typed arrays equals the trained operation: loss 0 against its own outputs, to 1e-5', async () => {
    const task = { ...lessons(300), iterations: 20 };
    const weights = await createLstmEngine().train(task);
    const network = startLstmNetwork(weights);
    const out = new Float64Array(1);
    const own = Float32Array.from({ length: 16 }, (_, t) => {
      network.step(Float64Array.of(task.inputs[t]!));
      network.read(out);
      return out[0]!;
    });
    const packed = [...weights.kernel, ...weights.bias, ...weights.recurrent];
    const batch: Batch = {
      inputs: Array.from({ length: 16 }, (_, t) => tf.tensor2d([task.inputs[t]!, 1], [1, 2])),
      targets: tf.tensor2d(own, [16, 1]),
      weights: tf.ones([16, 1]),
    };
    const W = tf.tensor2d(packed, [2 + 12, 48]);
    const V = tf.tensor2d([...weights.head, ...weights.headBias], [14, 1]);
    assert.ok(recurrentLoss(W, V, batch).dataSync()[0]! < 1e-5);
  });

  it('is deterministic for a seed, and another seed gives other weights', async () => {
    const task = { ...lessons(300), iterations: 5 };
    const engine = createLstmEngine();
    const [a, b, c] = [await engine.train(task), await engine.train(task), await engine.train({ ...task, seed: 4 })];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
  });

  it('continues from earlier weights: 0 further steps give them back', async () => {
    const engine = createLstmEngine();
    const first = await engine.train({ ...lessons(300), iterations: 5 });
    assert.deepEqual(await engine.train({ ...lessons(300), iterations: 0, initial: first }), first);
  });

  it('keeps no tensors: 30 steps more leave their number as it was', async () => {
    const engine = createLstmEngine();
    await engine.train({ ...lessons(300), iterations: 2 });
    const before = tf.memory().numTensors;
    await engine.train({ ...lessons(300), iterations: 30 });
    assert.equal(tf.memory().numTensors, before);
  });

  it('rejects a history shorter than one window, and inputs that are not finite', async () => {
    const engine = createLstmEngine();
    await assert.rejects(engine.train(lessons(10)), /10 steps are fewer than one training window of 16/);
    const poisoned = lessons(300);
    poisoned.inputs.fill(Number.NaN);
    await assert.rejects(engine.train(poisoned), /training diverged/);
  });
});

describe('chooseBackend', () => {
  it('takes wasm without a probe when told to', async () => {
    assert.deepEqual(await chooseBackend('wasm'), { backend: 'wasm', message: 'wasm, as configured' });
  });

  it('says in one sentence why it chose when it may choose', async () => {
    const { backend, message } = await chooseBackend('auto');
    assert.ok(message.startsWith(backend), message);
  });
});
