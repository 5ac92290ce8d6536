import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { borrowPast, isOldEnough } from '../../../src/forecast/fleet/borrowed-past.ts';
import { HOUR_MS, MINUTE_MS, normal } from '../made-series.ts';

const STEP_MS = 5 * MINUTE_MS;
const HOUR = 12;
const DAY = 24 * HOUR;

/** A donor of `days` with a wave, before and after the own first sample at the end of `before` days. */
function donorOf(days: number, seed = 1, startStep = 0): TimeSeries {
  const noise = normal(seed);
  const values = Float64Array.from({ length: days * DAY }, (_, t) => {
    const wave = 1 - 0.6 * Math.cos((2 * Math.PI * (t + startStep)) / DAY);
    return 100 * wave * Math.exp(0.02 * noise());
  });
  return { startMs: startStep * STEP_MS, stepMs: STEP_MS, values };
}

/** The part of a series from a step on, times a factor. */
function copyOf(series: TimeSeries, from: number, to: number, factor: number): TimeSeries {
  const values = series.values.slice(from, to).map((value) => factor * value);
  return { ...series, startMs: series.startMs + from * STEP_MS, values };
}

const noMarks = (series: TimeSeries) => ({ series, marks: [] });

function borrowed(own: TimeSeries, donor: TimeSeries) {
  const answer = borrowPast(own, noMarks(donor));
  assert.ok(answer.kind === 'borrowed', answer.kind === 'none' ? answer.reason : '');
  return answer.past;
}

function refused(own: TimeSeries, donor: TimeSeries): string {
  const answer = borrowPast(own, noMarks(donor));
  assert.ok(answer.kind === 'none');
  return answer.reason;
}

