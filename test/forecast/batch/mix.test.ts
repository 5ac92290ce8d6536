import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Said } from '../../../src/forecast/batch/member.ts';
import { mix } from '../../../src/forecast/batch/mix.ts';
import { chooseOrigins } from '../../../src/forecast/batch/origins.ts';
import { pooledQuantiles } from '../../../src/forecast/batch/pool-quantiles.ts';
import { type Errors, scalesOf } from '../../../src/forecast/batch/spread.ts';
import { studentQuantile } from '../../../src/forecast/levels.ts';
import { normal } from '../made-series.ts';

const HORIZON = 4;
const values = Float64Array.from({ length: 60 }, (_, t) => 100 + 10 * (t % 4));
const past = { values };
const origins = chooseOrigins(60, { horizon: HORIZON, seasons: [4] });

/** A member that is off by a share of the true value, everywhere. */
function off(name: string, share: number, final = 101): Said {
  const judged = new Float64Array(origins.backs.length * HORIZON);
  for (const [o, back] of origins.backs.entries()) {
    for (let h = 0; h < HORIZON; h++) judged[o * HORIZON + h] = values[60 - back + h]! * (1 + share);
  }
  return { name, final: new Float64Array(HORIZON).fill(final), judged };
}

describe('mix', () => {
  it('gives a member with twice the error a weight of 3 %', () => {
    const mixed = mix(past, [off('good', 0.01), off('bad', 0.0202)], origins)!;
    assert.ok(Math.abs(mixed.weights[1]! - 1 / 33) < 0.002, `${mixed.weights}`);
  });

  it('stands half way between weighted mean and weighted median: 3 equal members at 100, 101 and 103.5 give 101.25', () => {
    const said = [off('a', 0.01, 100), off('b', 0.01, 101), off('c', 0.01, 103.5)];
    const { point } = mix(past, said, origins)!;
    for (const value of point) assert.ok(Math.abs(value - (101.5 + 101) / 2) < 1e-9, `${point}`);
  });

  it('leaves out a member that was not judged, and one that is not finite', () => {
    const unjudged = { ...off('unjudged', 0), judged: off('', 0).judged.fill(Number.NaN) };
    const infinite = off('infinite', 0, Number.POSITIVE_INFINITY);
    const { weights, point } = mix(past, [unjudged, off('good', 0.1), infinite], origins)!;
    assert.deepEqual(Array.from(weights), [0, 1, 0]);
    assert.deepEqual(Array.from(point), [101, 101, 101, 101]);
  });

  it('takes a member that could not be judged when there is no other', () => {
    const unjudged = { ...off('unjudged', 0, 103), judged: off('', 0).judged.fill(Number.NaN) };
    assert.deepEqual(Array.from(mix(past, [unjudged], origins)!.point), [103, 103, 103, 103]);
  });

  it('has no answer when no member has one', () => {
    const silent = { ...off('', 0), final: new Float64Array(HORIZON).fill(Number.NaN) };
    assert.equal(mix(past, [silent], origins), undefined);
  });

  it('holds every forecast to the range seen by then, widened by half', () => {
    assert.deepEqual(Array.from(mix(past, [off('wild', 0.01, 1e9)], origins)!.point), [145, 145, 145, 145]);
  });

  it('sees relative errors of a load above zero: a miss of 1 at 100 weighs as one of 0.01 at 1', () => {
    const two = { values: Float64Array.from({ length: 60 }, (_, t) => (t % 2 === 0 ? 100 : 1)) };
    const miss = (atDay: number, atNight: number): Said => ({
      ...off('', 0),
      judged: off('', 0).judged.map((_, k) => {
        const t = 60 - origins.backs[Math.floor(k / HORIZON)]! + (k % HORIZON);
        return two.values[t]! + (t % 2 === 0 ? atDay : atNight);
      }),
    });
    const { weights } = mix(two, [miss(1, 0), miss(0, 0.01), miss(0, 0.03)], origins)!;
    assert.ok(Math.abs(weights[0]! / weights[1]! - 1) < 0.05, `${weights}`);
    assert.ok(weights[2]! < 0.01 * weights[1]!, `${weights}`);
  });

  describe('where a series repeats itself at another distance than before', () => {
    /** Two weeks of 24 hours a day, then days of 23. */
    const hours = (short: number) => {
      const lengths = Array.from({ length: 14 + short }, (_, day) => (day < 14 ? 24 : 23));
      return Float64Array.from(lengths.flatMap((n) => Array.from({ length: n }, (_, hour) => 50 + hour * hour)));
    };
    const say = (past: Float64Array, name: string, right: (back: number) => boolean, final: number): Said => {
      const { backs } = chooseOrigins(past.length, { horizon: 24, seasons: [24] });
      const rows = backs.map((back) =>
        past.slice(past.length - back, past.length - back + 24).map((y) => (right(back) ? y : 2 * y)),
      );
      return {
        name,
        final: new Float64Array(24).fill(final),
        judged: Float64Array.from(rows.flatMap((row) => [...row])),
      };
    };

    it('lets only the member that does so speak while no origin has seen it', () => {
      const past = hours(3);
      const judged = chooseOrigins(past.length, { horizon: 24, seasons: [24] });
      const said = [say(past, 'used', () => true, 100), say(past, 'season', () => false, 200)];
      assert.deepEqual(Array.from(mix({ values: past }, said, judged, 24)!.weights), [0, 1]);
      assert.ok(mix({ values: past }, said, judged)!.weights[0]! > 0.9);
    });

    it('judges all members by the origins that have seen it, as soon as there are some', () => {
      const past = hours(4);
      const judged = chooseOrigins(past.length, { horizon: 24, seasons: [24] });
      const said = [say(past, 'late', (back) => back > 40, 100), say(past, 'quick', (back) => back <= 40, 200)];
      const { weights } = mix({ values: past }, said, judged, 24)!;
      assert.ok(weights[1]! > 0.99, `${weights}`);
      assert.ok(mix({ values: past }, said, judged)!.weights[1]! < 0.5);
    });

    it('counts no errors from before it did so', () => {
      const past = hours(4);
      const judged = chooseOrigins(past.length, { horizon: 24, seasons: [24] });
      const { errors } = mix({ values: past }, [say(past, 'good', () => true, 100)], judged, 24)!;
      const counted = judged.backs.map((_, o) => errors.subarray(24 * o, 24 * (o + 1)).every(Number.isFinite));
      assert.deepEqual(
        counted,
        judged.backs.map((back) => back <= 40),
      );
    });

    it('takes what there is where no member repeats it', () => {
      const past = hours(3);
      const judged = chooseOrigins(past.length, { horizon: 24, seasons: [24] });
      assert.deepEqual(
        Array.from(mix({ values: past }, [say(past, 'used', () => true, 100)], judged, 24)!.weights),
        [1],
      );
    });
  });

  it('counts what was missing neither for nor against anybody', () => {
    const filled = new Uint8Array(60).fill(1, 55);
    const wrong = off('late', 0.01);
    for (let h = 3; h < HORIZON; h++) wrong.judged[wrong.judged.length - HORIZON + h] = 1e6;
    const { errors, weights } = mix({ values, filled }, [off('good', 0.01), wrong], origins)!;
    assert.ok(Math.abs(weights[0]! - weights[1]!) < 0.2, `${weights}`);
    assert.ok(errors.subarray(-HORIZON).some(Number.isNaN));
  });

  it('errs at an origin by the weights of the other origins, so that luck at one does not flatter it', () => {
    const lucky = off('lucky', 0.2);
    for (let h = 0; h < HORIZON; h++) lucky.judged[h] = values[60 - origins.backs[0]! + h]!;
    const { errors } = mix(past, [off('good', 0.01), lucky], origins)!;
    for (let h = 0; h < HORIZON; h++) assert.ok(Math.abs(errors[h]!) > 0.5, `${errors.subarray(0, HORIZON)}`);
  });
});

