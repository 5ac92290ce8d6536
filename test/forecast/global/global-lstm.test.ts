import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { INPUTS } from '../../../src/forecast/global/describe.ts';
import { shareLstm, startGlobalLstm } from '../../../src/forecast/global/global-lstm.ts';
import { lstmParameters, readLstm } from '../../../src/forecast/global/network.ts';
import { startQuantileLstm } from '../../../src/forecast/global/quantile-lstm.ts';
import golden from './golden/lstm_cell.json' with { type: 'json' };
import { type FollowSettings, follow, madeNetwork, waves } from './made.ts';

const minutes: FollowSettings = {
  stepMs: 60_000,
  seasons: [1440, 10_080],
  horizons: [1, 2, 12, 24, 48, 162, 548, 1440],
};
const fives: FollowSettings = { stepMs: 300_000, seasons: [288, 2016], horizons: [1, 3, 12, 48, 288] };

const FIRST = 480_000;

describe('startQuantileLstm', () => {
  it('equals an independent numpy implementation over 12 steps, to 1e-5', () => {
    const weights = Object.fromEntries(
      Object.entries(golden.weights).map(([name, list]) => [name, Float32Array.from(list)]),
    );
    const network = startQuantileLstm(weights as never);
    const state = network.newState();
    const out = new Float32Array(network.outputs);
    golden.inputs.forEach((inputs, t) => {
      network.step(state, Float32Array.from(inputs), out);
      for (const [i, y] of out.entries())
        assert.ok(Math.abs(y - golden.outputs[t]![i]!) < 1e-5, `step ${t}, output ${i}`);
    });
  });
});

