import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { Past } from '../../../src/forecast/batch/expert.ts';
import { localExperts, pooledExperts } from '../../../src/forecast/batch/experts/roster.ts';
import { normal } from '../made-series.ts';

interface Golden {
  readonly horizon: number;
  readonly series: Readonly<Record<string, number[]>>;
  readonly expected: Readonly<Record<string, Record<string, number[]>>>;
  readonly many: readonly number[][];
  readonly pooled: Readonly<Record<string, number[][]>>;
}

const golden = JSON.parse(readFileSync(new URL('./golden/experts.json', import.meta.url), 'utf8')) as Golden;
const week = { horizon: golden.horizon, seasons: [24, 168] };

function member(name: string) {
  return localExperts.find((one) => one.name === name) ?? assert.fail(`no member ${name}`);
}

function sleepsBecause(name: string, values: ArrayLike<number>, seasons: readonly number[]): string {
  const fitted = member(name).fit({ values: Float64Array.from(values) }, { horizon: 4, seasons });
  return fitted.kind === 'asleep' ? fitted.reason : assert.fail(`${name} is awake`);
}

function near(found: Float64Array, expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  for (const [h, value] of expected.entries()) {
    assert.ok(Math.abs(found[h]! - value) <= tolerance * Math.abs(value), `step ${h}: ${found[h]} instead of ${value}`);
  }
}

