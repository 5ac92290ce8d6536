/** What an aggregate is made of besides: errors, horizons, the seasonal course, state. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startSeasonalBase } from '../../../src/forecast/aggregate/base.ts';
import { startErrors } from '../../../src/forecast/aggregate/features.ts';
import { planHorizons } from '../../../src/forecast/aggregate/horizon-plan.ts';
import { openStateStore } from '../../../src/forecast/aggregate/state-store.ts';
import { startWaiting } from '../../../src/forecast/aggregate/waiting.ts';
import { MINUTE_MS } from '../made-series.ts';

const plan = planHorizons(MINUTE_MS, 15);

describe('errors', () => {
  it('are in shock within 3 steps of errors of 11 scales, and out of it 10 steps behind the last', () => {
    const errors = startErrors(plan, openStateStore());
    for (let t = 0; t < 5000; t++) errors.note(0, 0, 1);
    assert.equal(errors.shock(), 0);
    for (let t = 0; t < 3; t++) errors.note(0, 0, 11);
    assert.ok(errors.shock() > 4, `${errors.shock()}`);
    for (let t = 0; t < 10; t++) errors.note(0, 0, 1);
    assert.equal(errors.shock(), 0);
  });

  it('take a load of waves for ordinary: with 15 steps of 5 scales every two hours the shock ends after two days', () => {
    const errors = startErrors(plan, openStateStore());
    let shocked = 0;
    for (let t = 0; t < 10 * 1440; t++) {
      errors.note(0, 0, t % 120 < 15 ? 5 : 0.5);
      if (t > 2 * 1440 && errors.shock() > 1) shocked += 1;
    }
    assert.ok(shocked < 0.02 * 8 * 1440, `${shocked}`);
  });
});

describe('planHorizons', () => {
  it('follows 15 minutes, an hour and a day exactly at steps of 1, 5 and 15 minutes', () => {
    for (const minutes of [1, 5, 15]) {
      const { horizons } = planHorizons(minutes * MINUTE_MS, 1);
      for (const ahead of [15, 60, 1440]) assert.ok(horizons.includes(ahead / minutes), `${minutes}: ${horizons}`);
    }
  });

  it('reaches as far as is asked for, 48 hours of hours, and begins at 1 with any step', () => {
    assert.equal(planHorizons(60 * MINUTE_MS, 48).horizons.at(-1), 48);
    for (const stepMs of [1000, 15_000, MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS, 7 * 24 * 60 * MINUTE_MS]) {
      const { horizons, blockOf, blocks } = planHorizons(stepMs, 1);
      assert.equal(horizons[0], 1);
      assert.ok(horizons.every((h, i) => i === 0 || h > horizons[i - 1]!));
      assert.equal(Math.max(...blockOf) + 1, blocks);
    }
    assert.throws(() => planHorizons(MINUTE_MS, 0), /horizon of 0 steps/);
  });

  it('keeps 12 origins or all for up to an hour and 3 beyond, and counts at most 4 of them as independent', () => {
    for (const minutes of [1, 5, 15]) {
      const { horizons, capacities, strides, turns, shares } = planHorizons(minutes * MINUTE_MS, 1);
      for (const [i, h] of horizons.entries()) {
        const most = h * minutes <= 60 ? 12 : 3;
        assert.ok(capacities[i]! <= most && capacities[i]! >= Math.min(h, most / 2), `${h} of ${minutes} min`);
        assert.equal(turns[i]! % strides[i]!, 0);
        assert.ok(h / turns[i]! <= 4, `${h}: ${turns[i]}`);
        assert.equal(shares[i]! * turns[i]!, strides[i]!);
      }
    }
  });

  it('a cell is found again when its outcome arrives, and never twice for one origin', () => {
    const waiting = startWaiting(plan, 1, openStateStore());
    for (let newest = 0; newest < 4000; newest++) {
      for (const [i, h] of plan.horizons.entries()) {
        const due = waiting.cellAt(i, newest - h);
        if (due >= 0 && newest >= 2 * h) assert.equal(waiting.anchors[due], (newest - h) % 10_007, `${h} steps ahead`);
        const at = waiting.cellAt(i, newest);
        if (at >= 0) waiting.anchors[at] = newest % 10_007;
      }
    }
  });
});

describe('seasonal base', () => {
  const past = { slot: (step: number, season: number) => step % season };

  it('knows noon and night of a day of minutes after two days, within 2 %', () => {
    const base = startSeasonalBase(1440, past, openStateStore());
    const wave = (t: number) => 10 - 4 * Math.cos((2 * Math.PI * t) / 1440);
    for (let t = 0; t < 2 * 1440; t++) base.observe(t, wave(t));
    for (const t of [0, 360, 720, 1080]) assert.ok(Math.abs(base.at(2880 + t) / wave(t) - 1) < 0.02, `${t}`);
  });

  it('writes the course of a day and a half as it says it step by step, over the end of the day', () => {
    for (const season of [1440, 96, 1]) {
      const base = startSeasonalBase(season, past, openStateStore());
      for (let t = 0; t < 3000; t++) base.observe(t, Math.sin(t));
      const slots = Int32Array.from({ length: 2160 }, (_, k) => (k + 700) % season);
      const out = new Float64Array(slots.length);
      base.write(slots, out);
      for (const [k, z] of out.entries()) assert.equal(z, base.at(k + 700));
    }
  });

  it('fills a gap from where today is towards the ordinary course: half of the distance after an hour', () => {
    const base = startSeasonalBase(1440, past, openStateStore());
    for (let t = 0; t < 2880; t++) base.observe(t, 10);
    for (let t = 2880; t < 2940; t++) base.observe(t, 12);
    const first = base.fill(2940) - base.at(2940);
    for (let t = 2940; t < 3000; t++) base.observe(t, Number.NaN);
    const later = base.fill(3000) - base.at(3000);
    assert.ok(first > 1.5 && Math.abs(later / first - 0.5) < 0.05, `${first}, ${later}`);
  });
});

describe('state store', () => {
  const bytesOf = (memory: readonly ArrayBufferView[]) => memory.reduce((sum, { byteLength }) => sum + byteLength, 0);

  it('gives back what was saved, refuses another length, and a name twice', () => {
    const store = openStateStore();
    store.doubles('x', 3, (i) => i)[1] = 7;
    store.singles('y', 2, Number.NaN);
    assert.equal(bytesOf(store.memory()), 3 * 8 + 2 * 4);
    const again = openStateStore(store.save());
    assert.deepEqual(Array.from(again.doubles('x', 3)), [0, 7, 2]);
    assert.throws(() => openStateStore(store.save()).doubles('x', 4), /state x: expected 4 numbers, found 3/);
    assert.throws(() => store.doubles('x', 3), /x is made twice/);
  });

  it('keeps halves within 0.05 % in 2 bytes each, and gives the same back from what was saved', () => {
    const store = openStateStore();
    const halves = store.halves('h', 3, (i) => [0.1, -700, Number.NaN][i]!);
    assert.ok(Math.abs(halves[0]! / 0.1 - 1) < 5e-4 && Math.abs(halves[1]! / -700 - 1) < 5e-4);
    assert.deepEqual(openStateStore(store.save()).halves('h', 3), halves);
    assert.equal(bytesOf(store.memory()), 3 * 2);
  });
});
