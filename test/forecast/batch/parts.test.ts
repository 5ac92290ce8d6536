import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bound, boundsOf } from '../../../src/forecast/batch/bounds.ts';
import {
  dayDifferenceLags,
  levelLags,
  remainderLags,
  stepDifferenceLags,
  weekDifferenceLags,
} from '../../../src/forecast/batch/lags.ts';
import { chooseOrigins } from '../../../src/forecast/batch/origins.ts';
import { MOST_POINTS, prepare } from '../../../src/forecast/batch/prepare.ts';
import { collectWindows } from '../../../src/forecast/batch/windows.ts';

describe('lags', () => {
  const hourly = { horizon: 48, seasons: [24, 168] };
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  it('are for a day of 24 and a week of 168 the sets that were chosen on hourly series', () => {
    const weekly = [167, 168, 169];
    assert.deepEqual(levelLags(hourly), [
      ...upTo(6),
      ...[22, 23, 24, 25, 26, 47, 48, 49, 72, 96, 120, 144],
      ...weekly,
      192,
      336,
    ]);
    assert.deepEqual(dayDifferenceLags(hourly), [1, 2, 3, 23, 24, 25, 48, 72, 120, 144, ...weekly]);
    assert.deepEqual(weekDifferenceLags(hourly), [1, 2, 3, 4, 23, 24, 25, 48, 72, 168]);
    assert.deepEqual(stepDifferenceLags(hourly), [...upTo(25), 47, 48, 49, 72, 96, 120, 144, ...weekly, 192]);
    assert.deepEqual(remainderLags(hourly), [1, 2, 3, 24, 25, 48, 168]);
  });

  it('are ascending, different and at least 1, and never more than 120, for any seasons', () => {
    const season = fc.integer({ min: 2, max: 5000 });
    const property = fc.property(fc.uniqueArray(season, { maxLength: 3 }), (some) => {
      const frame = { horizon: 1, seasons: some.toSorted((a, b) => a - b) };
      for (const lags of [levelLags, dayDifferenceLags, weekDifferenceLags, stepDifferenceLags, remainderLags]) {
        const set = lags(frame);
        assert.ok(set.length > 0 && set.length <= 120 && set[0]! >= 1);
        for (let i = 1; i < set.length; i++) assert.ok(set[i]! > set[i - 1]!);
      }
    });
    fc.assert(property, { numRuns: 200, seed: 1 });
  });
});

describe('prepare', () => {
  const NONE = Number.NaN;

  it('fills a hole with the value one season before it, never with a later one', () => {
    const { past, age } = prepare(Float64Array.of(1, 2, 3, NONE, 5, NONE), [2]);
    assert.deepEqual(Array.from(past.values), [1, 2, 3, 2, 5, 2]);
    assert.deepEqual(Array.from(past.filled!), [0, 0, 0, 1, 0, 1]);
    assert.equal(age, 1);
  });

  it('fills with the last value where there is no season yet, and starts at the first value', () => {
    const { past, left } = prepare(Float64Array.of(NONE, NONE, 7, NONE, 9), [24]);
    assert.deepEqual(Array.from(past.values), [7, 7, 9]);
    assert.equal(left, 0);
  });

  it('keeps the newest 20,160 of ten million points and says how many it left', () => {
    const { past, left } = prepare(
      Float64Array.from({ length: 1e7 }, (_, t) => t),
      [24],
    );
    assert.equal(past.values.length, MOST_POINTS);
    assert.equal(past.values.at(-1), 1e7 - 1);
    assert.equal(left, 1e7 - MOST_POINTS);
    assert.equal(past.filled, undefined);
  });

  it('goes on from the last known value when all of the newest part is missing', () => {
    const values = new Float64Array(MOST_POINTS + 5).fill(NONE);
    values[2] = 4;
    assert.deepEqual(prepare(values, [24]), {
      past: { values: Float64Array.of(4) },
      age: MOST_POINTS,
      left: 5,
      wild: 0,
    });
  });

  it('takes a spike of a million times as missing, but no surge of ten times, and nothing beside a constant', () => {
    const load = Float64Array.from({ length: 500 }, (_, t) => 100 + (t % 24));
    const spiked = load.with(300, 1e8).with(301, -1e8);
    const { past, wild } = prepare(spiked, [24]);
    assert.equal(wild, 2);
    assert.deepEqual([past.values[300], past.filled![300]], [load[276], 1]);
    assert.equal(prepare(load.with(300, 500), [24]).wild, 0);
    assert.equal(prepare(new Float64Array(500).fill(7).with(300, 1e8), [24]).wild, 0);
  });

  it('throws for a series without any value: the reader refuses those', () => {
    assert.throws(() => prepare(Float64Array.of(NONE), []), /without any value/);
  });
});

