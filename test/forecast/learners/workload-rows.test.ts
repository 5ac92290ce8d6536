import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Mark } from '../../../src/domain/forecast.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { startDescriber } from '../../../src/forecast/learners/learner-inputs.ts';
import { movesOf, rowsOf, usableSeasons, type Workload } from '../../../src/forecast/learners/workload-rows.ts';
import { HOUR_MS, MINUTE_MS, normal } from '../made-series.ts';

const DAY = 24;
const settings = { stepMs: HOUR_MS, seasons: [DAY], horizons: [1, 3, 24], seed: 1 };

function walkOf(steps: number, seed = 1): Float64Array {
  const gauss = normal(seed);
  let level = 0;
  return Float64Array.from({ length: steps }, () => {
    level += gauss();
    return level;
  });
}

const workload = (z: Float64Array, marks?: readonly Mark[]): Workload => ({
  series: { z, firstStep: 0 },
  ...(marks && { marks }),
});

const rows = (z: Float64Array, marks?: readonly Mark[], mostRows = 10_000) =>
  rowsOf([workload(z, marks)], [movesOf({ z, firstStep: 0 }, settings.horizons)!], settings, mostRows);

describe('rowsOf', () => {
  it('holds the move from origin to target in scales: for a line of slope 1, h over its own size, which is 1', () => {
    const line = Float64Array.from({ length: 500 }, (_, t) => t);
    const { lessons } = rows(line);
    assert.ok(lessons.targets.length > 300);
    for (const target of lessons.targets) assert.ok(Math.abs(target - 1) < 1e-3, `${target}`);
  });

  it('puts no row among the older ones whose outcome lies in the newest fifth', () => {
    // The walk jumps by 1,000 where the newest fifth begins: an older row that knew would show it.
    const z = walkOf(1000).map((level, t) => level + (t >= 60 + Math.floor(0.8 * 940) ? 1000 : 0));
    const { lessons, older, newest, horizonOf } = rows(z);
    assert.ok(older.length > 500 && newest.length > 200);
    assert.ok(older.length + newest.length < lessons.targets.length, 'some lie across');
    for (const row of older) assert.ok(lessons.targets[row]! < 5, `horizon ${horizonOf[row]}`);
  });

  it('is bounded in rows, with an equal share of each workload', () => {
    const [long, short] = [walkOf(5000), walkOf(1000, 2)];
    const moves = [long, short].map((z) => movesOf({ z, firstStep: 0 }, settings.horizons)!);
    const { lessons } = rowsOf([workload(long), workload(short)], moves, settings, 1200);
    assert.ok(lessons.targets.length <= 1200 && lessons.targets.length > 1000, `${lessons.targets.length}`);
    const alone = rowsOf([workload(short)], [moves[1]!], settings, 600);
    assert.ok(Math.abs(alone.lessons.targets.length / lessons.targets.length - 0.5) < 0.05);
  });

  it('counts a move of more than 6 scales as 6', () => {
    const z = walkOf(1000).map((level, t) => (t % 100 === 99 ? level + 1e6 : level));
    const { targets } = rows(z).lessons;
    assert.equal(Math.max(...targets), 6);
    assert.equal(Math.min(...targets), -6);
  });

  it('has no row for a missing or excluded target, and says of a censored one that it is a bound', () => {
    const marks = Array.from(
      { length: 600 },
      (_, t): Mark => (t % 3 === 0 ? 'excluded' : t % 3 === 1 ? 'censored' : 'ok'),
    );
    const all = rows(walkOf(600)).lessons;
    const marked = rows(walkOf(600), marks).lessons;
    assert.ok(Math.abs(marked.targets.length / all.targets.length - 2 / 3) < 0.05);
    const bounds = marked.censored!.reduce((sum, x) => sum + x, 0);
    assert.ok(Math.abs(bounds / marked.targets.length - 0.5) < 0.05, `${bounds}`);
    const gaps = walkOf(600).map((z, t) => (t % 2 === 0 ? Number.NaN : z));
    assert.ok(Math.abs(rows(gaps).lessons.targets.length / all.targets.length - 0.5) < 0.05);
  });

  it('has the same inputs as an expert sees at that origin: a look ahead would show', () => {
    const z = walkOf(400);
    const past = startPast({ stepMs: HOUR_MS, seasons: [DAY], firstStep: 0 });
    const { unit, scales } = movesOf({ z, firstStep: 0 }, settings.horizons)!;
    const describer = startDescriber(past, unit, settings);
    const seen = new Map<string, number>();
    for (let t = 0; t < 400; t++) {
      past.push(z[t]!, 'ok', Number.NaN);
      const base = describer.turnTo(t);
      settings.horizons.forEach((h, k) => {
        if (t + h < 400) seen.set(`${describer.describe(t + h)}`, Math.fround((z[t + h]! - base) / scales[k]!));
      });
    }
    const { lessons } = rows(z);
    for (let i = 0; i < lessons.targets.length; i++) {
      const key = `${lessons.inputs.subarray(i * lessons.width, (i + 1) * lessons.width)}`;
      assert.equal(Math.max(-6, Math.min(6, seen.get(key)!)), Math.fround(lessons.targets[i]!), `row ${i}`);
    }
  });
});