describe('local members', () => {
  for (const [name, byMember] of Object.entries(golden.expected)) {
    for (const [expert, expected] of Object.entries(byMember)) {
      it(`${expert} forecasts the ${name} series as numpy does, to 1e-7`, () => {
        const frame = name === 'small' ? { horizon: golden.horizon, seasons: [6] } : week;
        const values = Float64Array.from(golden.series[name]!);
        const fitted = member(expert).fit({ values }, frame);
        if (fitted.kind === 'asleep') assert.fail(fitted.reason);
        const out = new Float64Array(golden.horizon);
        fitted.forecast(values, out);
        near(out, expected, 1e-7);
      });
    }
  }

  it('smooth the level of 6, 8, 7 to 7 exactly: the first 5 values are averaged', () => {
    const out = new Float64Array(2);
    const fitted = member('level').fit({ values: Float64Array.of(6, 8, 7) }, { horizon: 2, seasons: [24] });
    if (fitted.kind === 'fitted') fitted.forecast(Float64Array.of(6, 8, 7), out);
    near(out, [7, 7], 1e-12);
  });

  it('learn nothing from values that were filled in: 40 wild ones change no regression by more than 20 %', () => {
    const values = Float64Array.from(golden.series['steady']!);
    const filled = new Uint8Array(values.length);
    const wild = values.slice();
    for (let t = 300; t < 340; t++) [wild[t], filled[t]] = [values[t - 168]!, 1];
    for (const name of ['ar-day', 'ar-step-log', 'harmonic-log', 'profile']) {
      const forecasts = [{ values }, { values: wild, filled } satisfies Past].map((past) => {
        const out = new Float64Array(golden.horizon);
        const fitted = member(name).fit(past, week);
        if (fitted.kind === 'fitted') fitted.forecast(past.values, out);
        return out;
      });
      for (const [h, value] of forecasts[0]!.entries()) {
        assert.ok(Math.abs(forecasts[1]![h]! / value - 1) < 0.2, `${name} ${h}: ${forecasts[1]![h]} and ${value}`);
      }
    }
  });

  it('learn from the series which days are alike: a Monday from 15 weekdays has 0.7 of the error that it has from 3 Mondays', () => {
    const weekend = (day: number) => day % 7 >= 5;
    const load = (day: number, hour: number) => (weekend(day) ? 40 : 100) + 10 * Math.sin((Math.PI * hour) / 12);
    const draw = normal(4);
    const values = Float64Array.from({ length: 21 * 24 }, (_, t) => {
      const day = Math.floor(t / 24);
      return load(day, t % 24) * (1 + 0.1 * draw());
    });
    const [alike, mean] = ['similar-days', 'weeks-mean'].map((name) => {
      const out = new Float64Array(24);
      const fitted = member(name).fit({ values }, { horizon: 24, seasons: [24, 168] });
      if (fitted.kind === 'fitted') fitted.forecast(values, out);
      return out.reduce((sum, y, hour) => sum + Math.abs(y - load(21, hour)), 0) / 24;
    });
    assert.ok(alike! < 0.7 * mean!, `${alike} against ${mean}`);
  });

  const many = Array.from({ length: 400 }, (_, t) => 10 + (t % 24));
  it('name the reason when they sleep', () => {
    assert.equal(sleepsBecause('harmonic-log', [...many, -1], [24]), 'it needs values above 0');
    assert.equal(sleepsBecause('ar-step-log', [...many, 0], [24]), 'it needs values above 0');
    assert.equal(sleepsBecause('ar-day', many, []), 'the series has no such season');
    assert.equal(sleepsBecause('ar-day', many.slice(0, 30), [24]), 'it needs 36 points, found 30');
    assert.equal(sleepsBecause('ar-day', many, [24]), 'nothing varies');
    assert.equal(sleepsBecause('harmonic', new Float64Array(400).fill(3), [24]), 'nothing varies');
    assert.equal(sleepsBecause('harmonic', many.slice(0, 40), [24]), 'it needs 2 whole seasons');
    assert.equal(sleepsBecause('level', many, [24]), 'the series has a season');
    assert.equal(sleepsBecause('season', many.slice(0, 20), [24]), 'it needs 24 points, found 20');
    assert.equal(sleepsBecause('weeks-level', many.slice(0, 300), [24, 168]), 'it needs 336 points, found 300');
    assert.equal(sleepsBecause('similar-days', many.slice(0, 300), [24, 168]), 'it needs 336 points, found 300');
    assert.equal(sleepsBecause('similar-days', many, [24]), 'the series has no week of whole days');
    assert.equal(sleepsBecause('similar-days', many, [24, 100]), 'the series has no week of whole days');
    assert.equal(sleepsBecause('profile', many.slice(0, 40), [24]), 'it needs 48 points, found 40');
    assert.equal(sleepsBecause('profile', many, [24]), 'its errors say nothing');
    assert.equal(sleepsBecause('ar', many, [24, 168]), 'the series has no such season');
  });

  it('do not look past the point that they forecast from: later values change nothing', () => {
    const values = Float64Array.from(golden.series['wandering']!);
    const changed = values.slice();
    changed.fill(1e6, 560);
    for (const expert of localExperts) {
      const [a, b] = [values, changed].map((all) => {
        const out = new Float64Array(golden.horizon).fill(Number.NaN);
        const fitted = expert.fit({ values: all.subarray(0, 500) }, week);
        if (fitted.kind === 'fitted') fitted.forecast(all.subarray(0, 560), out);
        return out;
      });
      assert.deepEqual(a, b, expert.name);
    }
  });
});

