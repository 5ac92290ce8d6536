import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { pack } from '../../../src/adapters/tensorflow/lstm-weights.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import { lossAndGradients } from '../../../src/adapters/tensorflow/quantile-lstm.ts';
import type { LessonBatch, LstmWeights, QuantileLstmTask } from '../../../src/domain/engines.ts';
import { startQuantileLstm } from '../../../src/forecast/global/quantile-lstm.ts';
import {
  batch,
  COUNT,
  FEATURES,
  lossSteps,
  meanPinball,
  noise,
  OUTPUTS,
  STEPS,
  shape,
  slopeOf,
} from './quantile-lessons.ts';

const UNITS = 4;

function task(changes: Partial<QuantileLstmTask> = {}): QuantileLstmTask {
  return {
    ...shape,
    features: FEATURES,
    units: UNITS,
    windowSteps: STEPS,
    lossSteps,
    iterations: 10,
    learningRate: 0.02,
    seed: 3,
    lessons: (k) => batch(10 + k, 16),
    heldOut: [],
    checkEvery: 5,
    patience: 3,
    ...changes,
  };
}

const weights: LstmWeights = {
  kernel: noise(FEATURES * 4 * UNITS, 0.5, 1),
  recurrent: noise(UNITS * 4 * UNITS, 0.5, 2),
  bias: noise(4 * UNITS, 0.5, 3),
  head: noise((UNITS + FEATURES) * OUTPUTS, 0.5, 4),
  headBias: noise(OUTPUTS, 0.5, 5),
};

describe('LSTM with a head of quantiles on wasm', () => {
  before(() => loadBackend('wasm'));

  it('gradients of both weight matrices equal central differences to 3 % of the largest', () => {
    const lesson = batch(50);
    const packed = pack({ features: FEATURES, units: UNITS, outputs: OUTPUTS }, weights);
    const { gradients } = lossAndGradients(task(), packed, lesson);
    for (const [k, name] of (['recurrent', 'head'] as const).entries()) {
      const largest = gradients[k]!.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      assert.ok(largest > 1e-2, 'the gradient must not be zero');
      let told = 0;
      for (let i = 0; i < packed[name].length; i++) {
        const lossAt = (by: number) => {
          const moved = packed[name].map((x, n) => (n === i ? x + by : x));
          return lossAndGradients(task(), { ...packed, [name]: moved }, lesson).loss;
        };
        const slope = slopeOf(lossAt, largest);
        if (slope === undefined) continue;
        told += 1;
        assert.ok(Math.abs(slope - gradients[k]![i]!) < 0.03 * largest, `${name}[${i}] ${slope} ${gradients[k]![i]}`);
      }
      assert.ok(told >= 0.6 * packed[name].length, `${name}: ${told} of ${packed[name].length}`);
    }
  });

  it('plain inference gives the loss of the trained operation on 5 windows, to 1e-5', async () => {
    const lesson = batch(60);
    const { heldOutLoss } = await createQuantileEngine().trainLstm(
      task({ iterations: 0, initial: weights, heldOut: [lesson] }),
    );
    const network = startQuantileLstm(weights);
    const raw = new Float32Array(lossSteps.length * COUNT * OUTPUTS);
    for (let b = 0; b < COUNT; b++) {
      const state = network.newState();
      for (let t = 0; t < STEPS; t++) {
        const at = (t * COUNT + b) * FEATURES;
        const out = new Float32Array(OUTPUTS);
        network.step(state, lesson.inputs.subarray(at, at + FEATURES), out);
        if (lossSteps.includes(t)) raw.set(out, (lossSteps.indexOf(t) * COUNT + b) * OUTPUTS);
      }
    }
    assert.ok(Math.abs(meanPinball(raw, lesson) - heldOutLoss) < 1e-5, `${meanPinball(raw, lesson)}, ${heldOutLoss}`);
  });

  it('learns to carry over exactly what it is told to: a target of 0.8 of a distance, loss a tenth of the start', async () => {
    const lessons = (k: number): LessonBatch => {
      const lesson = batch(100 + k, 16);
      lesson.targets.forEach((_, i) => {
        lesson.targets[i] = 0.8 * lesson.carried[Math.floor(i / shape.horizons) * shape.carries]!;
      });
      return lesson;
    };
    const heldOut = [lessons(9000)];
    const start = await createQuantileEngine().trainLstm(task({ iterations: 0, lessons, heldOut }));
    const { heldOutLoss } = await createQuantileEngine().trainLstm(
      task({ iterations: 400, learningRate: 0.05, lessons, heldOut, checkEvery: 50 }),
    );
    assert.ok(heldOutLoss < 0.1 * start.heldOutLoss, `${start.heldOutLoss} → ${heldOutLoss}`);
  });

  it('same seed, same bytes; another seed gives other weights', async () => {
    const engine = createQuantileEngine();
    const [a, b, c] = [
      await engine.trainLstm(task()),
      await engine.trainLstm(task()),
      await engine.trainLstm(task({ seed: 4 })),
    ];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a.weights, c.weights);
  });

  it('keeps no tensors: 30 steps more leave their number as it was', async () => {
    const engine = createQuantileEngine();
    await engine.trainLstm(task({ iterations: 2, heldOut: [batch(1)] }));
    const before = tf.memory().numTensors;
    await engine.trainLstm(task({ iterations: 30, heldOut: [batch(1)] }));
    assert.equal(tf.memory().numTensors, before);
  });

  it('rejects inputs that are not finite', async () => {
    const poisoned = batch(1);
    poisoned.inputs[0] = Number.NaN;
    await assert.rejects(createQuantileEngine().trainLstm(task({ lessons: () => poisoned })), /training diverged/);
  });
});
