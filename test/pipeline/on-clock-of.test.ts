import assert from 'node:assert/strict';
import { wallClockOf } from '../../src/config/wall-clock.ts';
import { onClockOf } from '../../src/pipeline/on-clock-of.ts';
import { hour } from './facts.ts';

const startMs = Date.UTC(2026, 2, 27);
/** Each hour of five days is its own number. */
const series = { startMs, stepMs: hour, values: Float64Array.from({ length: 120 }, (_, i) => i) };
const marks = Array.from(series.values, (i) => (i === 20 ? 'excluded' : 'ok') as 'excluded' | 'ok');
const donor = { series, marks };
const [berlin, tokyo, newYork] = ['Europe/Berlin', 'Asia/Tokyo', 'America/New_York'].map(wallClockOf);

describe('onClockOf', () => {
  it('leaves one on the same clock as it is, also where neither has one', () => {
    assert.equal(onClockOf(donor, undefined, undefined), donor);
    assert.equal(onClockOf(donor, berlin, wallClockOf('Europe/Berlin')), donor);
  });

  it('gives Tokyo at nine what Berlin has at nine: 8 hours later, and nothing of the 8 hours that have not come', () => {
    const { values } = onClockOf(donor, berlin, tokyo).series;
    assert.equal(values[0], 8);
    assert.equal(values[24], 32);
    assert.equal(values.slice(-7).filter(Number.isNaN).length, 7);
  });

  it('gives New York at nine what Berlin had at nine: 5 hours before, and 6 once Berlin has summer time', () => {
    const { values } = onClockOf(donor, berlin, newYork).series;
    assert.ok(values.slice(0, 5).every(Number.isNaN));
    assert.equal(values[24], 24 - 5);
    assert.equal(values[96], 96 - 6);
  });

  it('takes the marks along, and no clock for UTC', () => {
    const { series: moved, marks: also } = onClockOf(donor, undefined, tokyo);
    assert.equal(moved.values[11], 20);
    assert.deepEqual([also[10], also[11], also[12]], ['ok', 'excluded', 'ok']);
    assert.deepEqual([moved.startMs, moved.values.length, also.length], [startMs, 120, 120]);
  });
});
