import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Course } from '../../../src/domain/calendar.ts';
import {
  flatCourse,
  greatestShare,
  partsAfter,
  partsOf,
  reachMs,
  shareAt,
  shareOver,
} from '../../../src/pipeline/calendar/course.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('partsOf', () => {
  it('are minutes where an event begins, and longer later: 2 h have 14 parts', () => {
    const lengths = partsOf(2 * hour).map(({ fromMs, untilMs }) => (untilMs - fromMs) / minute);
    assert.deepEqual(lengths, [1, 1, 1, 1, 2, 2, 2, 5, 5, 10, 15, 15, 30, 30]);
  });

  it('cover an event of any length without gaps, in at most 25 parts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 * 24 * 60 }), (minutes) => {
        const parts = partsOf(minutes * minute);
        assert.equal(parts[0]!.fromMs, 0);
        assert.equal(parts.at(-1)!.untilMs, minutes * minute);
        for (const [i, { fromMs }] of parts.slice(1).entries()) assert.equal(fromMs, parts[i]!.untilMs);
        assert.ok(parts.every(({ fromMs, untilMs }) => untilMs > fromMs));
        assert.ok(parts.length <= 25);
      }),
    );
  });

  it('follow the load for 3 h behind the end', () => {
    assert.equal(partsAfter[0]!.fromMs, 0);
    assert.equal(partsAfter.at(-1)!.untilMs, 3 * hour);
  });
});

describe('a course', () => {
  const course: Course = {
    atMs: [0, 10 * minute, 50 * minute],
    shares: [0, 2, 1],
    variance: 0,
    halfLifeMs: 30 * minute,
  };

  it('goes in straight lines between what is known', () => {
    assert.equal(shareAt(course, 0), 0);
    assert.equal(shareAt(course, 5 * minute), 1);
    assert.equal(shareAt(course, 30 * minute), 1.5);
    assert.equal(shareAt(course, hour), 1);
  });

  it('is 0 before the event, halves every half-life behind it, and ends after three of them', () => {
    const at = (ms: number) => shareOver(course, hour, ms);
    assert.equal(at(-1), 0);
    assert.equal(at(hour + 30 * minute), 0.5);
    assert.equal(at(hour + 60 * minute), 0.25);
    assert.equal(reachMs(course), 1.5 * hour);
    assert.equal(at(2.5 * hour), 0);
  });

  it('that is flat is all there from start to end', () => {
    assert.deepEqual(
      [-1, 0, hour - 1, hour].map((ms) => shareOver(flatCourse, hour, ms)),
      [0, 1, 1, 0],
    );
    assert.equal(greatestShare(flatCourse), 1);
    assert.equal(greatestShare(course), 2);
  });
});
