import assert from 'node:assert/strict';
import type { SeenOccurrence } from '../../../src/domain/calendar.ts';
import { flatCourse, partsAfter, partsOf, shareAt } from '../../../src/pipeline/calendar/course.ts';
import { learnCourse } from '../../../src/pipeline/calendar/learn-course.ts';

const minute = 60_000;
const hour = 60 * minute;
const parts = partsOf(2 * hour);

/** One occurrence of that mean, whose parts are mean × share(time since the start), and log shares behind its end. */
function seen(mean: number, share: (atMs: number) => number, more: Partial<SeenOccurrence> = {}): SeenOccurrence {
  const middle = ({ fromMs, untilMs }: (typeof parts)[number]) => (fromMs + untilMs) / 2;
  return {
    name: 'sale',
    type: 'flash-sale',
    startMs: 0,
    endMs: 2 * hour,
    mean,
    parts: parts.map((part) => mean * share(middle(part))),
    after: partsAfter.map(() => 0),
    ...more,
  };
}

const ramp = (ms: number) => Math.min(1.04, (1.04 * ms) / (10 * minute));

describe('learnCourse', () => {
  it('finds the ramp that the occurrences share, and draws it a little towards flat: by a quarter of an occurrence', () => {
    const course = learnCourse([seen(1, ramp), seen(0.8, ramp), seen(1.2, ramp), seen(1, ramp)]);
    for (const atMs of [2.5 * minute, 5 * minute, hour]) {
      const expected = (4 * ramp(atMs) + 0.25) / 4.25;
      assert.ok(Math.abs(shareAt(course, atMs) - expected) < 0.03, `${shareAt(course, atMs)} at ${atMs}`);
    }
  });

  it('believes one occurrence less than four', () => {
    const early = (count: number) =>
      shareAt(learnCourse(Array.from({ length: count }, () => seen(1, () => 0.5))), hour);
    assert.ok(Math.abs(early(1) - 0.6) < 1e-9);
    assert.ok(Math.abs(early(4) - (2 + 0.25) / 4.25) < 1e-9);
  });

  it('knows how far parts lie from the shape: 0.2 apart in four occurrences is more than the usual 0.08', () => {
    const jagged = (sign: number) => seen(1, (ms) => 1 + sign * 0.2 * Math.sign(Math.sin(ms)));
    const noisy = learnCourse([jagged(1), jagged(-1), jagged(1), jagged(-1)]);
    const quiet = learnCourse([1, 2, 3, 4].map(() => seen(1, () => 1)));
    assert.ok(Math.sqrt(noisy.variance) > 0.16 && Math.sqrt(noisy.variance) < 0.24, `${Math.sqrt(noisy.variance)}`);
    assert.ok(Math.sqrt(quiet.variance) < 0.05, `${Math.sqrt(quiet.variance)}`);
  });

  it('finds the half-life behind the end: 20 min within 3, with noise that averages out', () => {
    const decay = (sign: number) =>
      partsAfter.map(({ fromMs, untilMs }, i) => {
        const middle = (fromMs + untilMs) / 2;
        return 0.5 ** (middle / (20 * minute)) + sign * 0.05 * (-1) ** i;
      });
    const { halfLifeMs } = learnCourse([1, -1, 1, -1].map((sign) => seen(1, () => 1, { after: decay(sign) })));
    assert.ok(Math.abs(halfLifeMs - 20 * minute) < 3 * minute, `${halfLifeMs / minute} min`);
  });

  it('ends with the event when nothing is left behind it, and takes what is known before the next event', () => {
    assert.equal(learnCourse([seen(1, () => 1)]).halfLifeMs, 0);
    const cut = partsAfter.map((_, i) => (i < 2 ? 0.8 : null));
    assert.ok(learnCourse([seen(1, () => 1, { after: cut })]).halfLifeMs > 5 * minute);
  });

  it('has the same shape for an event that takes load away', () => {
    const course = learnCourse([seen(-1, ramp), seen(-0.8, ramp)]);
    assert.ok(shareAt(course, minute) < 0.4 && shareAt(course, hour) > 1);
  });

  it('is flat before anything was seen, and where the event changes less than 5 %', () => {
    assert.deepEqual(learnCourse([]), flatCourse);
    assert.deepEqual(learnCourse([seen(0.01, ramp)]).shares, [1]);
  });

  it('passes over parts that are not known, and over occurrences of another length', () => {
    const holes = seen(1, ramp, { parts: parts.map((_, i) => (i === 3 ? null : 1)) });
    assert.ok(learnCourse([holes]).shares.every((share) => Number.isFinite(share) && share > 0.9));
    const other = seen(1, ramp, { parts: [5, 5], endMs: hour / 2 });
    assert.deepEqual(learnCourse([other, seen(1, ramp)]).shares, learnCourse([seen(1, ramp)]).shares);
  });
});
