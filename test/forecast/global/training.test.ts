/** Windows from many series, and real training on generated load. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import type { LstmWeights, QuantileEngine, Trained } from '../../../src/domain/engines.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import type { FleetSeries } from '../../../src/forecast/global/cut-windows.ts';
import { lstmForm, shareLstm, startGlobalLstm } from '../../../src/forecast/global/global-lstm.ts';
import { collectLessons } from '../../../src/forecast/global/lessons.ts';
import { trainGlobalLstm } from '../../../src/forecast/global/train-global.ts';
import { seededRandom } from '../../../src/forecast/random.ts';
import { startSeasonalNaive } from '../../../src/forecast/seasonal-naive.ts';
import { normal } from '../made-series.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;
const FIRST = 480_000;

/** A daily wave on z with an autoregression of 0.8 around it: the residual says something of the next hours. */
function shop(seed: number, steps = 40 * DAY): FleetSeries {
  const gauss = normal(seed);
  let mood = 0;
  const z = Float64Array.from({ length: steps }, (_, t) => {
    mood = 0.8 * mood + 0.15 * gauss();
    return 3 + seed + Math.sin((2 * Math.PI * (t + seed)) / DAY) + mood;
  });
  return { z, firstStep: FIRST, stepMs: HOUR_MS, seasons: [DAY, 7 * DAY] };
}

describe('collectLessons', () => {
  it('takes as many windows of a series of 20 days as of one of 400: by workload, not by volume', () => {
    const short = collectLessons(lstmForm, 12, 1);
    short.add(shop(1, 20 * DAY));
    const long = collectLessons(lstmForm, 12, 1);
    long.add(shop(1, 400 * DAY));
    assert.deepEqual(short.sizes, { learned: 12, heldOut: 3 });
    assert.deepEqual(long.sizes, short.sizes);
  });

  it('learns nothing from the newest 15 %: scrambling it changes no window that is learned from', () => {
    const series = shop(2);
    const cut = Math.floor(0.85 * series.z.length);
    const scrambled = { ...series, z: series.z.map((z, t) => (t < cut ? z : 50 * Math.sin(t))) };
    const [a, b] = [series, scrambled].map((one) => {
      const lessons = collectLessons(lstmForm, 100, 3);
      lessons.add(one);
      return { drawn: lessons.draw(500, seededRandom(1)), held: lessons.heldOut(100)[0]! };
    });
    assert.deepEqual(a!.drawn, b!.drawn);
    assert.notDeepEqual(a!.held.targets, b!.held.targets);
  });

  it('a series too short for a window gives none, and is no error', () => {
    const lessons = collectLessons(lstmForm, 12, 1);
    lessons.add(shop(1, 80));
    assert.deepEqual(lessons.sizes, { learned: 0, heldOut: 0 });
    assert.deepEqual(lessons.heldOut(10), []);
  });

  it('inputs are finite and targets finite or NaN, on holes, constants and spikes', () => {
    const lessons = collectLessons(lstmForm, 10, 1);
    const { z } = shop(1);
    lessons.add({ ...shop(1), z: z.map((x, t) => (t % 97 < 20 ? Number.NaN : x)) });
    lessons.add({ ...shop(1), z: new Float64Array(900).fill(2) });
    lessons.add({ ...shop(1), z: z.map((x, t) => (t % 200 === 0 ? 1e6 : x)) });
    lessons.add({ ...shop(1), z: new Float64Array(900).fill(Number.NaN) });
    const batch = lessons.draw(64, seededRandom(1));
    assert.ok(batch.inputs.every(Number.isFinite));
    assert.ok(batch.carried.every(Number.isFinite));
    assert.ok(batch.targets.every((y) => Number.isNaN(y) || Math.abs(y) <= 20));
  });

  it('what is marked censored or excluded is no target', () => {
    const series = shop(3);
    const lessons = collectLessons(lstmForm, 10, 1);
    lessons.add({ ...series, marks: Array.from(series.z, (_, t) => (t % 2 ? 'censored' : 'excluded')) });
    assert.ok(lessons.draw(20, seededRandom(1)).targets.every(Number.isNaN));
  });

  it('the loss begins after the state has warmed up, and reaches the last step of a window', () => {
    assert.deepEqual([lstmForm.lossUnits[0], lstmForm.lossUnits.at(-1)], [31, 95]);
  });
});

