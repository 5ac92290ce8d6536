import assert from 'node:assert/strict';
import { wallClockOf } from '../../../src/config/wall-clock.ts';
import type { Span } from '../../../src/domain/calendar.ts';
import { ordinaryLoad } from '../../../src/pipeline/calendar/ordinary-load.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A Monday. */
const startMs = Date.UTC(2026, 2, 2);

function seriesOf(days: number, load: (atMs: number) => number) {
  const values = Float64Array.from({ length: days * 1440 }, (_, i) => load(startMs + i * minute));
  return { startMs, stepMs: minute, values };
}

const hourOf = (ms: number) => (((ms % day) + day) % day) / hour;
const shape = (ms: number) => 50 + 10 * hourOf(ms);
const span = (dayIndex: number, fromHour: number, hours: number): Span => ({
  startMs: startMs + dayIndex * day + fromHour * hour,
  endMs: startMs + dayIndex * day + (fromHour + hours) * hour,
});

describe('ordinaryLoad', () => {
  it('is that of the same time of other days: 170 at noon, whatever the event made of it', () => {
    const event = span(10, 12, 1);
    const series = seriesOf(14, (ms) => shape(ms) * (ms >= event.startMs && ms < event.endMs ? 4 : 1));
    const ordinary = ordinaryLoad({ series, events: [event] }, event);
    assert.equal(ordinary(event.startMs), 170);
    assert.equal(ordinary(event.startMs + 30 * minute), 175);
  });

  it('is at the level of the hours before the event: twice as much load on that day is twice the ordinary load', () => {
    const event = span(10, 12, 1);
    const series = seriesOf(14, (ms) => shape(ms) * (ms >= startMs + 10 * day && ms < startMs + 11 * day ? 2 : 1));
    const ordinary = ordinaryLoad({ series, events: [event] }, event);
    assert.ok(Math.abs(ordinary(event.startMs)! / 340 - 1) < 1e-9);
  });

  it('goes by the same weekday where that was ordinary', () => {
    // On Thursdays the load jumps at noon, event or not.
    const isThursday = (ms: number) => new Date(ms).getUTCDay() === 4;
    const series = seriesOf(24, (ms) => shape(ms) * (isThursday(ms) && hourOf(ms) >= 12 ? 1.5 : 1));
    const event = span(17, 12, 1);
    assert.ok(Math.abs(ordinaryLoad({ series, events: [event] }, event)(event.startMs)! / 255 - 1) < 1e-9);
  });

  it('goes by the other days where every one of its weekday had the event', () => {
    const events = [3, 10, 17].map((index) => span(index, 12, 1));
    const isOn = (ms: number) => events.some((each) => ms >= each.startMs && ms < each.endMs);
    const series = seriesOf(21, (ms) => shape(ms) * (isOn(ms) ? 3 : 1));
    assert.equal(ordinaryLoad({ series, events }, events[2]!)(events[2]!.startMs), 170);
  });

  it('knows the load of an event to come, whose days around it are past', () => {
    const series = seriesOf(10, shape);
    const event = { startMs: startMs + 10 * day + 2 * minute, endMs: startMs + 10 * day + hour };
    assert.ok(Math.abs(ordinaryLoad({ series, events: [event] }, event)(event.startMs)! - shape(event.startMs)) < 1e-9);
  });

  it('looks at the same time on the wall clock, across a change of it', () => {
    // A jump at 20:00 in Berlin; the clock changes on the 29th, so in UTC it moves from 19:00 to 18:00.
    const clock = wallClockOf('Europe/Berlin');
    const at = (ms: number) => (ms < Date.UTC(2026, 2, 29, 1) ? 19 : 18);
    const series = seriesOf(30, (ms) => (hourOf(ms) >= at(ms) && hourOf(ms) < at(ms) + 2 ? 300 : 100));
    const event = span(28, 18, 2);
    assert.equal(ordinaryLoad({ series, clock, events: [event] }, event)(event.startMs), 300);
    assert.equal(ordinaryLoad({ series, events: [event] }, event)(event.startMs), 100, 'by UTC');
  });

  it('passes over missing samples, and is the load just before the event where no other day is known', () => {
    const event = span(3, 12, 1);
    const series = seriesOf(7, (ms) => (ms < startMs + 3 * day ? Number.NaN : shape(ms)));
    assert.equal(ordinaryLoad({ series, events: [event] }, event)(event.startMs), 170);
    const young = seriesOf(1, shape);
    const before = ordinaryLoad({ series: young, events: [] }, span(0, 20, 1))(startMs + 20.5 * hour)!;
    assert.ok(Math.abs(before - 248.7) < 0.1, `${before}`);
    const empty = { ...young, values: young.values.map(() => Number.NaN) };
    assert.equal(ordinaryLoad({ series: empty, events: [] }, span(0, 20, 1))(startMs + 20 * hour), undefined);
  });
});
