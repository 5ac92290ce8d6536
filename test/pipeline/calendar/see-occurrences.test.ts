import assert from 'node:assert/strict';
import type { CalendarEvent } from '../../../src/domain/calendar.ts';
import { partsAfter } from '../../../src/pipeline/calendar/course.ts';
import { seeOccurrences } from '../../../src/pipeline/calendar/see-occurrences.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const startMs = Date.UTC(2026, 2, 2);

const weekly: CalendarEvent = {
  name: 'sale',
  type: 'flash-sale',
  startMs: startMs + 3 * day + 12 * hour,
  endMs: startMs + 3 * day + 14 * hour,
  repeat: { kind: 'span', everyMs: 7 * day },
};

/** 100 requests/s with `factor` at a time since the start of the weekly event. */
function loadOf(days: number, factor: (sinceMs: number, week: number) => number) {
  const values = Float64Array.from({ length: days * 1440 }, (_, i) => {
    const since = startMs + i * minute - weekly.startMs;
    const week = Math.floor(since / (7 * day));
    return 100 * factor(since - week * 7 * day, week);
  });
  return { startMs, stepMs: minute, values };
}

const during = (since: number) => since >= 0 && since < 2 * hour;
const near = (actual: number | null | undefined, expected: number, within = 0.02) =>
  assert.ok(Math.abs(actual! - expected) <= within, `${actual} instead of ${expected}`);

describe('seeOccurrences', () => {
  it('finds the logarithm of each uplift: 2, 3 and 2.5 in three weeks', () => {
    const seen = seeOccurrences(
      loadOf(21, (since, week) => (during(since) ? [2, 3, 2.5][week]! : 1)),
      [weekly],
    );
    assert.deepEqual(
      seen.map(({ startMs: at }) => at),
      [0, 7, 14].map((days) => weekly.startMs + days * day),
    );
    seen.forEach(({ mean, parts }, week) => {
      near(mean, Math.log([2, 3, 2.5][week]!));
      for (const part of parts) near(part, Math.log([2, 3, 2.5][week]!));
    });
  });

  it('knows the ramp and what is left behind the end', () => {
    const course = (since: number) => {
      if (since < 0) return 1;
      return since < 2 * hour
        ? 1 + Math.min(1, since / (10 * minute))
        : 1 + 0.5 ** ((since - 2 * hour) / (20 * minute));
    };
    const [, seen] = seeOccurrences(loadOf(14, course), [weekly]);
    near(seen!.parts[0]!, 0, 0.06);
    near(seen!.parts[3]!, Math.log(1.3), 0.06);
    near(seen!.parts.at(-1)!, Math.log(2));
    const at = partsAfter.findIndex(({ fromMs }) => fromMs === 20 * minute);
    near(seen!.after[at]!, Math.log(1 + 0.5 ** 1.25), 0.05);
  });

  it('says what takes load away, down to nothing', () => {
    const [seen] = seeOccurrences(
      loadOf(14, (since) => (during(since) ? 0 : 1)),
      [{ ...weekly, type: 'maintenance' }],
    );
    near(seen!.mean, Math.log(0.01));
  });

  it('leaves out what is not over, what began before the series, and what was mostly not measured', () => {
    const uplifted = (since: number) => (during(since) ? 2 : 1);
    assert.equal(seeOccurrences(loadOf(10, uplifted), [weekly]).length, 1);
    const cut = loadOf(14, uplifted);
    const late = {
      ...cut,
      startMs: weekly.startMs + minute,
      values: cut.values.subarray((weekly.startMs + minute - startMs) / minute),
    };
    assert.equal(seeOccurrences(late, [weekly]).length, 1);
    const gap = { ...cut, values: cut.values.slice() };
    gap.values.fill(Number.NaN, (weekly.startMs - startMs) / minute, (weekly.startMs - startMs) / minute + 95);
    assert.equal(seeOccurrences(gap, [weekly]).length, 1);
  });

  it('does not tell apart two events at once, and so learns from neither', () => {
    const other = { ...weekly, name: 'fair', startMs: weekly.startMs + hour, endMs: weekly.endMs + hour };
    assert.deepEqual(
      seeOccurrences(
        loadOf(14, () => 1),
        [weekly, other],
      ),
      [],
    );
  });

  it('compares an event of every day with the load just before it: 2 at that hour each day', () => {
    const daily: CalendarEvent = {
      ...weekly,
      startMs: weekly.startMs - 3 * day,
      endMs: weekly.endMs - 3 * day,
      repeat: { kind: 'span', everyMs: day },
    };
    const values = Float64Array.from({ length: 4 * 1440 }, (_, i) => (i % 1440 >= 720 && i % 1440 < 840 ? 200 : 100));
    const seen = seeOccurrences({ startMs, stepMs: minute, values }, [daily]);
    assert.equal(seen.length, 4);
    for (const { mean } of seen) near(mean, Math.log(2));
  });

  it('looks only once at what was seen, but for the hours behind an end that were not over', () => {
    const series = loadOf(21, (since) => (during(since) ? 2 : 1));
    const seen = seeOccurrences(series, [weekly]);
    assert.deepEqual(seeOccurrences(series, [weekly], undefined, seen), []);
    const early = { ...series, values: series.values.subarray(0, (weekly.endMs + 14 * day + hour - startMs) / minute) };
    const [half] = seeOccurrences(early, [weekly], undefined, seen.slice(0, 2));
    assert.equal(half!.after.at(-1), null);
    assert.equal(seeOccurrences(early, [weekly], undefined, [...seen.slice(0, 2), half!]).length, 1);
  });
});
