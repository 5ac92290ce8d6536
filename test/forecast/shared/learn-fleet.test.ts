import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import type { QuantileEngine } from '../../../src/domain/engines.ts';
import { type FleetFit, type FleetRequest, sharedExpertNames } from '../../../src/domain/fleet.ts';
import { endMs } from '../../../src/domain/time-series.ts';
import { checkFleet } from '../../../src/forecast/shared/experts.ts';
import { learnFleet } from '../../../src/forecast/shared/learn-fleet.ts';
import { seriesOf, shopLoad } from '../made-series.ts';
import { noQuantiles } from './engine.ts';

const DAY = 96;
const shops = [1, 2].map((seed) => ({ id: `shop ${seed}`, series: shopLoad(8, DAY, 0.1, seed) }));

const requestFor = (changes: Partial<FleetRequest> = {}): FleetRequest => ({
  experts: ['boosted-trees', 'linear-svr'],
  histories: shops,
  seasonLengths: [DAY, 7 * DAY],
  horizonSteps: 4,
  seed: 1,
  ...changes,
});

/** The real engine, ended after a few gradient steps. */
function hasty(): QuantileEngine {
  const { trainLstm, trainMixer } = createQuantileEngine();
  return {
    trainLstm: (task) => trainLstm({ ...task, iterations: 4 }),
    trainMixer: (task) => trainMixer({ ...task, iterations: 4 }),
  };
}

const messages = ({ notes }: FleetFit) => notes.map(({ expert, message }) => `${expert}: ${message}`);

describe('learnFleet', () => {
  describe('with all six experts', () => {
    let learned: FleetFit;
    before(async () => {
      await loadBackend('wasm');
      learned = await learnFleet(requestFor({ experts: sharedExpertNames }), hasty());
    });

    it('learns each from both workloads, through the newest sample of any', () => {
      assert.deepEqual(Object.keys(learned.fleet.experts), [...sharedExpertNames]);
      for (const shared of Object.values(learned.fleet.experts)) {
        assert.equal(shared.trainedThroughMs, endMs(shops[0]!.series));
      }
      assert.match(messages(learned)[0]!, /^boosted-trees: learned from 2 of 2 workloads$/);
      assert.match(
        messages(learned)[4]!,
        /^global-lstm: learned from \d+ windows, loss 0\.\d{4} out of sample after \d+ steps/,
      );
    });

    it('gives what experts can be started from, also after a copy, and nothing else', () => {
      checkFleet(structuredClone(learned.fleet));
      const { parameters, ...rest } = learned.fleet.experts['global-lstm']!;
      const cut = { ...parameters, bias: new Float32Array(3) };
      assert.throws(() => checkFleet({ experts: { 'global-lstm': { ...rest, parameters: cut } } }), RangeError);
    });
  });

  it('gives the same bytes for the same histories and seed', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => learnFleet(requestFor(), noQuantiles)));
    assert.deepEqual(one, two);
  });

  it('keeps what an expert stood on before where it cannot be learned, with the reason, and learns the others', async () => {
    const before = (await learnFleet(requestFor({ experts: ['boosted-trees'] }), noQuantiles)).fleet;
    const lstm = { trainedThroughMs: 5, parameters: {} };
    const experts = ['boosted-trees', 'global-lstm'] as const;
    const later = await learnFleet(
      requestFor({ experts, before: { experts: { ...before.experts, 'global-lstm': lstm } } }),
      noQuantiles,
    );
    assert.equal(later.fleet.experts['global-lstm'], lstm);
    assert.notEqual(later.fleet.experts['boosted-trees'], before.experts['boosted-trees']);
    assert.deepEqual(
      later.notes.map(({ learned }) => learned),
      [true, false],
    );
    assert.match(messages(later)[1]!, /inputs: expected text/);
  });

  it('learns from those that move: one of three, the others constant or three points long', async () => {
    const still = { id: 'still', series: seriesOf(new Float64Array(8 * DAY).fill(7), shops[0]!.series.stepMs) };
    const short = { id: 'short', series: seriesOf([1, 2, 3], shops[0]!.series.stepMs) };
    const learned = await learnFleet(requestFor({ histories: [still, shops[0]!, short] }), noQuantiles);
    assert.match(messages(learned)[0]!, /learned from 1 of 3 workloads/);
    const nothing = await learnFleet(requestFor({ histories: [still, short] }), noQuantiles);
    assert.deepEqual(nothing.fleet.experts, {});
    assert.match(messages(nothing)[0]!, /the load does not move/);
  });
});