describe('chooseOrigins', () => {
  it('judges for 48 steps of 700 from 144, 120, 96, 72 and 48 before the end, and from 240 to 168 by members of that time', () => {
    const newest = [144, 120, 96, 72, 48];
    assert.deepEqual(chooseOrigins(700, { horizon: 48, seasons: [24, 168] }), {
      judged: 48,
      stages: [
        { held: 240, backs: [240, 216, 192, 168] },
        { held: 144, backs: newest },
      ],
      backs: [240, 216, 192, 168, ...newest],
    });
  });

  it('has no older origins where they leave less than two weeks to learn from', () => {
    const lengths = [480, 503, 504, 576];
    const older = lengths.map((n) => chooseOrigins(n, { horizon: 48, seasons: [24, 168] }).backs.length - 5);
    assert.deepEqual(older, [0, 0, 1, 3]);
  });

  it('holds back three short seasons for a short horizon: 72 points for one step', () => {
    const { judged, stages } = chooseOrigins(700, { horizon: 1, seasons: [24] });
    assert.equal(judged, 1);
    assert.deepEqual(stages.at(-1), { held: 72, backs: [72, 54, 36, 19, 1] });
    assert.deepEqual(stages[0]!.backs, [143, 125, 108, 90]);
  });

  it('holds back one of three points, and none of two', () => {
    const one = { held: 1, backs: [1] };
    assert.deepEqual(chooseOrigins(3, { horizon: 10, seasons: [] }), { judged: 1, stages: [one], backs: [1] });
    assert.deepEqual(chooseOrigins(2, { horizon: 10, seasons: [] }), { judged: 0, stages: [], backs: [] });
  });

  it('never looks beyond the end, repeats no origin, and holds back a third or 40 % at most, for any length', () => {
    const lengths = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 500 }));
    const property = fc.property(lengths, fc.integer({ min: 2, max: 200 }), ([length, horizon], season) => {
      const { judged, stages, backs } = chooseOrigins(length, { horizon, seasons: [season] });
      assert.deepEqual(
        stages.flatMap((stage) => stage.backs),
        backs,
      );
      const held = stages.at(-1)?.held ?? 0;
      assert.ok(held <= length / 3 && (backs[0] ?? 0) <= 0.4 * length && judged <= horizon);
      assert.deepEqual(
        backs,
        [...new Set(backs)].sort((a, b) => b - a),
      );
      assert.ok(stages.every((stage) => stage.held === stage.backs[0]));
      if (backs.length > 0) assert.equal(stages.at(-1)!.backs.length > 1 ? backs.at(-1) : judged, judged);
    });
    fc.assert(property, { numRuns: 300, seed: 1 });
  });
});

describe('collectWindows', () => {
  const pasts = [{ values: new Float64Array(20) }, { values: new Float64Array(5) }, { values: new Float64Array(12) }];

  it('takes every second window of 8 from series of 20, 5 and 12 points', () => {
    const windows = collectWindows(pasts, { input: 6, output: 2 }, 2, 1000);
    assert.deepEqual(Array.from(windows.series), [0, 0, 0, 0, 0, 0, 0, 2, 2, 2]);
    assert.deepEqual(Array.from(windows.start), [0, 2, 4, 6, 8, 10, 12, 0, 2, 4]);
  });

  it('widens the stride when there are more than it may take: 6 of 18', () => {
    const windows = collectWindows(pasts, { input: 6, output: 2 }, 1, 6);
    assert.deepEqual(Array.from(windows.start), [0, 3, 6, 9, 12, 0, 3]);
  });

  it('takes only windows that end behind a step, and none that are mostly filled', () => {
    const filled = new Uint8Array(20).fill(1, 0, 9);
    const some = [{ values: new Float64Array(20), filled }];
    assert.deepEqual(Array.from(collectWindows(some, { input: 6, output: 2 }, 1, 99).start), [9, 10, 11, 12]);
    assert.deepEqual(Array.from(collectWindows(some, { input: 6, output: 2 }, 1, 99, () => 18).start), [11, 12]);
  });
});

describe('bounds', () => {
  it('are the range widened by half on either side, but not below zero for what never was', () => {
    assert.deepEqual(boundsOf(Float64Array.of(10, 30)), { low: 0, high: 40 });
    assert.deepEqual(boundsOf(Float64Array.of(-10, 30)), { low: -30, high: 50 });
  });

  it('keep what is finite inside and leave the rest as nothing', () => {
    const values = Float64Array.of(-5, 20, 99, Number.NaN, Number.POSITIVE_INFINITY);
    bound(values, { low: 0, high: 40 });
    assert.deepEqual(Array.from(values), [0, 20, 40, Number.NaN, Number.NaN]);
  });
});