describe('movesOf', () => {
  it('is not set by spikes of a million in 1 % of the steps', () => {
    const z = walkOf(2000);
    const spiky = z.map((level, t) => (t % 200 === 0 ? 1e6 : level));
    const [calm, rough] = [z, spiky].map((values) => movesOf({ z: values, firstStep: 0 }, [1])!.scales[0]!);
    assert.ok(rough! < 1.5 * calm!, `${rough}, ${calm}`);
  });

  it('is undefined for a load that never moves, and for one without two samples', () => {
    assert.equal(movesOf({ z: new Float64Array(100).fill(3), firstStep: 0 }, [1, 2]), undefined);
    assert.equal(movesOf({ z: new Float64Array(100).fill(Number.NaN), firstStep: 0 }, [1, 2]), undefined);
  });

  it('takes the scale of the longest horizon that was seen for those beyond the history', () => {
    const { scales } = movesOf({ z: walkOf(50), firstStep: 0 }, [1, 10, 100])!;
    assert.equal(scales[2], scales[1]);
  });
});

describe('inputs of a learner', () => {
  it('are distances from the origin in units of the workload: ten times the load in ten times the unit is the same row', () => {
    const rowAt = (factor: number) => {
      const past = startPast({ stepMs: HOUR_MS, seasons: [DAY], firstStep: 0 });
      for (const z of walkOf(200)) past.push(100 + factor * z, 'ok', Number.NaN);
      const describer = startDescriber(past, factor, settings);
      describer.turnTo(past.newest);
      return describer.describe(past.newest + 3).slice();
    };
    const [one, ten] = [rowAt(1), rowAt(10)];
    one.forEach((x, j) => {
      assert.ok(Math.abs(x - ten[j]!) < 0.01 * (1 + Math.abs(x)) || Number.isNaN(x), `input ${j}: ${x}, ${ten[j]}`);
    });
  });

  it('know the minute of the hour when steps are minutes, and not when they are hours', () => {
    const namesAt = (stepMs: number) => {
      const past = startPast({ stepMs, seasons: [], firstStep: 0 });
      return startDescriber(past, 1, { stepMs, seasons: [] }).names;
    };
    assert.ok(namesAt(MINUTE_MS).includes('sin 1/60'));
    assert.ok(!namesAt(HOUR_MS).some((name) => name.startsWith('sin')));
  });

  it('a season is used from one and a half of its cycles on', () => {
    assert.deepEqual(usableSeasons([24, 168], 251), [24]);
    assert.deepEqual(usableSeasons([24, 168], 252), [24, 168]);
  });
});
