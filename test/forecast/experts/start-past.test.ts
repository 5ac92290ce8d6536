import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Mark, WallClock } from '../../../src/domain/forecast.ts';
import { type PastKeeper, type PastSettings, startPast } from '../../../src/forecast/experts/start-past.ts';
import { HOUR_MS, MINUTE_MS } from '../made-series.ts';

const DAY = 1440;
const minutes = (firstStep = 0): PastSettings => ({ stepMs: MINUTE_MS, seasons: [DAY, 7 * DAY], firstStep });

/** Pushes `z(step)` for the steps [past.newest + 1, until). */
function pushUntil(past: PastKeeper, until: number, z: (step: number) => number, mark: Mark = 'ok'): PastKeeper {
  for (let step = past.newest + 1; step < until; step++) past.push(z(step), mark, 0);
  return past;
}

describe('startPast', () => {
  it('gives back single minutes of the last 26 hours to 0.05 % of their distance from the first', () => {
    const wave = (step: number) => 5 + Math.sin(step);
    const past = pushUntil(startPast(minutes()), 3 * DAY, wave);
    for (let step = past.newest - 26 * 60; step <= past.newest; step++) {
      assert.ok(Math.abs(past.at(step) - wave(step)) < 1e-3, `step ${step}: ${past.at(step)}`);
    }
    assert.equal(past.newest, 3 * DAY - 1);
    assert.equal(past.count, 3 * DAY);
  });

  it('gives the mean of five minutes for older steps, two weeks back, and NaN before that and in the future', () => {
    const past = pushUntil(startPast(minutes()), 20 * DAY, (step) => step / 1000);
    const old = past.newest - 14 * DAY;
    const slot = Math.floor(old / 5) * 5;
    assert.ok(Math.abs(past.at(old) - (slot + 2) / 1000) < 0.02, `${past.at(old)}`);
    assert.ok(Number.isNaN(past.at(past.newest - 15 * DAY)));
    assert.ok(Number.isNaN(past.at(past.newest + 1)));
    assert.ok(Number.isNaN(past.filled(past.newest + 1)));
    assert.equal(past.markOf(past.newest + 1), undefined);
  });

  it('keeps a missing sample apart from its stand-in', () => {
    const past = startPast(minutes(100));
    past.push(3, 'ok', 9);
    past.push(Number.NaN, 'ok', 4);
    past.push(Number.NaN, 'ok', Number.NaN);
    past.push(Number.POSITIVE_INFINITY, 'ok', 5);
    assert.deepEqual([past.at(100), past.at(101), past.at(102), past.at(103)], [3, Number.NaN, Number.NaN, Number.NaN]);
    assert.deepEqual([past.filled(100), past.filled(101), past.filled(102), past.filled(103)], [3, 4, 4, 5]);
    assert.equal(past.markOf(101), undefined);
    assert.equal(past.count, 1);
  });

  it('leaves missing minutes out of the mean of a slot, and keeps its worst mark', () => {
    const past = startPast(minutes(0));
    const samples: readonly (readonly [number, Mark])[] = [
      [1, 'ok'],
      [Number.NaN, 'ok'],
      [3, 'censored'],
      [Number.NaN, 'ok'],
      [2, 'excluded'],
    ];
    for (const [z, mark] of samples) past.push(z, mark, 50);
    for (let step = 5; step < 10; step++) past.push(Number.NaN, 'ok', 7);
    pushUntil(past, 3 * DAY, () => 1);
    assert.equal(past.at(0), 2);
    assert.equal(past.markOf(4), 'excluded');
    assert.ok(Number.isNaN(past.at(7)));
    assert.equal(past.filled(7), 7);
    assert.equal(past.markOf(7), undefined);
  });

  it('shows to shapes neither stand-ins nor excluded samples', () => {
    const past = startPast(minutes(0));
    for (const mark of ['ok', 'censored', 'excluded'] as const) past.push(1, mark, 0);
    past.push(Number.NaN, 'ok', 9);
    assert.deepEqual([0, 1, 2, 3, 4].map(past.ordinary), [1, 1, Number.NaN, Number.NaN, Number.NaN]);
    pushUntil(past, 3 * DAY, () => 1);
    assert.ok(Number.isNaN(past.ordinary(1)), 'the slot holds an excluded sample');
    assert.equal(past.ordinary(7), 1);
  });

  it('answers NaN, never an infinity, before the first true sample', () => {
    const past = startPast(minutes());
    for (let i = 0; i < 10; i++) past.push(Number.NaN, 'ok', Number.NaN);
    assert.equal(past.count, 0);
    assert.ok(Number.isNaN(past.filled(3)));
  });

  it('stays finite through a spike of 10⁶ times on a linear scale', () => {
    const past = pushUntil(startPast(minutes()), 3 * DAY, (step) => (step % 1000 === 7 ? 1e6 : 1));
    for (let step = past.newest - 2 * DAY; step <= past.newest; step++) assert.ok(Number.isFinite(past.at(step)));
  });

  it('needs at most 14 KB at one minute, 24 KB at 15 s and 4 KB at one hour', () => {
    const size = (stepMs: number, season: number) =>
      startPast({ stepMs, seasons: [season, 7 * season], firstStep: 0 }).memory.reduce(
        (n, { byteLength }) => n + byteLength,
        0,
      );
    assert.ok(size(MINUTE_MS, DAY) <= 14_000, `${size(MINUTE_MS, DAY)} bytes`);
    assert.ok(size(15_000, 4 * DAY) <= 24_000, `${size(15_000, 4 * DAY)} bytes`);
    assert.ok(size(HOUR_MS, 24) <= 4000, `${size(HOUR_MS, 24)} bytes`);
  });

  for (const [name, stepMs, season] of [
    ['15 s', 15_000, 5760],
    ['1 min', MINUTE_MS, DAY],
    ['2 min', 2 * MINUTE_MS, 720],
    ['5 min', 5 * MINUTE_MS, 288],
    ['1 h', HOUR_MS, 24],
  ] as const) {
    it(`still knows yesterday and last week on steps of ${name}`, () => {
      const settings = { stepMs, seasons: [season, 7 * season], firstStep: 0 };
      const past = pushUntil(startPast(settings), 15 * season, (step) => (step < 9 * season ? 1 : 2));
      assert.equal(past.at(past.newest - season), 2);
      assert.equal(past.at(past.newest - 7 * season), 1);
      assert.equal(past.at(past.newest - 14 * season), 1);
    });
  }

  it('still knows the four weeks before on steps of an hour', () => {
    const past = pushUntil(startPast({ stepMs: HOUR_MS, seasons: [24, 168], firstStep: 0 }), 40 * 24, (step) => step);
    assert.equal(past.at(past.newest - 4 * 168), past.newest - 4 * 168);
    assert.ok(Number.isNaN(past.at(past.newest - 5 * 168)));
  });

  it('goes on exactly from what it saved, whatever came before', () => {
    const samples = fc.array(fc.oneof(fc.double({ min: -10, max: 10, noNaN: true }), fc.constant(Number.NaN)), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(samples, samples, (before, after) => {
        const settings = { stepMs: 2 * MINUTE_MS, seasons: [6], firstStep: 17 };
        const one = startPast(settings);
        for (const z of before) one.push(z, 'ok', 1);
        const two = startPast(settings, one.save());
        for (const past of [one, two]) for (const z of after) past.push(z, 'censored', 2);
        assert.deepEqual(two.save(), one.save());
        assert.equal(two.newest, one.newest);
        for (let step = 16; step <= one.newest; step++) assert.equal(two.at(step), one.at(step));
      }),
    );
  });

  it('refuses samples saved under other settings', () => {
    const saved = startPast(minutes()).save();
    assert.throws(
      () => startPast({ ...minutes(), stepMs: HOUR_MS }, saved),
      /saved samples fine: expected \d+, got \d+/,
    );
  });
});

