/** Weights, mixtures and the levels between: who is believed, and how fast that changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startBoa } from '../../../src/forecast/aggregate/boa.ts';
import { CELL } from '../../../src/forecast/aggregate/cells.ts';
import { LEVELS, MEDIAN, MIXED, PRIOR_SCORES, placeMixed } from '../../../src/forecast/aggregate/mixed-levels.ts';
import { type Mixture, type Round, startMixture } from '../../../src/forecast/aggregate/mixture.ts';
import { regroup } from '../../../src/forecast/aggregate/regroup.ts';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { pinball } from '../../../src/forecast/pinball.ts';
import { normal } from '../made-series.ts';

/** Weights of one row after regrets were taken in. */
function weightsAfter(rounds: readonly (readonly number[])[], keep = 1): Float64Array {
  const experts = rounds[0]!.length;
  const rule = startBoa(1, experts, openStateStore());
  for (const regrets of rounds) rule.learn(0, Float64Array.from(regrets), keep);
  const out = new Float64Array(experts);
  rule.weigh(0, out, 0);
  return out;
}

const repeat = <T>(n: number, value: T): T[] => new Array<T>(n).fill(value);

describe('Bernstein online aggregation', () => {
  it('starts with equal weights, and gives over 99 % to an expert that gains half a scale for 200 rounds', () => {
    assert.deepEqual(Array.from(weightsAfter([[0, 0, 0]])), [1 / 3, 1 / 3, 1 / 3]);
    assert.ok(weightsAfter(repeat(200, [0.5, -0.5]))[0]! > 0.99);
  });

  it('leaves the regret of a sleeper alone: 100 rounds asleep change neither its gain nor its variance', () => {
    const store = openStateStore();
    const rule = startBoa(1, 3, store);
    const stateOf = () => ['boa.gain', 'boa.variance'].map((name) => (store.save()[name] as Float32Array)[2]);
    for (let t = 0; t < 30; t++) rule.learn(0, Float64Array.of(0.2, -0.1, 0.1), 0.99);
    const before = stateOf();
    for (let t = 0; t < 100; t++) rule.learn(0, Float64Array.of(0.2, -0.1, Number.NaN), 0.99);
    assert.deepEqual(stateOf(), before);
  });

  it('does not let loose one who was awake for 3 rounds of luck among 500', () => {
    const rounds = [...repeat(500, [0.1, -0.1, Number.NaN]), ...repeat(3, [0, 0, 1])];
    const [steady, , lucky] = weightsAfter(rounds);
    assert.ok(lucky! < steady!, `${lucky} against ${steady}`);
  });

  it('turns within 150 rounds behind a change when rounds fade with a half-life of 100, not without', () => {
    const change = [...repeat(2000, [0.3, -0.3]), ...repeat(150, [-0.3, 0.3])];
    assert.ok(weightsAfter(change, 0.5 ** (1 / 100))[1]! > 0.5);
    assert.ok(weightsAfter(change)[1]! < 0.5);
  });

  it('stays finite after a million scales of regret', () => {
    for (const w of weightsAfter(repeat(50, [1e6, -1e6]))) assert.ok(w >= 0 && w <= 1);
  });
});

/** A new one of one block. @param power - of the load, that experts are averaged on */
function mixtureOf(experts: number, power = 0): Mixture {
  return startMixture(1, experts, openStateStore(), () => power);
}

/** Scale 1, nothing forgotten. */
function round(medians: Float32Array, z: number): Round {
  return { medians, at: 0, scale: 1, z, keep: 1, ordinary: Number.NaN };
}

