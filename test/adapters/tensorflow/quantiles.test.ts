import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { descend } from '../../../src/adapters/tensorflow/descend.ts';
import { pack } from '../../../src/adapters/tensorflow/lstm-weights.ts';
import { mixerGradients } from '../../../src/adapters/tensorflow/patch-mixer.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import { type QuantileShape, quantileLoss } from '../../../src/adapters/tensorflow/quantile-loss.ts';
import { lossAndGradients } from '../../../src/adapters/tensorflow/quantile-lstm.ts';
import type {
  LessonBatch,
  LstmWeights,
  PatchMixerTask,
  PatchMixerWeights,
  QuantileLstmTask,
} from '../../../src/domain/engines.ts';
import { startPatchMixer } from '../../../src/forecast/global/patch-mixer.ts';
import { startQuantileLstm } from '../../../src/forecast/global/quantile-lstm.ts';
import { normal } from '../../forecast/made-series.ts';

const shape: QuantileShape = { horizons: 2, levels: [0.1, 0.5, 0.9, 0.99], carries: 2 };
const OUTPUTS = shape.horizons * (shape.levels.length + shape.carries);
const [FEATURES, UNITS, STEPS, COUNT] = [3, 4, 7, 5];
const lossSteps = [3, 6];

function noise(length: number, scale: number, seed: number): Float32Array {
  const gauss = normal(seed);
  return Float32Array.from({ length }, () => scale * gauss());
}

function batch(seed: number, count = COUNT): LessonBatch {
  return {
    count,
    inputs: noise(STEPS * count * FEATURES, 1, seed),
    targets: noise(lossSteps.length * count * shape.horizons, 2, seed + 1),
    carried: noise(lossSteps.length * count * shape.carries, 1, seed + 2),
  };
}

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

/** Quantiles by their definition, level by level. */
function quantilesOf(raw: Float32Array, carried: Float32Array, row: number, horizon: number): number[] {
  const at = (block: number) => raw[row * OUTPUTS + block * shape.horizons + horizon]!;
  const softplus = (x: number) => Math.log(1 + Math.exp(x));
  const shares = [0, 1].map((c) => at(4 + c) * carried[row * 2 + c]!);
  const median = at(1) + shares[0]! + shares[1]!;
  return [median - softplus(at(0)), median, median + softplus(at(2)), median + softplus(at(2)) + softplus(at(3))];
}

function pinball(y: number, q: number, level: number): number {
  return Math.max(level * (y - q), (level - 1) * (y - q));
}

function meanPinball(raw: Float32Array, { targets, carried }: LessonBatch): number {
  let [sum, n] = [0, 0];
  targets.forEach((y, i) => {
    if (Number.isNaN(y)) return;
    const quantiles = quantilesOf(raw, carried, Math.floor(i / shape.horizons), i % shape.horizons);
    quantiles.forEach((q, j) => {
      sum += pinball(y, q, shape.levels[j]!);
      n += 1;
    });
  });
  return sum / n;
}

/** The slope at 0 by differences of a loss that has kinks; undefined where one is too near to tell. */
function slopeOf(lossAt: (by: number) => number, largest: number): number | undefined {
  const step = 1e-3;
  const [left, here, right] = [lossAt(-step), lossAt(0), lossAt(step)];
  if (Math.abs(right - 2 * here + left) / step > 0.05 * largest) return undefined;
  return (right - left) / (2 * step);
}