describe('the wall clock of the past', () => {
  // Clocks go forward one hour at step 100·24 (hours), back at 200·24.
  const clock: WallClock = {
    zone: 'Made/Up',
    transitions: [
      { fromMs: 0, offsetMs: HOUR_MS },
      { fromMs: 2400 * HOUR_MS, offsetMs: 2 * HOUR_MS },
      { fromMs: 4800 * HOUR_MS, offsetMs: HOUR_MS },
    ],
  };
  const past = startPast({ stepMs: HOUR_MS, seasons: [24, 168], firstStep: 0, clock });

  it('looks one hour later for yesterday after the clock went forward, one earlier after it went back', () => {
    assert.equal(past.before(2390, 24), 2366);
    assert.equal(past.before(2410, 24), 2387);
    assert.equal(past.before(2430, 24), 2406);
    assert.equal(past.before(4810, 24), 4785);
    assert.equal(past.before(2410, 168), 2243);
  });

  it('finds the same place of the day in a step and the one before it, except in the hour that is missing or twice', () => {
    let differing = 0;
    for (let step = 300; step < 6000; step++) {
      differing += past.slot(step, 24) === past.slot(past.before(step, 24), 24) ? 0 : 1;
      assert.ok(past.before(step, 24) < step);
    }
    assert.ok(differing <= 2, `${differing} steps`);
  });

  it('counts slots on as it finds them one by one, over both changes of the clock and any season', () => {
    const utc = startPast({ stepMs: HOUR_MS, seasons: [24], firstStep: 0 });
    for (const [from, season] of [
      [2300, 24],
      [4700, 168],
      [2300, 5],
      [-30, 24],
      [7, 1],
    ] as const) {
      const slots = new Int32Array(3000);
      for (const reader of [past, utc]) {
        reader.slotsFrom(from, season, slots);
        for (const [k, slot] of slots.entries()) assert.ok(slot === reader.slot(from + k, season), `${from + k}`);
      }
    }
  });

  it('leaves seasons that are no whole days to the machine', () => {
    assert.equal(past.before(2410, 5), 2405);
    assert.equal(past.slot(2410, 5), 0);
  });

  it('reads UTC without a clock', () => {
    const utc = startPast({ stepMs: HOUR_MS, seasons: [24], firstStep: 0 });
    assert.equal(utc.slot(-1, 24), 23);
    assert.equal(utc.before(2410, 24), 2386);
  });
});