describe('borrowPast', () => {
  const donor = donorOf(16);
  const start = 15 * DAY;

  it('gives 14 days of the donor up to the first own sample, at 0.37 of its level, for a copy of 0.37', () => {
    const { past, ratio, doubt, pastMs } = borrowed(copyOf(donor, start, start + 4 * HOUR, 0.37), donor);
    assert.ok(Math.abs(ratio / 0.37 - 1) < 1e-9);
    assert.ok(doubt < 1e-9);
    assert.equal(pastMs, 14 * 24 * HOUR_MS);
    assert.equal(past.startMs + past.values.length * STEP_MS, start * STEP_MS);
    assert.ok(Math.abs(past.values.at(-1)! / donor.values[start - 1]! - 0.37) < 1e-9);
  });

  it('does not change the donor, and gives all that there is of one with 5 days', () => {
    const before = donor.values.slice();
    const { pastMs } = borrowed(copyOf(donor, 5 * DAY, 5 * DAY + 3 * HOUR, 2), donor);
    assert.equal(pastMs, 5 * 24 * HOUR_MS);
    assert.deepEqual(donor.values, before);
  });

  it('takes the median hour: one in which the own load was ten times as high leaves the ratio within 2 %', () => {
    const own = copyOf(donor, start, start + 5 * HOUR, 0.5);
    for (let i = HOUR; i < 2 * HOUR; i++) own.values[i] = 10 * own.values[i]!;
    const { ratio, doubt } = borrowed(own, donor);
    assert.ok(Math.abs(ratio / 0.5 - 1) < 0.02, `${ratio}`);
    assert.ok(doubt < 0.02);
  });

  it('follows the newest 24 hours: a rollout that went from a tenth to all of the load has the ratio of today', () => {
    const own = copyOf(donor, 13 * DAY, 15.5 * DAY, 1);
    for (let i = 0; i < DAY; i++) own.values[i] = 0.1 * own.values[i]!;
    assert.ok(Math.abs(borrowed(own, donor).ratio - 1) < 1e-9);
  });

  it('compares a renamed one, whose donor ended where it began, with the same hours a week before: within 2 %', () => {
    const gone = { ...donor, values: donor.values.slice(0, start) };
    const { ratio } = borrowed(copyOf(donor, start, start + 6 * HOUR, 1), gone);
    assert.ok(Math.abs(ratio - 1) < 0.02, `${ratio}`);
  });

  it('sees through a pair that hands its load over within six hours: the ratio to a week before, not to what is left', () => {
    const values = donor.values.slice();
    const own = copyOf(donor, start, start + 6 * HOUR, 1);
    for (let i = 0; i < own.values.length; i++)
      values[start + i] = Math.max(0.01, 1 - i / (6 * HOUR)) * values[start + i]!;
    const { ratio } = borrowed(own, { ...donor, values });
    assert.ok(Math.abs(ratio - 1) < 0.03, `${ratio}`);
  });

  it('compares with the day before where the donor has neither these hours nor a week', () => {
    const short = donorOf(3);
    const { ratio } = borrowed(copyOf(short, 2 * DAY, 2 * DAY + 3 * HOUR, 3), {
      ...short,
      values: short.values.slice(0, 2 * DAY),
    });
    assert.ok(Math.abs(ratio / 3 - 1) < 0.05, `${ratio}`);
  });

  it('borrows nothing before both have two hours', () => {
    assert.equal(
      refused(copyOf(donor, start, start + 2 * HOUR - 1, 1), donor),
      'fewer than 2 h of both can be compared',
    );
    assert.equal(isOldEnough(copyOf(donor, start, start + 2 * HOUR - 1, 1)), false);
    assert.equal(isOldEnough(copyOf(donor, start, start + 2 * HOUR, 1)), true);
  });

  it('borrows nothing from less than a day, from nothing, or at a level of nothing', () => {
    const late = { ...donor, startMs: start * STEP_MS - 6 * HOUR_MS };
    assert.match(
      refused(copyOf(donor, start, start + 4 * HOUR, 1), late),
      /^it has 6\.0 h of samples from before, 24 h are needed$/,
    );
    const empty = { ...donor, values: donor.values.map(() => Number.NaN) };
    assert.match(refused(copyOf(donor, start, start + 4 * HOUR, 1), empty), /^it has 0\.0 h/);
    assert.match(refused(copyOf(donor, start, start + 4 * HOUR, 0), donor), /^fewer than 2 h/);
  });

  it('counts an hour that is missing in more than half of its steps for none', () => {
    const own = copyOf(donor, start, start + 3 * HOUR, 1);
    own.values.fill(Number.NaN, 0, HOUR);
    assert.equal(borrowed(own, donor).ratio, 1);
    own.values.fill(Number.NaN, HOUR, HOUR + 7);
    assert.match(refused(own, donor), /^fewer than 2 h/);
  });

  it('keeps holes of the donor, and how its samples may be used', () => {
    const values = donor.values.slice();
    values.fill(Number.NaN, start - 10, start - 5);
    const marks = Array.from(values, (_, i) => (i === start - 1 ? 'excluded' : 'ok') as 'excluded' | 'ok');
    const answer = borrowPast(copyOf(donor, start, start + 4 * HOUR, 1), { series: { ...donor, values }, marks });
    assert.ok(answer.kind === 'borrowed');
    const { past } = answer;
    assert.equal(past.past.values.slice(-10).filter(Number.isNaN).length, 5);
    assert.deepEqual(
      [past.marks.length, past.marks.at(-1), past.marks.at(-2)],
      [past.past.values.length, 'excluded', 'ok'],
    );
  });

  it('scales with the own load, whatever the factor (property)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.integer({ min: 2, max: 30 }), (factor, hours) => {
        const { ratio, past } = borrowed(copyOf(donor, 14 * DAY, 14 * DAY + hours * HOUR, factor), donor);
        assert.ok(Math.abs(ratio / factor - 1) < 1e-9);
        assert.ok(past.values.every((value) => Number.isFinite(value) && value >= 0));
      }),
      { numRuns: 30 },
    );
  });
});