describe('pooled members', () => {
  const pasts = golden.many.map((values) => ({ values: Float64Array.from(values) }));
  const settings = { ...week, seed: 5 };
  const pooled = (name: string) => pooledExperts.find((one) => one.name === name) ?? assert.fail(`no member ${name}`);

  for (const [name, expected] of Object.entries(golden.pooled)) {
    it(`${name} forecasts 5 series as numpy does, to 1e-4, in one go and in two`, () => {
      for (const first of [pasts, pasts.map(({ values }) => ({ values: values.subarray(0, values.length - 49) }))]) {
        const learned = pooled(name).learn(first, settings);
        if (learned.kind === 'asleep') assert.fail(learned.reason);
        learned.extend(pasts);
        const out = new Float64Array(5 * golden.horizon);
        learned.forecast(
          pasts.map(({ values }) => values),
          [0, 1, 2, 3, 4],
          out,
        );
        for (const [i, one] of expected.entries()) {
          near(out.subarray(i * golden.horizon, (i + 1) * golden.horizon), one, 1e-4);
        }
      }
    });
  }

  it('sleep where there are too few windows, and say how many there are', () => {
    const few = [{ values: pasts[0]!.values.subarray(0, 600) }];
    const reasons = ['pooled-log', 'network-log-straight'].map((name) => {
      const learned = pooled(name).learn(few, settings);
      return learned.kind === 'asleep' ? learned.reason : 'awake';
    });
    assert.deepEqual(reasons, [
      'it needs 200 windows of 534 points, found 17',
      'it needs 500 windows of 366 points, found 79',
    ]);
  });

  it('sleep without seasons and with seasons of more than 1,024 points', () => {
    for (const seasons of [[], [288, 2016]]) {
      for (const { name, learn } of pooledExperts) {
        const learned = learn(pasts, { horizon: 4, seasons, seed: 1 });
        assert.ok(learned.kind === 'asleep' && /the seasons give no window/.test(learned.reason), name);
      }
    }
  });

  it('make a process of the newest 3 weeks: what was before changes nothing, and a series of two days is enough', () => {
    const learned = pooled('process').learn(pasts, settings);
    if (learned.kind === 'asleep') assert.fail(learned.reason);
    const values = pasts[0]!.values;
    const changed = values.map((y, t) => (t < values.length - 504 ? 1e6 : y));
    const out = new Float64Array(4 * golden.horizon);
    learned.forecast([values, changed, values.subarray(0, 48), values.subarray(0, 47)], [0, 0, 0, 0], out);
    const rows = Array.from({ length: 4 }, (_, i) => out.slice(i * golden.horizon, (i + 1) * golden.horizon));
    assert.deepEqual(rows[0], rows[1]);
    assert.ok(rows[2]!.every(Number.isFinite) && rows[3]!.every(Number.isNaN));
  });

  it('make a process of each series alike, alone and among 510 that are forecast 2,000 steps, 500 at a time', () => {
    const horizon = 2000;
    const learned = pooled('process').learn([], { horizon, seasons: [4], seed: 1 });
    if (learned.kind === 'asleep') assert.fail(learned.reason);
    const rowsOf = (histories: readonly Float64Array[]) => {
      const out = new Float64Array(histories.length * horizon);
      learned.forecast(histories, Array.from(histories.keys()), out);
      return histories.map((_, i) => out.subarray(i * horizon, (i + 1) * horizon));
    };
    const histories = Array.from({ length: 510 }, (_, i) => pasts[0]!.values.subarray(i, 12 + i));
    const rows = rowsOf(histories);
    for (const i of [0, 499, 500, 509]) assert.deepEqual(rows[i], rowsOf([histories[i]!])[0], `series ${i}`);
  });

  it('make a process of one season where there is no second: a day of 24 hours with noise of 3 % to 4 %', () => {
    const draw = normal(2);
    const load = Float64Array.from(
      { length: 240 },
      (_, t) => (100 - 50 * Math.cos((Math.PI * t) / 12)) * (1 + 0.03 * draw()),
    );
    const out = new Float64Array(24);
    const learned = pooled('process-log').learn([], { horizon: 24, seasons: [24], seed: 1 });
    if (learned.kind === 'asleep') assert.fail(learned.reason);
    learned.forecast([load], [0], out);
    for (const [h, value] of out.entries()) {
      const truth = 100 - 50 * Math.cos((Math.PI * h) / 12);
      assert.ok(Math.abs(value / truth - 1) < 0.04, `${h}: ${value} instead of ${truth}`);
    }
  });

  it('say nothing of a series that is shorter than their window or constant, and finite things of the others', () => {
    const learned = pooled('pooled-change').learn(pasts, settings);
    if (learned.kind === 'asleep') assert.fail(learned.reason);
    const out = new Float64Array(3 * golden.horizon);
    const flat = new Float64Array(400).fill(7);
    learned.forecast([pasts[0]!.values.subarray(0, 100), flat, pasts[1]!.values], [0, 1, 2], out);
    assert.ok(out.subarray(0, 2 * golden.horizon).every(Number.isNaN));
    assert.ok(out.subarray(2 * golden.horizon).every(Number.isFinite));
  });
});
