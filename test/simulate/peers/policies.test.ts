/** One golden case for each method, worked out by hand: steps, needs and start-up are small enough to follow. */
import assert from 'node:assert/strict';
import { startFftProfile } from '../../../src/simulate/peers/fft-profile.ts';
import { startHoltWinters } from '../../../src/simulate/peers/holt-winters.ts';
import { startHourlyProfile } from '../../../src/simulate/peers/hourly-profile.ts';
import type { StartAt } from '../../../src/simulate/peers/peer.ts';
import { startQLearning } from '../../../src/simulate/peers/q-learning.ts';
import { startReactiveQuantile } from '../../../src/simulate/peers/reactive-quantile.ts';
import { startSchedule } from '../../../src/simulate/peers/schedule.ts';
import { eachWorkload, type WorkloadCard } from '../../../src/simulate/policy.ts';
import { dayMs, generateWeeks, play, type Weeks, workloadOf } from './support.ts';

const nan = Number.NaN;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Replicas wanted at each row by one setting, played from the first row on. */
async function wanted<Rung>(weeks: Weeks, start: (card: WorkloadCard) => StartAt<Rung>, rung: Rung): Promise<number[]> {
  const policy = eachWorkload('one', (card, timetable) => start(card)(rung, timetable, 1));
  const simulation = await play(weeks, [policy]);
  return [...simulation.results[0]!.tracks[0]!.desired];
}

describe('reactive-quantile', () => {
  const weeks = {
    rates: Float64Array.of(10, 30, 20, nan, 50, 20, 20),
    stepMs: minuteMs,
    warmUpMs: 0,
    startUpMinutes: 1,
  };
  const start = (card: WorkloadCard) => startReactiveQuantile(card.need, 3 * minuteMs);

  it('wants the middle one of 3 minutes, without the blank one', async () => {
    // Windows: 10 | 10 30 | 10 30 20 | 30 20 – | 20 – 50 | – 50 20
    assert.deepEqual(await wanted(weeks, start, { quantile: 0.5, headroom: 1 }), [1, 1, 1, 2, 2, 2, 2]);
  });

  it('wants 1.5 times the maximum: 30 req/s are 5 replicas of 10', async () => {
    assert.deepEqual(await wanted(weeks, start, { quantile: 1, headroom: 1.5 }), [1, 2, 5, 5, 5, 8, 8]);
  });

  it('holds over a gap longer than its window', async () => {
    const gap = { ...weeks, rates: Float64Array.of(40, nan, nan, nan, nan, nan) };
    assert.deepEqual(await wanted(gap, start, { quantile: 1, headroom: 1 }), [4, 4, 4, 4, 4, 4]);
  });
});

describe('schedule', () => {
  /** 20 req/s on weekends; on workdays 50 from 10 to 11 o'clock and 10 otherwise. Begins on a Thursday. */
  const load = (hour: number) => {
    const weekend = [2, 3].includes(Math.floor(hour / 24) % 7);
    return weekend ? 20 : hour % 24 === 10 ? 50 : 10;
  };
  const weeks = {
    rates: Float64Array.from({ length: 24 * 12 }, (_, hour) => load(hour)),
    stepMs: hourMs,
    warmUpMs: 8 * dayMs,
    startUpMinutes: 60,
  };
  const at = (day: number, hour: number) => 24 * day + hour;

  it('has 5 replicas from 9 to 11 on workdays, one hour early for the start-up, and 2 all weekend', async () => {
    const rows = await wanted(weeks, (card) => startSchedule(card, { slotMs: hourMs, days: 'weekend' }), {
      quantile: 1,
      headroom: 1,
    });
    assert.deepEqual(rows.slice(at(8, 8), at(8, 12)), [1, 5, 5, 1]);
    assert.deepEqual(rows.slice(at(9, 8), at(9, 12)), [2, 2, 2, 2]);
    assert.deepEqual(rows.slice(at(8, 22), at(9, 1)), [1, 2, 2]);
  });

  it('keeps the count of Tuesday at 10 whatever came: 5, and holds the peak so far before it has a profile', async () => {
    const rates = weeks.rates.map((rate, hour) => (hour >= 24 * 8 ? 90 : rate));
    const rows = await wanted({ ...weeks, rates }, (card) => startSchedule(card, { slotMs: hourMs, days: 'weekday' }), {
      quantile: 1,
      headroom: 1,
    });
    assert.equal(rows[at(8, 10)], 5);
    assert.deepEqual(rows.slice(9, 13), [1, 1, 5, 5]);
  });

  it('takes the hour of all days where a weekday was never seen', async () => {
    const rows = await wanted(
      { ...weeks, warmUpMs: 2 * dayMs },
      (card) => startSchedule(card, { slotMs: hourMs, days: 'weekday' }),
      { quantile: 1, headroom: 1 },
    );
    assert.deepEqual(rows.slice(at(2, 8), at(2, 12)), [1, 5, 5, 1]);
  });
});