describe('quantileLoss', () => {
  it('is the mean pinball loss over 4 levels and all known targets, to 1e-6', () => {
    const lesson = batch(20);
    lesson.targets[3] = Number.NaN;
    const raw = noise(lossSteps.length * COUNT * OUTPUTS, 1, 40);
    const loss = quantileLoss(raw, lesson, shape, new Float32Array(raw.length));
    assert.ok(Math.abs(loss - meanPinball(raw, lesson)) < 1e-6, `${loss}, ${meanPinball(raw, lesson)}`);
  });

  it('has the gradient of central differences wherever no target sits on a quantile, to 5e-4', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const lesson = batch(seed);
        const raw = noise(lossSteps.length * COUNT * OUTPUTS, 1, seed + 7);
        const gradient = new Float32Array(raw.length);
        quantileLoss(raw, lesson, shape, gradient);
        const step = 1e-3;
        for (let i = 0; i < raw.length; i += 7) {
          const losses = [step, -step, step / 2, -step / 2].map((by) =>
            meanPinball(
              Float32Array.from(raw, (x, n) => (n === i ? x + by : x)),
              lesson,
            ),
          );
          const [wide, narrow] = [(losses[0]! - losses[1]!) / (2 * step), (losses[2]! - losses[3]!) / step];
          // A kink between the two points makes the differences disagree.
          if (Math.abs(wide - narrow) > 2e-4) continue;
          assert.ok(Math.abs(wide - gradient[i]!) < 5e-4, `[${i}] ${wide}, ${gradient[i]}`);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is 0 with a gradient of 0 when no target is known', () => {
    const lesson = batch(1);
    lesson.targets.fill(Number.NaN);
    const gradient = new Float32Array(lossSteps.length * COUNT * OUTPUTS).fill(1);
    assert.equal(quantileLoss(noise(gradient.length, 1, 2), lesson, shape, gradient), 0);
    assert.ok(gradient.every((g) => g === 0));
  });

  it('stays finite for outputs of ±1000', () => {
    const raw = noise(lossSteps.length * COUNT * OUTPUTS, 1000, 3);
    const gradient = new Float32Array(raw.length);
    assert.ok(Number.isFinite(quantileLoss(raw, batch(4), shape, gradient)));
    assert.ok(gradient.every(Number.isFinite));
  });
});

describe('descend', () => {
  const parabola = (p: Float32Array) => ({ loss: p[0]! ** 2, gradients: [Float32Array.of(2 * p[0]!)] });
  const settings = { iterations: 100, learningRate: 0.1, checkEvery: 10, patience: 2 };

  it('gives back the parameters of the best look, not of the last: the loss held out rises after step 20', () => {
    const p = Float32Array.of(4);
    const heldOut = [9, 5, 3, 6, 7];
    const { heldOutLoss, iterations } = descend([p], {
      ...settings,
      gradientAt: () => parabola(p),
      heldOutLoss: () => heldOut.shift()!,
    });
    assert.deepEqual([heldOutLoss, iterations], [3, 20]);
    assert.equal(heldOut.length, 0, 'two looks in vain end it');
  });

  it('goes to the end when nothing is held out', () => {
    const p = Float32Array.of(1);
    const done = descend([p], { ...settings, gradientAt: () => parabola(p), heldOutLoss: () => Number.NaN });
    assert.equal(done.iterations, 100);
    assert.ok(Math.abs(done.parameters[0]![0]!) < 0.1);
  });

  it('throws at a loss that is not finite, with the step', () => {
    const gradientAt = () => ({ loss: Number.NaN, gradients: [Float32Array.of(0)] });
    assert.throws(
      () => descend([Float32Array.of(1)], { ...settings, gradientAt, heldOutLoss: () => 1 }),
      /training diverged: the loss of step 0 is NaN/,
    );
  });
});

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
  }).timeout(30_000);

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
  }).timeout(60_000);

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

describe('a backend that will not load', () => {
  it('is an error that says which, so that training fails and what acted before goes on', async () => {
    await assert.rejects(loadBackend('no-such' as never), /no-such|Cannot find|did not start/);
  });
});

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
  }).timeout(30_000);

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
  }).timeout(60_000);

  it('same seed, same bytes, and no tensor is kept', async () => {
    const engine = createQuantileEngine();
    const a = await engine.trainMixer(mixerTask({ heldOut: [lesson(1)] }));
    const before = tf.memory().numTensors;
    const b = await engine.trainMixer(mixerTask({ heldOut: [lesson(1)] }));
    assert.deepEqual(a, b);
    assert.equal(tf.memory().numTensors, before);
  });
});
