import assert from 'node:assert/strict';
import type { EventUplift } from '../../../src/domain/calendar.ts';
import { flatCourse } from '../../../src/pipeline/calendar/course.ts';
import { believed } from '../../../src/pipeline/calendar/running-event.ts';

const minute = 60_000;
const hour = 60 * minute;

const uplift: EventUplift = {
  mean: Math.log(2),
  variance: 0.04,
  degrees: 7,
  source: 'learned',
  occurrences: 4,
  course: { ...flatCourse, variance: 0.0064 },
};
const span = { startMs: 0, endMs: 3 * hour };

/** Minutes of the event so far, at a factor on an ordinary load of 100. */
function soFar(minutes: number, factor: number) {
  return { startMs: 0, stepMs: minute, values: new Float64Array(minutes).fill(100 * factor) };
}

function factorAfter(minutes: number, factor: number, more: Partial<EventUplift> = {}): number {
  return Math.exp(believed({ ...uplift, ...more }, soFar(minutes, factor), () => 100, span).mean);
}

describe('believed', () => {
  it('keeps what was expected before the event has begun', () => {
    assert.deepEqual(
      believed(uplift, soFar(0, 1), () => 100, span),
      { mean: uplift.mean, variance: 0.04, noise: 0.0064 },
    );
  });

  it('takes more load for true at once: of 3 instead of 2 half of the way in 1 min, most of it in 20', () => {
    assert.ok(factorAfter(1, 3) > 2.4, `${factorAfter(1, 3)}`);
    assert.ok(factorAfter(20, 3) > 2.8, `${factorAfter(20, 3)}`);
  });

  it('waits a quarter of an hour before it takes less for true, because an event may begin late', () => {
    assert.equal(factorAfter(14, 1), 2);
    assert.ok(factorAfter(20, 1) < 1.2, `${factorAfter(20, 1)}`);
  });

  it('knows more the longer the event runs: its variance falls, and never rises', () => {
    const varianceAt = (minutes: number) => believed(uplift, soFar(minutes, 2), () => 100, span).variance;
    assert.ok(varianceAt(1) < uplift.variance && varianceAt(5) < varianceAt(1) && varianceAt(30) < varianceAt(5));
    assert.ok(varianceAt(30) < 0.2 * uplift.variance);
  });

  it('corrects a figure that was taken at its word as well, and allows for no doubt that nobody measured', () => {
    const { mean, variance } = believed({ ...uplift, variance: 0 }, soFar(20, 3), () => 100, span);
    assert.ok(Math.exp(mean) > 2.7);
    assert.equal(variance, 0);
  });

  it('reads the uplift off the part of the course that is due: half of the logarithm half-way up', () => {
    const course = { ...flatCourse, atMs: [0, hour], shares: [0.5, 0.5] };
    assert.ok(Math.abs(factorAfter(30, Math.SQRT2, { course }) - 2) < 0.01);
  });

  it('forgets: 15 min of 2 after an hour of 4 count more than the hour', () => {
    const series = soFar(75, 2);
    series.values.fill(400, 0, 60);
    const { mean } = believed({ ...uplift, variance: 1 }, series, () => 100, span);
    assert.ok(Math.exp(mean) < 3);
  });

  it('is not misled by missing samples, zeros and an ordinary load that nobody knows', () => {
    const series = soFar(20, Number.NaN);
    assert.equal(believed(uplift, series, () => 100, span).mean, uplift.mean);
    assert.equal(believed(uplift, soFar(20, 0), () => 100, span).mean, uplift.mean);
    assert.equal(believed(uplift, soFar(20, 3), () => undefined, span).mean, uplift.mean);
  });

  it('leaves less and less to allow for around the course: half after 5 steps, an eleventh after 50', () => {
    const noise = (minutes: number) => believed(uplift, soFar(minutes, 2.1), () => 100, span).noise;
    assert.ok(Math.abs(noise(5) - 0.0032) < 1e-9);
    assert.ok(Math.abs(noise(50) - 0.0064 / 11) < 1e-9);
  });
});