describe('mixture', () => {
  const NONE = Number.NaN;

  function losses(experts: readonly ((t: number) => number)[], truth: (t: number) => number, steps: number): number[] {
    const mixture = mixtureOf(experts.length);
    const medians = new Float32Array(experts.length);
    const out = new Float64Array(LEVELS);
    const sums = repeat(experts.length + 1, 0);
    for (let t = 0; t < steps; t++) {
      for (const [k, expert] of experts.entries()) medians[k] = expert(t);
      mixture.mix(0, medians, 0, 1, out);
      const z = truth(t);
      if (t > steps / 2) {
        sums[0]! += pinball(0.5, z, out[MEDIAN]!);
        for (const [k] of experts.entries()) sums[k + 1]! += pinball(0.5, z, medians[k]!);
      }
      mixture.learn(0, round(medians, z));
    }
    return sums;
  }

  it('loses at most 2 % against the best of three experts on 6,000 rounds', () => {
    const [gauss, truth] = [normal(1), (t: number) => Math.sin(t / 50)];
    const noises = [0.1, 0.6, 1.5].map((scale, k) => {
      const own = normal(k + 2);
      return (t: number) => truth(t) + scale * own();
    });
    const [mixed, ...single] = losses(noises, (t) => truth(t) + 0.5 * gauss(), 6000);
    assert.ok(mixed! < 1.02 * Math.min(...single), `${mixed} against ${single}`);
  });

  it('beats the better of two whose errors have nothing in common by 15 % at least', () => {
    const pair = [1, 1].map((scale, k) => {
      const own = normal(k + 2);
      return () => scale * own();
    });
    const [mixed, ...single] = losses(pair, () => 0, 6000);
    assert.ok(mixed! < 0.85 * Math.min(...single), `${mixed} against ${single}`);
  });

  it('takes the bias of an expert out: one that is 3 scales too high has its 0.9 quantile at that of the truth', () => {
    const mixture = mixtureOf(1);
    const gauss = normal(5);
    const medians = Float32Array.of(3);
    for (let t = 0; t < 6000; t++) mixture.learn(0, round(medians, gauss()));
    const out = new Float64Array(LEVELS);
    mixture.mix(0, medians, 0, 1, out);
    assert.ok(Math.abs(out[MIXED.indexOf(0.9)]! - 1.28) < 0.35, `${out}`);
    assert.ok(Math.abs(out[MEDIAN]!) < 0.3, `${out}`);
  });

  it('takes off a bias of 1 where the scale is ten times the usual one as well, not 10', () => {
    const mixture = mixtureOf(1);
    const gauss = normal(6);
    const medians = Float32Array.of(1);
    for (let t = 0; t < 6000; t++) {
      mixture.learn(0, { ...round(medians, 0.3 * gauss()), scale: t % 100 === 50 ? 10 : 1 });
    }
    const out = new Float64Array(LEVELS);
    mixture.mix(0, medians, 0, 10, out);
    assert.ok(Math.abs(out[MEDIAN]!) < 0.3, `${out}`);
  });

  it('leans on who is right in bursts of twenty times the load, where every other hour another is a little better', () => {
    const weightInBursts = (power: number) => {
      const mixture = mixtureOf(2, power);
      for (let t = 0; t < 4000; t++) {
        const z = t % 20 === 0 ? 3 : 0;
        // The first knows bursts, and errs by a tenth otherwise; the second knows nothing but quiet.
        mixture.learn(0, {
          ...round(Float32Array.of(z === 0 ? 0.2 * (t % 3) - 0.2 : 3, z === 0 ? 0 : 1.5), z),
          ordinary: 0,
        });
      }
      return mixture.weights(0, MEDIAN, () => true)[0]!;
    };
    const [byRoot, alike] = [weightInBursts(0.5), weightInBursts(0)];
    assert.ok(byRoot > 0.7 && alike < 0.5, `${byRoot} by the root of the load, ${alike} by its logarithm`);
  });

  it('averages on the square root of the load: between a hundred times and nothing new lies thirty times, not ten', () => {
    const middle = (power: number) => {
      const out = new Float64Array(LEVELS);
      mixtureOf(2, power).mix(0, Float32Array.of(Math.log(100), 0), 0, 1, out);
      return Math.exp(out[MEDIAN]!);
    };
    assert.ok(Math.abs(middle(0.5) - 30.25) < 1e-3, `${middle(0.5)}`);
    assert.ok(Math.abs(middle(0) - 10) < 1e-3, `${middle(0)}`);
  });

  it('leans on who is wrong by 10 scales in a rare burst, not on who is wrong by 100 and a little better in all other hours', () => {
    const mixture = mixtureOf(2);
    for (let t = 0; t < 3000; t++) {
      const z = t % 250 === 0 ? 100 : 0;
      mixture.learn(0, round(Float32Array.of(z === 0 ? 0.3 * (t % 3) - 0.3 : 90, 0), z));
    }
    const [first] = mixture.weights(0, MEDIAN, () => true);
    assert.ok(first! > 0.9, `${first}`);
  });

  it('weighs an error by the usual scale: where everything is ten times as wide it counts ten times', () => {
    const mixture = mixtureOf(2);
    for (let t = 0; t < 4000; t++) {
      // In one hour of four the scale is 10 and the first errs by half of it; in the others it is the better one by 0.4.
      const isWide = t % 4 === 0;
      const sign = t % 8 < 4 ? 1 : -1;
      const medians = isWide ? Float32Array.of(5 * sign, sign) : Float32Array.of(0, 0.4 * sign);
      mixture.learn(0, { ...round(medians, 0), scale: isWide ? 10 : 1 });
    }
    const [first] = mixture.weights(0, MEDIAN, () => true);
    assert.ok(first! < 0.4, `${first}`);
  });

  it('answers with those awake, and with nothing when all sleep', () => {
    const mixture = mixtureOf(2);
    const out = new Float64Array(LEVELS);
    mixture.mix(0, Float32Array.of(7, NONE), 0, 1, out);
    assert.ok(Math.abs(out[MEDIAN]! - 7) < 1e-9);
    mixture.mix(0, Float32Array.of(NONE, NONE), 0, 1, out);
    assert.ok(out.every(Number.isNaN));
    assert.deepEqual(Array.from(mixture.weights(0, MEDIAN, (k) => k === 1)), [0, 1]);
  });
});

