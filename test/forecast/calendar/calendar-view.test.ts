import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Occurrence } from '../../../src/domain/calendar.ts';
import { calendarView } from '../../../src/forecast/calendar/calendar-view.ts';

const minute = 60_000;
const event = (from: number, until: number, more: Partial<Occurrence> = {}): Occurrence => ({
  name: 'sale',
  type: 'promotion',
  startMs: from * minute,
  endMs: until * minute,
  ...more,
});

describe('calendarView', () => {
  it('says of each step whether an event is on, its declared logarithm and whether it is a holiday', () => {
    const view = calendarView([event(10, 12, { declared: 0.7 }), event(20, 21, { type: 'holiday' })], minute);
    const nothing = { active: false, logUplift: 0, holiday: false };
    assert.deepEqual(view.eventAt(9), nothing);
    assert.deepEqual(view.eventAt(10), { active: true, logUplift: 0.7, holiday: false });
    assert.deepEqual(view.eventAt(12), nothing);
    assert.deepEqual(view.eventAt(20), { active: true, logUplift: 0, holiday: true });
    assert.deepEqual(view.eventAt(5), nothing, 'backwards');
    assert.deepEqual(calendarView([], minute).eventAt(0), nothing);
  });

  it('counts a step that an event only touches', () => {
    const view = calendarView([{ ...event(7, 9), startMs: 7.5 * minute, endMs: 8.2 * minute }], minute);
    assert.deepEqual(
      [6, 7, 8, 9].map((step) => view.eventAt(step).active),
      [false, true, true, false],
    );
  });

  it('takes the uplift that changes the load most where events overlap', () => {
    const view = calendarView(
      [event(0, 10, { declared: 0.5 }), event(5, 15, { declared: -0.9, type: 'holiday' })],
      minute,
    );
    assert.deepEqual(
      [4, 7, 12].map((step) => view.eventAt(step).logUplift),
      [0.5, -0.9, -0.9],
    );
    assert.equal(view.eventAt(4).holiday, false);
  });

  it('answers in any order as a search through all events would', () => {
    const span = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 20 }));
    const steps = fc.array(fc.integer({ min: -5, max: 130 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), steps, (spans, asked) => {
        const events = spans.map(([from, length]) => event(from, from + length));
        const view = calendarView(events, minute);
        for (const step of asked) {
          const expected = spans.some(([from, length]) => step >= from && step < from + length);
          assert.equal(view.eventAt(step).active, expected);
        }
      }),
    );
  });
});
