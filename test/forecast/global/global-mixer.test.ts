import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import type { PatchMixerWeights } from '../../../src/domain/engines.ts';
import type { ExpertSettings } from '../../../src/forecast/experts/expert.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { mixerForm, mixerShape, shareMixer, startGlobalMixer } from '../../../src/forecast/global/global-mixer.ts';
import { collectLessons } from '../../../src/forecast/global/lessons.ts';
import { mixerParameters, OUTPUTS, readMixer } from '../../../src/forecast/global/network.ts';
import { trainGlobalMixer } from '../../../src/forecast/global/train-global.ts';
import { seededRandom } from '../../../src/forecast/random.ts';
import { normal } from '../made-series.ts';
import { waves } from './made.ts';

const minutes = { stepMs: 60_000, seasons: [1440, 10_080], horizons: [1, 12, 48, 162, 1440] };
const fives = { stepMs: 300_000, seasons: [288, 2016], horizons: [1, 3, 12, 48, 288] };
const FIRST = 480_000;

function madeMixer(size = 0.2, seed = 1): PatchMixerWeights {
  const gauss = normal(seed);
  const draw = (length: number) => Float32Array.from({ length }, () => size * gauss());
  const { patches, patchLength, context, channels, blocks, patchHidden, channelHidden } = mixerShape;
  return {
    embed: draw((patchLength + 1) * channels),
    position: draw(patches * channels),
    patchIn: draw(blocks * (patches + 1) * patchHidden),
    patchOut: draw(blocks * (patchHidden + 1) * patches),
    channelIn: draw(blocks * (channels + 1) * channelHidden),
    channelOut: draw(blocks * (channelHidden + 1) * channels),
    head: draw((patches * channels + context + 1) * OUTPUTS),
  };
}

function follow(settings: Omit<ExpertSettings, 'past'>, weights = madeMixer()) {
  const past = startPast({ ...settings, firstStep: FIRST });
  const expert = startGlobalMixer(shareMixer(weights), { ...settings, past });
  return {
    past,
    expert,
    push(z: number) {
      past.push(z, 'ok', Number.NaN);
      expert.observe();
    },
    predict() {
      const out = new Float64Array(settings.horizons.length);
      expert.predict(out);
      return out;
    },
  };
}

describe('patch mixer as an expert', () => {
  it('speaks after two hours of five minutes, and a day ahead once it has seen a day', () => {
    const young = follow(fives);
    const z = waves(300, 288);
    for (let t = 0; t < 24; t++) young.push(z[t]!);
    assert.deepEqual([...young.predict()].map(Number.isFinite), [true, true, true, true, false]);
    for (let t = 24; t < 300; t++) young.push(z[t]!);
    assert.ok(young.predict().every(Number.isFinite));
  });

  it('does its work every five minutes on a series of minutes: between them only the steps ahead move on', () => {
    const one = follow({ ...minutes, seasons: [] });
    for (const z of waves(400, 1440)) one.push(z);
    const outputs = () => (one.expert.save()['unit-5.outputs'] as Float32Array).slice();
    const before = outputs();
    for (let i = 0; i < 4; i++) one.push(7);
    assert.deepEqual(outputs(), before);
    one.push(7);
    assert.notDeepEqual(outputs(), before);
  });

  it('sees nothing of the future: what is appended, however wild, changes no forecast made before', () => {
    const z = waves(900, 288);
    const [calm, wild] = [z, z.map((x, t) => (t < 700 ? x : 100 * Math.sin(t)))].map((values) => {
      const one = follow(fives);
      return [...values].map((value) => {
        one.push(value);
        return one.predict();
      });
    });
    assert.deepEqual(calm!.slice(0, 700), wild!.slice(0, 700));
    assert.notDeepEqual(calm![702], wild![702]);
  });

  it('goes on from a saved state exactly, wherever within a unit it was saved', () => {
    for (const cut of [500, 503, 659]) {
      const z = waves(800, 1440);
      const whole = follow(minutes);
      for (const value of z.subarray(0, cut)) whole.push(value);
      const past = startPast({ ...minutes, firstStep: 0 }, structuredClone(whole.past.save()));
      const saved = structuredClone(whole.expert.save());
      const expert = startGlobalMixer(shareMixer(madeMixer()), { ...minutes, past }, saved);
      const out = new Float64Array(minutes.horizons.length);
      for (const value of z.subarray(cut)) {
        expert.predict(out);
        assert.deepEqual(out, whole.predict(), `saved at ${cut}`);
        whole.push(value);
        past.push(value, 'ok', Number.NaN);
        expert.observe();
      }
    }
  });

  for (const [what, load] of [
    ['a constant', () => 4],
    ['a hole of a day', (t: number) => (t > 400 && t < 690 ? Number.NaN : Math.sin(t / 20))],
    ['nothing but holes', () => Number.NaN],
    ['a spike of 10⁶', (t: number) => (t === 500 ? 1e6 : Math.sin(t / 20))],
  ] as const) {
    it(`stays finite or asleep on ${what}`, () => {
      const one = follow(fives);
      for (let t = 0; t < 800; t++) {
        one.push(load(t));
        for (const value of one.predict()) assert.ok(Number.isNaN(value) || Math.abs(value) <= 2e7, `${t}: ${value}`);
      }
    });
  }
});

describe('readMixer', () => {
  it('gives back what was written, and refuses the weights of another shape', () => {
    const weights = madeMixer();
    assert.deepEqual(readMixer(mixerParameters(weights), mixerShape), weights);
    const other = { ...mixerShape, channels: 8 };
    assert.throws(
      () => readMixer(mixerParameters(weights), other),
      /embed of the network: expected 200 weights, found 400/,
    );
  });
});

describe('trainGlobalMixer', () => {
  before(() => loadBackend('wasm'));

  it('40 gradient steps on 4 services lower the loss on newer windows by 3 %', async () => {
    const fleet = () => {
      const lessons = collectLessons(mixerForm, 60, 1);
      for (let seed = 1; seed <= 4; seed++) {
        const gauss = normal(seed);
        let mood = 0;
        const z = waves(30 * 288, 288, 0.05, seed).map((x) => {
          mood = 0.95 * mood + 0.1 * gauss();
          return x + mood;
        });
        lessons.add({ z, firstStep: FIRST, stepMs: 300_000, seasons: [288, 2016] });
      }
      return lessons;
    };
    const engine = createQuantileEngine();
    const start = await trainGlobalMixer(fleet(), engine, { seed: 1, iterations: 0 });
    const trained = await trainGlobalMixer(fleet(), engine, { seed: 1, iterations: 40 });
    assert.ok(trained.heldOutLoss < 0.97 * start.heldOutLoss, `${start.heldOutLoss} → ${trained.heldOutLoss}`);
  });

  it('lessons hold 336 units of history, 0 where there was none, and are finite', () => {
    const lessons = collectLessons(mixerForm, 40, 1);
    lessons.add({ z: waves(3 * 288, 288), firstStep: FIRST, stepMs: 300_000, seasons: [288] });
    const { inputs, count } = lessons.draw(50, seededRandom(1));
    assert.equal(inputs.length / count, mixerForm.inputs);
    assert.ok(inputs.every(Number.isFinite));
    const rows = Array.from({ length: count }, (_, b) =>
      inputs.subarray(b * mixerForm.inputs, (b + 1) * mixerForm.inputs),
    );
    assert.ok(
      rows.some((row) => row[0] === 0 && row[335] !== 0),
      'a young workload',
    );
  });
});