describe('global LSTM as an expert', () => {
  it('speaks after 24 steps, up to 48 steps ahead, and a day ahead once it has seen a day', () => {
    const young = follow(fives);
    const z = waves(600, 288);
    for (let t = 0; t < 23; t++) young.push(z[t]!);
    assert.ok(young.predict().every(Number.isNaN), 'asleep');
    young.push(z[23]!);
    assert.deepEqual([...young.predict()].map(Number.isNaN), [false, false, false, false, true]);
    for (let t = 24; t < 300; t++) young.push(z[t]!);
    assert.ok(young.predict().every(Number.isFinite));
  });

  it('speaks after two hours of minutes, four hours ahead', () => {
    const young = follow(minutes);
    const z = waves(130, 1440);
    for (const value of z) young.push(value);
    assert.deepEqual([...young.predict()].map(Number.isFinite), [true, true, true, true, true, true, false, false]);
  });

  it('with weights of 0 it is its seasonal base: a noiseless wave is met a day ahead to 0.05', () => {
    const flat = follow({ ...fives, network: shareLstm(madeNetwork(0)) });
    const z = waves(4 * 288 + 288, 288, 0);
    for (let t = 0; t < 4 * 288; t++) flat.push(z[t]!);
    const out = flat.predict();
    fives.horizons.forEach((h, i) => {
      assert.ok(Math.abs(out[i]! - z[4 * 288 - 1 + h]!) < 0.05, `${h}: ${out[i]}, ${z[4 * 288 - 1 + h]}`);
    });
  });

  it('sees nothing of the future: what is appended, however wild, changes no forecast made before', () => {
    const z = waves(1200, 288);
    const [calm, wild] = [z, z.map((x, t) => (t < 700 ? x : 100 * Math.sin(t)))].map((values) => {
      const one = follow(fives);
      return [...values].map((value) => {
        one.push(value);
        return one.predict();
      });
    });
    assert.deepEqual(calm!.slice(0, 700), wild!.slice(0, 700));
    assert.notDeepEqual(calm![700], wild![700]);
  });

  it('goes on from a saved state exactly, wherever within a unit it was saved', () => {
    for (const cut of [500, 501, 503, 659]) {
      const z = waves(900, 1440);
      const whole = follow(minutes);
      for (const value of z.subarray(0, cut)) whole.push(value);
      const saved = structuredClone(whole.expert.save());
      const past = startPast({ ...minutes, firstStep: 0 }, structuredClone(whole.past.save()));
      const expert = startGlobalLstm(shareLstm(madeNetwork()), { ...minutes, past }, saved);
      const out = new Float64Array(minutes.horizons.length);
      expert.predict(out);
      assert.deepEqual(out, whole.predict(), `saved at ${cut}`);
      for (const value of z.subarray(cut)) {
        whole.push(value);
        past.push(value, 'ok', Number.NaN);
        expert.observe();
        expert.predict(out);
        assert.deepEqual(out, whole.predict());
      }
    }
  });

  it('keeps at most 3 KB per series on three scales with 32 units', () => {
    const state = Object.values(follow(minutes).expert.save()) as (Float32Array | Float64Array)[];
    const units = 8;
    const bytes = state.reduce((sum, list) => sum + list.byteLength, 0) + 3 * 2 * 4 * (32 - units);
    assert.ok(bytes <= 3072, `${bytes} bytes`);
  });

  it('does not know the unit of the load: z moved by 3 moves every forecast by 3', () => {
    const z = waves(800, 288);
    const [a, b] = [0, 3].map((shift) => {
      const one = follow(fives);
      for (const value of z) one.push(value + shift);
      return one.predict();
    });
    for (const [i, value] of a!.entries()) assert.ok(Math.abs(value + 3 - b![i]!) < 5e-3, `${value}, ${b![i]}`);
  });

  it('takes a declared uplift off what it sees and puts it on what it says: a doubled event leaves no trace after it', () => {
    const isOn = (step: number) => step >= FIRST + 700 && step < FIRST + 750;
    const eventAt = (step: number) => ({ active: isOn(step), logUplift: isOn(step) ? Math.log(2) : 0, holiday: false });
    const [told, plain] = [true, false].map((isTold) => {
      const past = startPast({ ...fives, firstStep: FIRST });
      const settings = { ...fives, past, ...(isTold && { calendar: { eventAt } }) };
      const expert = startGlobalLstm(shareLstm(madeNetwork(0)), settings);
      const out: number[][] = [];
      for (const [t, z] of waves(800, 288).entries()) {
        past.push(z + (isTold ? eventAt(FIRST + t).logUplift : 0), 'ok', Number.NaN);
        expert.observe();
        const row = new Float64Array(fives.horizons.length);
        expert.predict(row);
        out.push([...row]);
      }
      return out;
    });
    const apart = (t: number, i: number) => told![t]![i]! - plain![t]![i]!;
    assert.ok(Math.abs(apart(690, 2) - Math.log(2)) < 0.01, 'an hour before it knows');
    assert.ok(Math.abs(apart(755, 0)) < 0.01, 'and after it has forgotten');
  });

  it('quantiles of its 7 levels never cross, whatever the weights', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
        const one = follow({ ...fives, network: shareLstm(madeNetwork(1, seed)) });
        for (const value of waves(330, 288, 0.3, seed)) one.push(value);
        const rows = one.expert.levels.map((_, level) => {
          const out = new Float64Array(fives.horizons.length);
          one.expert.predictLevel(level, out);
          return out;
        });
        for (let level = 1; level < rows.length; level++) {
          for (const [i, q] of rows[level]!.entries()) assert.ok(q >= rows[level - 1]![i]!);
        }
      }),
      { numRuns: 10 },
    );
  });

  const loads: readonly [string, (t: number) => number][] = [
    ['a constant', () => 4],
    ['a hole of a day', (t) => (t > 400 && t < 690 ? Number.NaN : Math.sin(t / 20))],
    ['nothing but holes', () => Number.NaN],
    ['a spike of 10⁶', (t) => (t === 500 ? 1e6 : Math.sin(t / 20))],
    ['alternate holes', (t) => (t % 2 ? Number.NaN : 1)],
  ];
  for (const [what, load] of loads) {
    it(`stays finite or asleep on ${what}`, () => {
      const one = follow(fives);
      for (let t = 0; t < 900; t++) {
        one.push(load(t));
        for (const value of one.predict()) assert.ok(Number.isNaN(value) || Math.abs(value) <= 2e7, `${t}: ${value}`);
      }
    });
  }
});

describe('readLstm', () => {
  it('gives back what was written, to the last bit', () => {
    const network = madeNetwork();
    assert.deepEqual(readLstm(lstmParameters(network)), network);
  });

  const foreign: readonly [string, (parameters: ReturnType<typeof lstmParameters>) => object, RegExp][] = [
    [
      'other inputs',
      (p) => ({ ...p, inputs: 'level slope' }),
      /inputs of the network: expected surprise .*, found level slope/,
    ],
    ['other horizons', (p) => ({ ...p, horizons: '1 2 3' }), /horizons of the network: .* found 1 2 3/],
    [
      'a head cut short',
      (p) => ({ ...p, head: new Float32Array(7) }),
      /head of the network: expected \d+ weights, found 7/,
    ],
    [
      'a weight that is no number',
      (p) => ({ ...p, headBias: new Float32Array((p['headBias'] as Float32Array).length).fill(Number.NaN) }),
      /headBias of the network: a weight is not finite/,
    ],
    ['no weights at all', () => ({}), /model parameter inputs: expected text/],
  ];
  for (const [what, change, message] of foreign) {
    it(`refuses ${what}, and says so`, () => {
      assert.throws(() => readLstm(change(lstmParameters(madeNetwork())) as never), message);
    });
  }

  it(`expects ${INPUTS.length} inputs with names of their own`, () =>
    assert.equal(new Set(INPUTS).size, INPUTS.length));
});