describe('scalesOf and pooledQuantiles', () => {
  const frame = { horizon: 8, seasons: [4] };

  /** Errors with deviation `spread(series, slot, h)` around a flat series. */
  function drawn(count: number, spread: (i: number, slot: number, h: number) => number): Errors[] {
    const gauss = normal(5);
    const chosen = chooseOrigins(240, frame);
    return Array.from({ length: count }, (_, i) => {
      const draw = (backs: readonly number[]) =>
        Float64Array.from({ length: backs.length * 8 }, (_, k) => {
          const h = k % 8;
          const slot = (((h - backs[Math.floor(k / 8)]!) % 4) + 4) % 4;
          return gauss() * spread(i, slot, h);
        });
      const backs = Array.from({ length: 15 }, (_, o) => 8 + 4 * o);
      const longRun = { backs, errors: draw(backs) };
      return { past: { values: new Float64Array(240).fill(50) }, origins: chosen, errors: draw(chosen.backs), longRun };
    });
  }

  it('find a series that is 10 times as noisy, within 40 %', () => {
    const scales = scalesOf(
      drawn(40, (i) => (i === 0 ? 10 : 1)),
      frame,
    );
    const ratio = scales[0]![0]! / (scales.slice(1).reduce((sum, s) => sum + s[0]!, 0) / 39);
    assert.ok(ratio > 6 && ratio < 14, `${ratio}`);
  });

  it('take one catastrophe in nine origins for an accident: 20 times the error there is 1.3 to 2.3 times the width', () => {
    const all = drawn(40, () => 1);
    const errors = all[0]!.errors.map((e, k) => (Math.floor(k / 8) === 4 ? 20 * e : e));
    const width = (one: Errors) => scalesOf([one, ...all.slice(1)], frame)[0]!.reduce((sum, s) => sum + s, 0);
    const ratio = width({ ...all[0]!, errors }) / width(all[0]!);
    assert.ok(ratio > 1.3 && ratio < 2.3, `${ratio}`);
  });

  it('find the hour that is hard and the steps that are far: both wider, neither more than it is', () => {
    const scales = scalesOf(
      drawn(60, (_, slot, h) => (slot === 2 ? 3 : 1) * Math.sqrt(1 + h)),
      frame,
    );
    const mean = Float64Array.from({ length: 8 }, (_, h) => scales.reduce((sum, s) => sum + s[h]!, 0) / 60);
    assert.ok(mean[2]! / mean[1]! > 1.5 && mean[2]! / mean[1]! < 4, `${mean}`);
    assert.ok(mean[7]! / mean[3]! > 1.1 && mean[7]! / mean[3]! < 1.6, `${mean}`);
  });

  it('cover 95 % of 3,000 fresh errors within 3 points, after allowing for what choosing flatters', () => {
    const all = drawn(100, (i) => 1 + (i % 5));
    const scales = scalesOf(all, frame);
    const quantile = pooledQuantiles(all, scales);
    const fresh = drawn(100, (i) => 1 + (i % 5));
    const allowance = 1 + 0.6 / Math.sqrt(9);
    const [low, high] = [quantile(0.025) / allowance, quantile(0.975) / allowance];
    let inside = 0;
    for (const [i, { longRun }] of fresh.entries()) {
      for (let k = 0; k < 30; k++) {
        const relative = -longRun.errors[k + 1]! / scales[i]![(k + 1) % 8]!;
        if (relative >= low && relative <= high) inside += 1 / 3000;
      }
    }
    assert.ok(Math.abs(inside - 0.95) < 0.03, `${inside}`);
  });

  it('are ascending in the level with the median at 0, far in the tails too', () => {
    const quantile = pooledQuantiles(
      drawn(30, () => 1),
      scalesOf(
        drawn(30, () => 1),
        frame,
      ),
    );
    const levels = [1e-6, 1e-3, 0.01, 0.039, 0.041, 0.1, 0.4, 0.5, 0.6, 0.9, 0.959, 0.961, 0.99, 0.999, 1 - 1e-6];
    const reaches = levels.map(quantile);
    for (let i = 1; i < reaches.length; i++) assert.ok(reaches[i]! > reaches[i - 1]!, `${reaches}`);
    assert.equal(quantile(0.5), 0);
  });

  it('stand on a Student t where nothing was judged', () => {
    const nothing = { backs: [], errors: new Float64Array() };
    const none: Errors = {
      past: { values: Float64Array.of(3, 5) },
      origins: { judged: 0, stages: [], backs: [] },
      errors: new Float64Array(),
      longRun: nothing,
    };
    const scales = scalesOf([none], { horizon: 4, seasons: [] });
    assert.deepEqual(
      Array.from(scales[0]!, (s) => s / 2),
      [1, Math.SQRT2, Math.sqrt(3), 2],
    );
    assert.equal(pooledQuantiles([none], scales)(0.9), (1 + 0.6 / Math.sqrt(5)) * studentQuantile(0.9));
  });
});