describe('holt-winters', () => {
  it('has the 4 replicas of the third peak when it begins, which the HPA beside it only wants a step later', async () => {
    // Seasons of 6 steps. The HPA at 50 % of 10 req/s sees each step when it is over: 10 req/s are 2 replicas; of
    // 40 req/s two replicas are full, which makes 4, and then full again, which makes 8.
    const rates = Float64Array.from({ length: 24 }, (_, step) => [10, 10, 10, 40, 40, 10][step % 6]!);
    const weeks = { rates, stepMs: 10 * minuteMs, warmUpMs: 0, startUpMinutes: 0 };
    const rows = await wanted(
      weeks,
      (card) => startHoltWinters(card, { intervalMs: 10 * minuteMs, seasonMs: hourMs }),
      0.5,
    );
    assert.deepEqual(rows.slice(1, 13), [2, 2, 2, 4, 8, 2, 2, 2, 2, 4, 8, 2]);
    assert.deepEqual(rows.slice(13, 16), [2, 2, 4]);
  });

  it('predicts no more than the target makes of the largest load so far: 40 req/s at 50 % are 8', async () => {
    const rates = Float64Array.from({ length: 200 }, (_, step) => (step % 6 === 3 ? 40 : step % 17 === 0 ? nan : 10));
    const weeks = { rates, stepMs: 10 * minuteMs, warmUpMs: 0, startUpMinutes: 0 };
    const model = { intervalMs: 10 * minuteMs, seasonMs: hourMs };
    const rows = await wanted(weeks, (card) => startHoltWinters(card, model), 0.5);
    assert.ok(Math.max(...rows) <= 8, `${Math.max(...rows)}`);
  });
});

describe('fft-profile', () => {
  const weeks = { ...generateWeeks(5, 0), warmUpMs: 0 };
  const largest = [{ kind: 'max-value', marginFraction: 0 } as const];

  it('wants for the largest load of the coming hour as it was the day before: at 9 o’clock of the fourth day', async () => {
    const rows = await wanted(
      weeks,
      (card) => startFftProfile(card, { historyMs: dayMs * 3, estimators: largest }),
      0.5,
    );
    // The fourth day is a Sunday; of its three predecessors the Thursday and the Friday are the larger.
    const row = 3 * 144 + 9 * 6;
    const coming = weeks.rates.slice(row - 2 * 144, row - 2 * 144 + 6);
    assert.equal(rows[row], Math.ceil(Math.max(...coming) / 10 / 0.5));
  });

  it('leaves a load without a period to the HPA', async () => {
    const flat = { ...weeks, rates: weeks.rates.map(() => 50) };
    const rows = await wanted(
      flat,
      (card) => startFftProfile(card, { historyMs: dayMs * 3, estimators: largest }),
      0.5,
    );
    assert.deepEqual(new Set(rows.slice(10)), new Set([10]));
  });
});

describe('hourly-profile', () => {
  /** 10 req/s, but 100 from 12 to 13 o'clock. */
  const rates = Float64Array.from({ length: 3 * 144 }, (_, step) => (Math.floor(step / 6) % 24 === 12 ? 100 : 10));
  const weeks = { rates, stepMs: 10 * minuteMs, warmUpMs: 0, startUpMinutes: 5 };
  const rowsOfNoon = async (bufferMinutes: number, day: number) => {
    const rows = await wanted(weeks, (card) => startHourlyProfile(card, bufferMinutes * minuteMs), 0.5);
    return rows.slice(144 * day + 69, 144 * day + 79);
  };

  it('has 20 replicas for 100 req/s at 50 % from 11:50 to 12:50 of the second day with a buffer of 15 min', async () => {
    // 11:30, 11:40, 11:50 … 12:50; the HPA then holds what the last step needed for one step more.
    assert.deepEqual(await rowsOfNoon(15, 1), [2, 2, 20, 20, 20, 20, 20, 20, 20, 20]);
  });

  it('has them from 11:30 with a buffer of 30 min', async () => {
    assert.deepEqual((await rowsOfNoon(30, 1)).slice(0, 3), [20, 20, 20]);
  });

  it('only reacts on the first day: 24 hours of history are the least', async () => {
    assert.deepEqual((await rowsOfNoon(15, 0)).slice(0, 5), [2, 2, 2, 2, 4]);
  });
});

describe('q-learning', () => {
  const constant = {
    rates: new Float64Array(600).fill(35),
    stepMs: 10 * minuteMs,
    warmUpMs: 400 * 10 * minuteMs,
    startUpMinutes: 20,
  };

  it('holds the 4 replicas that a constant load needs, before and after training', async () => {
    const rows = await wanted(constant, (card) => startQLearning(card, 5 * minuteMs), 64);
    assert.deepEqual(new Set(rows), new Set([4]));
  });

  it('starts replicas before a daily step up that it was trained on: fewer violations than its floor alone', async () => {
    const rates = Float64Array.from({ length: 144 * 12 }, (_, step) => (Math.floor(step / 72) % 2 === 0 ? 20 : 60));
    const weeks = { ...constant, rates, warmUpMs: 8 * dayMs };
    const rows = await wanted(weeks, (card) => startQLearning(card, 5 * minuteMs), 2000);
    const noon = 144 * 9 + 72;
    // Two rows of start-up before noon; the floor alone would want 6 at noon + 1.
    assert.ok(rows[noon - 2]! >= 6, `${rows.slice(noon - 6, noon + 3)}`);
    assert.ok(Math.min(...rows.slice(noon, noon + 72)) >= 6);
  });

  it('learns the same from the same seed', async () => {
    const weeks = generateWeeks(9);
    const play1 = () => wanted({ ...weeks, warmUpMs: 7 * dayMs }, (card) => startQLearning(card, 5 * minuteMs), 16);
    assert.deepEqual(await play1(), await play1());
  });
});

describe('a workload of the tests', () => {
  it('needs 20 replicas at most, 4 at least', () => {
    const { trace, need } = workloadOf(generateWeeks(14, 0));
    const needs = [...trace.values].map(need);
    assert.deepEqual([Math.min(...needs), Math.max(...needs)], [3, 20]);
  });
});
