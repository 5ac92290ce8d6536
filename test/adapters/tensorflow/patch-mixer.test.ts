import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { mixerGradients } from '../../../src/adapters/tensorflow/patch-mixer.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import type { LessonBatch, PatchMixerTask, PatchMixerWeights } from '../../../src/domain/engines.ts';
import { startPatchMixer } from '../../../src/forecast/global/patch-mixer.ts';
import { COUNT, meanPinball, noise, OUTPUTS, shape, slopeOf } from './quantile-lessons.ts';

describe('patch mixer on wasm', () => {
  const mixer = { patches: 3, patchLength: 4, context: 2, channels: 4, blocks: 2, patchHidden: 5, channelHidden: 6 };
  const width = mixer.patches * mixer.patchLength + mixer.context;
  before(() => loadBackend('wasm'));

  function lesson(seed: number, count = COUNT): LessonBatch {
    return {
      count,
      inputs: noise(count * width, 1, seed),
      targets: noise(count * shape.horizons, 2, seed + 1),
      carried: noise(count * shape.carries, 1, seed + 2),
    };
  }

  function mixerTask(changes: Partial<PatchMixerTask> = {}): PatchMixerTask {
    return {
      ...shape,
      features: width,
      shape: mixer,
      iterations: 10,
      learningRate: 0.02,
      seed: 3,
      lessons: (k) => lesson(10 + k, 16),
      heldOut: [],
      checkEvery: 5,
      patience: 3,
      ...changes,
    };
  }

  const made: PatchMixerWeights = {
    embed: noise(5 * 4, 0.5, 1),
    position: noise(3 * 4, 0.5, 2),
    patchIn: noise(2 * 4 * 5, 0.5, 3),
    patchOut: noise(2 * 6 * 3, 0.5, 4),
    channelIn: noise(2 * 5 * 6, 0.5, 5),
    channelOut: noise(2 * 7 * 4, 0.5, 6),
    head: noise((3 * 4 + 2 + 1) * OUTPUTS, 0.5, 7),
  };

  it('gradients of all seven matrices equal central differences to 3 % of the largest', () => {
    const batch = lesson(50);
    const { gradients } = mixerGradients(mixerTask(), made, batch);
    for (const [k, name] of (Object.keys(made) as (keyof PatchMixerWeights)[]).entries()) {
      const largest = gradients[k]!.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      assert.ok(largest > 1e-3, `the gradient of ${name} must not be zero`);
      assert.equal(gradients[k]!.length, made[name].length);
      let told = 0;
      for (let i = 0; i < made[name].length; i++) {
        const lossAt = (by: number) => {
          const moved = made[name].map((x, n) => (n === i ? x + by : x));
          return mixerGradients(mixerTask(), { ...made, [name]: moved }, batch).loss;
        };
        const slope = slopeOf(lossAt, largest);
        if (slope === undefined) continue;
        told += 1;
        assert.ok(Math.abs(slope - gradients[k]![i]!) < 0.03 * largest, `${name}[${i}] ${slope} ${gradients[k]![i]}`);
      }
      assert.ok(told >= 0.6 * made[name].length, `${name}: ${told} of ${made[name].length}`);
    }
  });

  it('plain inference gives the loss of the trained operation on 5 windows, to 1e-5', async () => {
    const batch = lesson(60);
    const { heldOutLoss } = await createQuantileEngine().trainMixer(
      mixerTask({ iterations: 0, initial: made, heldOut: [batch] }),
    );
    const network = startPatchMixer(mixer, made);
    const raw = new Float32Array(COUNT * OUTPUTS);
    for (let b = 0; b < COUNT; b++) {
      network.run(batch.inputs.subarray(b * width, (b + 1) * width), raw.subarray(b * OUTPUTS, (b + 1) * OUTPUTS));
    }
    assert.ok(Math.abs(meanPinball(raw, batch) - heldOutLoss) < 1e-5, `${meanPinball(raw, batch)}, ${heldOutLoss}`);
  });

  it('learns what stands in the patches: the sum of the newest one, loss below half of the start', async () => {
    const lessons = (k: number): LessonBatch => {
      const batch = lesson(100 + k, 64);
      for (let n = 0; n < batch.targets.length; n++) {
        const end = Math.floor(n / shape.horizons) * width + mixer.patches * mixer.patchLength;
        batch.targets[n] = batch.inputs.subarray(end - mixer.patchLength, end).reduce((sum, x) => sum + x, 0);
      }
      return batch;
    };
    const heldOut = [lessons(9000)];
    const start = await createQuantileEngine().trainMixer(mixerTask({ iterations: 0, lessons, heldOut }));
    const { heldOutLoss } = await createQuantileEngine().trainMixer(
      mixerTask({ iterations: 300, lessons, heldOut, checkEvery: 50 }),
    );
    assert.ok(heldOutLoss < 0.5 * start.heldOutLoss, `${start.heldOutLoss} → ${heldOutLoss}`);
  });

  it('same seed, same bytes, and no tensor is kept', async () => {
    const engine = createQuantileEngine();
    const a = await engine.trainMixer(mixerTask({ heldOut: [lesson(1)] }));
    const before = tf.memory().numTensors;
    const b = await engine.trainMixer(mixerTask({ heldOut: [lesson(1)] }));
    assert.deepEqual(a, b);
    assert.equal(tf.memory().numTensors, before);
  });
});
