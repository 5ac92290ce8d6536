import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pooledExperts } from '../../../src/forecast/batch/experts/roster.ts';
import { createMatrices } from '../../../src/forecast/batch/kernel/matrices.ts';
import { startAdam } from '../../../src/forecast/batch/network/adam.ts';
import {
  createPerceptron,
  type Perceptron,
  type PerceptronShape,
  perceptronFloats,
} from '../../../src/forecast/batch/network/perceptron.ts';
import { seededRandom } from '../../../src/forecast/random.ts';
import { shopLoad } from '../made-series.ts';

const shape: PerceptronShape = { input: 5, hidden: [16, 12], output: 3, batch: 32, straight: true };

function create(plain = false, changes: Partial<PerceptronShape> = {}): Perceptron {
  const full = { ...shape, ...changes };
  return createPerceptron(createMatrices(4 * perceptronFloats(full), plain), full, seededRandom(1));
}

/** Fills the input with numbers of one seed. @returns targets: a bent function of the input */
function problem(network: Perceptron, seed: number): Float32Array {
  const { uniform } = seededRandom(seed);
  const { input, output } = network;
  const targets = new Float32Array(input.rows * output.columns);
  for (let row = 0; row < input.rows; row++) {
    for (let i = 0; i < input.columns; i++) input.data[row * input.stride + i] = 2 * uniform() - 1;
    const [a, b, c] = input.data.subarray(row * input.stride, row * input.stride + 3);
    targets.set([a! * b!, Math.abs(c!), a! - 0.5 * b!], row * output.columns);
  }
  return targets;
}

/** Half the squared error, with its derivative left in `slope`. */
function judge(network: Perceptron, targets: Float32Array): number {
  network.pass(shape.batch);
  let loss = 0;
  for (let row = 0; row < shape.batch; row++) {
    for (let j = 0; j < shape.output; j++) {
      const error = network.output.data[row * network.output.stride + j]! - targets[row * shape.output + j]!;
      network.slope.data[row * network.slope.stride + j] = error / shape.batch;
      loss += (error * error) / 2 / shape.batch;
    }
  }
  return loss;
}

describe('perceptron', () => {
  for (const straight of [false, true]) {
    it(`learns a bent function ${straight ? 'with' : 'without'} the straight connection: 600 steps take the error below 1 %`, () => {
      const network = create(false, { straight });
      const targets = problem(network, 9);
      const before = judge(network, targets);
      for (let step = 0; step < 600; step++) {
        network.step(shape.batch, 3e-3, 0);
        judge(network, targets);
      }
      const after = judge(network, targets);
      assert.ok(after < 0.01 * before, `${before} → ${after}`);
    });
  }

  it('steps down the gradient: a first small step lowers the error by what its derivative says, within 10 %', () => {
    const network = create();
    const targets = problem(network, 3);
    const before = judge(network, targets);
    // Adam's first step is the sign of the gradient times the rate, so half a rate is half the gain.
    const gains = [1e-5, 2e-5].map((rate) => {
      const fresh = create();
      const goals = problem(fresh, 3);
      judge(fresh, goals);
      fresh.step(shape.batch, rate, 0);
      return before - judge(fresh, goals);
    });
    assert.ok(gains[0]! > 0 && Math.abs(gains[1]! / gains[0]! - 2) < 0.1, `${gains}`);
  });

  it('gives the same bytes with and without WebAssembly after 20 steps', () => {
    const outputs = [false, true].map((plain) => {
      const network = create(plain);
      const targets = problem(network, 4);
      for (let step = 0; step < 20; step++) {
        judge(network, targets);
        network.step(shape.batch, 1e-3, 1e-3);
      }
      network.pass(shape.batch);
      return Array.from(network.output.data);
    });
    assert.deepEqual(outputs[0], outputs[1]);
  });
});

describe('startAdam', () => {
  it('moves by the rate against the sign of the first gradient, and decays weights apart from it', () => {
    const weights = Float32Array.of(1, 1, 1);
    startAdam(3).step(weights, Float32Array.of(5, -0.01, 0), 0.1, 0.5);
    const expected = [0.95 - 0.1, 0.95 + 0.1, 0.95];
    for (const [i, value] of expected.entries()) assert.ok(Math.abs(weights[i]! - value) < 1e-5, `${weights}`);
  });

  it('follows Adam computed by hand for 3 steps', () => {
    const weights = Float64Array.of(2) as unknown as Float32Array;
    const adam = startAdam(1);
    let [w, m, v] = [2, 0, 0];
    for (const [i, g] of [1, -3, 0.5].entries()) {
      adam.step(weights, Float32Array.of(g), 0.01, 0);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      w -= (0.01 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    }
    assert.ok(Math.abs(weights[0]! - w) < 1e-6, `${weights[0]} and ${w}`);
  });
});

describe('network members', () => {
  const network = pooledExperts.find(({ name }) => name === 'network-log-straight')!;
  const loads = [1, 2, 3, 4, 5, 6].map((seed) => shopLoad(40, 24, 0.05, seed).values);
  const known = loads.map((values) => ({ values: values.subarray(0, values.length - 24) }));
  const settings = { horizon: 24, seasons: [24, 168], seed: 3 };

  function forecast(seed: number): Float64Array {
    const learned = network.learn(known, { ...settings, seed });
    if (learned.kind === 'asleep') assert.fail(learned.reason);
    const out = new Float64Array(6 * 24);
    learned.forecast(
      known.map(({ values }) => values),
      [0, 1, 2, 3, 4, 5],
      out,
    );
    return out;
  }

  it('foresee 6 shops with quiet weekends within 12 %, the same bytes for the same seed and others for another', () => {
    const first = forecast(3);
    assert.deepEqual(forecast(3), first);
    assert.notDeepEqual(forecast(4), first);
    let error = 0;
    for (const [i, values] of loads.entries()) {
      for (let h = 0; h < 24; h++) error += Math.abs(first[i * 24 + h]! / values[values.length - 24 + h]! - 1) / 144;
    }
    assert.ok(error < 0.12, `${error}`);
  });
});
