import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import type { FleetSeries } from '../../../src/forecast/global/cut-windows.ts';
import { globalExperts, networkParameters, readNetworks } from '../../../src/forecast/global/networks.ts';
import { type TrainedFleet, trainFleet } from '../../../src/forecast/global/train-fleet.ts';
import { waves } from './made.ts';

const FIVE_MS = 300_000;
const SEASONS = [288, 2016];
const FIRST = 480_000;

async function* fleetOf(count: number): AsyncGenerator<FleetSeries> {
  for (let i = 0; i < count; i++) {
    yield { z: waves(6 * 288, 288, 0.1, i + 1), firstStep: FIRST, stepMs: FIVE_MS, seasons: SEASONS };
  }
}

describe('trainFleet', () => {
  let trained: TrainedFleet;
  before(async () => {
    await loadBackend('wasm');
    trained = await trainFleet(fleetOf(3), createQuantileEngine(), { seed: 1, size: 100, iterations: 8 });
  });

  it('takes series one at a time and says what it learned from', () => {
    const windows = 3 * 50;
    assert.match(trained.message, new RegExp(`^LSTM: ${windows} windows, loss 0\\.\\d{4} after \\d+ steps; mixer: `));
  });

  it('gives experts for both networks that speak on a series of the fleet', () => {
    const experts = globalExperts(readNetworks(structuredClone(networkParameters(trained.networks))));
    for (const start of [experts.lstm, experts.mixer]) {
      const past = startPast({ stepMs: FIVE_MS, seasons: SEASONS, firstStep: FIRST });
      const expert = start({ stepMs: FIVE_MS, seasons: SEASONS, horizons: [1, 12], past });
      for (const z of waves(600, 288, 0.1, 9)) {
        past.push(z, 'ok', Number.NaN);
        expert.observe();
      }
      const out = new Float64Array(2);
      expert.predict(out);
      for (const z of out) assert.ok(z > 3 && z < 7, `${z}`);
    }
  });

  it('goes on from earlier networks, and is then never worse on the newest part', async () => {
    const again = await trainFleet(fleetOf(3), createQuantileEngine(), {
      seed: 1,
      size: 100,
      iterations: 5,
      initial: trained.networks,
    });
    assert.ok(again.heldOutLoss.lstm <= trained.heldOutLoss.lstm + 1e-7);
    assert.ok(again.heldOutLoss.mixer <= trained.heldOutLoss.mixer + 1e-7);
  });

  it('same seed, same bytes on wasm', async () => {
    const [a, b] = [
      await trainFleet(fleetOf(2), createQuantileEngine(), { seed: 4, size: 500, iterations: 2 }),
      await trainFleet(fleetOf(2), createQuantileEngine(), { seed: 4, size: 500, iterations: 2 }),
    ];
    assert.deepEqual(a, b);
  });

  it('rejects a fleet without a usable series', async () => {
    const engine = createQuantileEngine();
    await assert.rejects(trainFleet([], engine, { seed: 1, size: 0 }), /no series is long enough to learn from/);
  });

  it('a set that lacks one of the networks is refused', () => {
    const { lstm } = networkParameters(trained.networks);
    assert.throws(() => readNetworks({ lstm: lstm! }), /model parameter inputs: expected text/);
  });
});