describe('regroup', () => {
  const K = ['a', 'b', 'c'];
  function state(): ReturnType<ReturnType<typeof openStateStore>['save']> {
    const store = openStateStore();
    const mixture = startMixture(2, 3, store, () => 0);
    store.singles('waiting.values', 2 * (CELL.medians + 3), (i) => i);
    for (let t = 0; t < 300; t++) mixture.learn(t % 2, round(Float32Array.of(0, 1, 2), 0.1));
    return store.save();
  }

  it('is the same for the same experts, and back again after a swap of two', () => {
    const saved = state();
    assert.equal(regroup(saved, K, K), saved);
    const back = regroup(regroup(saved, K, ['c', 'a', 'b']), ['c', 'a', 'b'], K);
    assert.deepEqual(back, saved);
  });

  it('gives a newcomer the mean gain of the others and the prior quantiles, and takes nothing from them', () => {
    const saved = state();
    const grown = regroup(saved, K, [...K, 'new']);
    const gain = grown['boa.gain'] as Float32Array;
    const before = saved['boa.gain'] as Float32Array;
    assert.ok(Math.abs(gain[3]! - (before[0]! + before[1]! + before[2]!) / 3) < 1e-5);
    assert.equal(gain[4], before[3]);
    assert.ok(Math.abs((grown['mixture.quantiles'] as Float32Array)[3]! - PRIOR_SCORES[0]!) < 1e-6);
    assert.deepEqual(regroup(grown, [...K, 'new'], K), saved);
  });
});

describe('placeMixed', () => {
  it('puts 0.9 on its own level, 0.925 between 0.9 and 0.95, and 0.999 in the tail', () => {
    assert.deepEqual(placeMixed(0.9), { index: 4, share: 1, level: 0.9 });
    const between = placeMixed(0.925);
    assert.ok(between.index === 5 && between.share > 0.4 && between.share < 0.6);
    assert.equal(placeMixed(0.999).index, LEVELS - 1);
    assert.equal(placeMixed(0.001).index, -1);
    assert.throws(() => placeMixed(1), /quantile level 1/);
  });
});