describe('trainGlobal', () => {
  let trained: Trained<LstmWeights>;
  const fleet = () => {
    const lessons = collectLessons(lstmForm, 30, 1);
    for (let seed = 1; seed <= 6; seed++) lessons.add(shop(seed));
    return lessons;
  };
  before(async () => {
    await loadBackend('wasm');
    trained = await trainGlobalLstm(fleet(), createQuantileEngine(), { seed: 1, iterations: 60 });
  });

  /** Mean absolute error 1 and 8 hours ahead on a series that was never trained on, from day 20 on. */
  function errors(network: LstmWeights): { readonly network: number; readonly naive: number } {
    const { z, stepMs, seasons } = shop(77);
    const past = startPast({ stepMs, seasons, firstStep: FIRST });
    const horizons = [1, 8];
    const expert = startGlobalLstm(shareLstm(network), { stepMs, seasons, horizons, past });
    const naive = startSeasonalNaive({ season: DAY });
    const [out, naiveOut] = [new Float64Array(2), new Float64Array(8)];
    const sums = { network: 0, naive: 0 };
    for (let t = 0; t + 8 < z.length; t++) {
      past.push(z[t]!, 'ok', Number.NaN);
      expert.observe();
      naive.observe(z[t]!);
      if (t < 20 * DAY) continue;
      expert.predict(out);
      naive.predict(naiveOut);
      horizons.forEach((h, i) => {
        sums.network += Math.abs(z[t + h]! - out[i]!);
        sums.naive += Math.abs(z[t + h]! - naiveOut[h - 1]!);
      });
    }
    return sums;
  }

  it('60 gradient steps on 6 services leave at most 85 % of the error of seasonal naive on a seventh', () => {
    const { network, naive } = errors(trained.weights);
    assert.ok(network < 0.85 * naive, `${network} of ${naive}`);
  });

  it('the loss on newer windows is below that of the start', async () => {
    const start = await trainGlobalLstm(fleet(), createQuantileEngine(), { seed: 1, iterations: 0 });
    assert.ok(trained.heldOutLoss < 0.9 * start.heldOutLoss, `${start.heldOutLoss} → ${trained.heldOutLoss}`);
  });

  it('goes on from earlier weights: 60 steps on another fleet lower its loss', async () => {
    const other = () => {
      const lessons = collectLessons(lstmForm, 30, 2);
      for (let seed = 11; seed <= 16; seed++) lessons.add(shop(seed));
      return lessons;
    };
    const initial = trained.weights;
    const before = await trainGlobalLstm(other(), createQuantileEngine(), { seed: 2, iterations: 0, initial });
    const after = await trainGlobalLstm(other(), createQuantileEngine(), { seed: 2, iterations: 60, initial });
    assert.ok(after.heldOutLoss < before.heldOutLoss, `${before.heldOutLoss} → ${after.heldOutLoss}`);
  });

  it('same seed, same bytes on wasm', async () => {
    const [a, b] = [
      await trainGlobalLstm(fleet(), createQuantileEngine(), { seed: 5, iterations: 3 }),
      await trainGlobalLstm(fleet(), createQuantileEngine(), { seed: 5, iterations: 3 }),
    ];
    assert.deepEqual(a, b);
  });

  it('rejects a fleet without a window, and passes on why a backend failed', async () => {
    const engine = createQuantileEngine();
    await assert.rejects(
      trainGlobalLstm(collectLessons(lstmForm, 4, 1), engine, { seed: 1, iterations: 1 }),
      /no series is long enough/,
    );
    const gone: QuantileEngine = { ...engine, trainLstm: () => Promise.reject(new Error('the backend is gone')) };
    await assert.rejects(trainGlobalLstm(fleet(), gone, { seed: 1, iterations: 1 }), /the backend is gone/);
  });
});
