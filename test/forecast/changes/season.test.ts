import assert from 'node:assert/strict';
import type { Change } from '../../../src/domain/change.ts';
import type { Mark } from '../../../src/domain/forecast.ts';
import { startChangeDetector } from '../../../src/forecast/changes/detector.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import { normal } from '../made-series.ts';

const STEP_MS = 300_000;
const DAY = 288;
const WEEK = 7 * DAY;

interface Run {
  readonly days: number;
  readonly z: (step: number) => number;
  readonly seasons?: readonly number[];
  readonly mark?: (step: number) => Mark;
}

/** What was noticed, with the day of it; the detector is saved and restored every 500 steps. */
function changesOver({
  days,
  z,
  seasons = [DAY, WEEK],
  mark = () => 'ok',
}: Run): readonly (Change & { day: number })[] {
  const past = startPast({ stepMs: STEP_MS, seasons, firstStep: 0 });
  const settings = { stepMs: STEP_MS, seasons, past };
  let detector = startChangeDetector(settings);
  const seen: (Change & { day: number })[] = [];
  for (let step = 0; step < days * DAY; step++) {
    past.push(z(step), mark(step), Number.NaN);
    for (const change of detector.observe(Number.NaN, mark(step))) seen.push({ ...change, day: step / DAY });
    if (step % 500 === 499) detector = startChangeDetector(settings, detector.save());
  }
  return seen;
}

const wave = (step: number, amplitude: number) => amplitude * Math.sin((2 * Math.PI * step) / DAY);
const isWeekend = (step: number) => Math.floor(step / DAY) % 7 >= 5;

describe('the season watch', () => {
  for (const amplitude of [0.2, 0.5, 1]) {
    it(`notices within 5 days that a daily wave of ±${amplitude} began in noise of 0.1`, () => {
      const gauss = normal(1);
      const seen = changesOver({
        days: 30,
        seasons: [DAY],
        z: (step) => 0.1 * gauss() + (step >= 10 * DAY ? wave(step, amplitude) : 0),
      });
      assert.deepEqual(
        seen.map(({ kind }) => kind),
        ['season-new'],
      );
      assert.ok(seen[0]!.day > 11 && seen[0]!.day <= 15, `day ${seen[0]!.day}`);
      assert.match(
        seen[0]!.message,
        /begun to repeat by the day: the correlation of a day with the one before is 0\.\d\d$/,
      );
    });

    it(`notices within 7 days that a daily wave of ±${amplitude} ended, and that it came back`, () => {
      const gauss = normal(2);
      const isOff = (step: number) => step >= 10 * DAY && step < 25 * DAY;
      const seen = changesOver({
        days: 40,
        seasons: [DAY],
        z: (step) => 0.1 * gauss() + (isOff(step) ? 0 : wave(step, amplitude)),
      });
      assert.deepEqual(
        seen.map(({ kind }) => kind),
        ['season-gone', 'season-new'],
      );
      assert.ok(seen[0]!.day <= 17 && seen[1]!.day <= 31, `days ${seen.map(({ day }) => day)}`);
    });
  }

  it('notices within 7 weeks that weekends became quiet', () => {
    const gauss = normal(3);
    const from = 8 * 7;
    const seen = changesOver({
      days: 20 * 7,
      z: (step) => 0.1 * gauss() + wave(step, 0.5) - (step >= from * DAY && isWeekend(step) ? 0.5 : 0),
    });
    assert.deepEqual(
      seen.map(({ kind, message }) => [kind, / by the (\w+)/.exec(message)![1]]),
      [['season-new', 'week']],
    );
    assert.ok(seen[0]!.day <= from + 49, `day ${seen[0]!.day}`);
  });

  it('says nothing of seasons that were there from the beginning', () => {
    const gauss = normal(4);
    const z = (step: number) => 0.1 * gauss() + wave(step, 0.7) - (isWeekend(step) ? 0.6 : 0);
    assert.deepEqual(changesOver({ days: 70, z }), []);
  });

  const seasonless: readonly (readonly [string, (seed: number) => (step: number) => number])[] = [
    ['noise', (seed) => normal(seed)],
    [
      'a random walk',
      (seed) => {
        const gauss = normal(seed);
        let level = 0;
        return () => (level += 0.03 * gauss());
      },
    ],
    [
      'an AR(1) with a memory of eight hours',
      (seed) => {
        const gauss = normal(seed);
        let level = 0;
        return () => (level = 0.99 * level + gauss());
      },
    ],
    ['a constant', () => () => 3],
  ];
  for (const [name, make] of seasonless) {
    it(`takes ${name} for a season at most twice in 8 runs of 20 weeks`, () => {
      const all = Array.from({ length: 8 }, (_, run) => changesOver({ days: 140, z: make(50 + run) }).length);
      assert.ok(all.reduce((sum, count) => sum + count, 0) <= 2, `${all}`);
    });
  }

  it('says nothing of days that were missing or an incident', () => {
    const gauss = normal(5);
    const isOut = (step: number) => step >= 10 * DAY && step < 16 * DAY;
    const z = (step: number) => 0.05 * gauss() + wave(step, 0.7);
    const missing = (step: number) => (isOut(step) ? Number.NaN : z(step));
    assert.deepEqual(changesOver({ days: 30, seasons: [DAY], z: missing }), []);
    const down = (step: number) => (isOut(step) ? -5 : z(step));
    const seen = changesOver({ days: 30, seasons: [DAY], z: down, mark: (s) => (isOut(s) ? 'excluded' : 'ok') });
    assert.deepEqual(seen, []);
  });
});

describe('the change detector', () => {
  it('keeps under 1 KB beside what it reads of the past', () => {
    const seasons = [1440, 10_080];
    const past = startPast({ stepMs: 60_000, seasons, firstStep: 0 });
    const saved = startChangeDetector({ stepMs: 60_000, seasons, past }).save();
    const numbers = Object.values(saved).reduce<number>((sum, value) => sum + (value as Float64Array).length, 0);
    assert.ok(8 * numbers < 1024, `${8 * numbers} bytes`);
  });

  it('leaves out seasons of fewer than 12 steps', () => {
    const past = startPast({ stepMs: 3_600_000, seasons: [7, 24], firstStep: 0 });
    const saved = startChangeDetector({ stepMs: 3_600_000, seasons: [7, 24], past }).save();
    assert.deepEqual(Object.keys(saved), ['level', 'season0']);
  });

  it('counts steps for one false alarm by their length: hours may alarm 60 times sooner than minutes', () => {
    const alarmsOf = (stepMs: number) => {
      const past = startPast({ stepMs, seasons: [], firstStep: 0 });
      const detector = startChangeDetector({ stepMs, seasons: [], past });
      let alarms = 0;
      for (let step = 0; step < 2000; step++) {
        past.push(0, 'ok', Number.NaN);
        alarms += detector.observe(2, 'ok').length;
      }
      return alarms;
    };
    assert.ok(alarmsOf(3_600_000) > alarmsOf(60_000));
  });
});
