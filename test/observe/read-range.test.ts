import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endMs, type TimeSeries } from '../../src/domain/time-series.ts';
import { planReads, readRange } from '../../src/observe/read-range.ts';
import { DAY, END, HOUR, MINUTE, NOW, steady } from './fixtures.ts';

const WINDOW = 14 * DAY;
const read = (known: readonly (TimeSeries | undefined)[], nowMs = NOW) => readRange(known, nowMs, WINDOW, MINUTE);
const window = steady(1, WINDOW / MINUTE);
const followed = { startMs: END - 3 * MINUTE, endMs: END };

function withHole(series: TimeSeries, from: number, to: number): TimeSeries {
  return { ...series, values: series.values.map((value, i) => (i >= from && i < to ? Number.NaN : value)) };
}

describe('readRange', () => {
  it('asks for the whole window of 14 days when nothing is known, and for whole steps only', () => {
    assert.deepEqual(read([undefined]), { startMs: END - WINDOW, endMs: END });
  });

  it('asks again for 3 steps when everything is known', () => {
    assert.deepEqual(read([window]), followed);
  });

  it('asks from the known end on after an outage of 5 hours, not for the window', () => {
    assert.deepEqual(read([window], NOW + 5 * HOUR), { startMs: END - 3 * MINUTE, endMs: END + 5 * HOUR });
  });

  it('serves all workloads by the union of their ranges', () => {
    assert.deepEqual(read([window, undefined]), { startMs: END - WINDOW, endMs: END });
  });

  it('hopes for 20 missing steps at the end, but not for more than an hour of them', () => {
    const length = window.values.length;
    assert.equal(read([withHole(window, length - 20, length)]).startMs, END - 23 * MINUTE);
    assert.equal(read([withHole(window, length - 600, length)]).startMs, END - HOUR - 3 * MINUTE);
  });

  it('asks for the whole window when it was made longer', () => {
    assert.equal(read([steady(1, (7 * DAY) / MINUTE)]).startMs, END - WINDOW);
  });

  it('asks for the whole window when the step was changed', () => {
    const other: TimeSeries = {
      startMs: END - WINDOW,
      stepMs: 30_000,
      values: new Float64Array(2 * window.values.length).fill(1),
    };
    assert.equal(read([other]).startMs, END - WINDOW);
  });

  it('reads a window with 10 % of holes again every 6 hours, one with 1 % never', () => {
    const holes = (share: number) => withHole(window, 100, 100 + share * window.values.length);
    // END is 09:12; the next boundary of six hours is 12:00.
    const before = { startMs: window.startMs, stepMs: MINUTE, values: holes(0.1).values };
    const noonMs = Date.UTC(2026, 9, 20, 12);
    assert.equal(readRange([before], noonMs - MINUTE, WINDOW - DAY, MINUTE).startMs, END - 3 * MINUTE);
    assert.equal(readRange([before], noonMs, WINDOW - DAY, MINUTE).startMs, noonMs - WINDOW + DAY);
    assert.equal(readRange([holes(0.01)], noonMs, WINDOW - DAY, MINUTE).startMs, END - 3 * MINUTE);
  });

  it('asks for the window when all that is known lies before it', () => {
    assert.equal(read([window], NOW + 15 * DAY).startMs, END + DAY);
  });

  it('asks for the last steps when the clock stepped back an hour', () => {
    assert.deepEqual(read([window, steady(1, WINDOW / MINUTE + 60)], NOW - HOUR).endMs, END - HOUR);
  });

  it('lies on the grid, ends by now and lies inside the window (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 20_000 }), fc.array(fc.boolean()), (shift, present) => {
        const known = {
          startMs: END - WINDOW,
          stepMs: MINUTE,
          values: Float64Array.from(present, (there) => (there ? 1 : Number.NaN)),
        };
        const nowMs = NOW + shift * MINUTE;
        const range = read([known], nowMs);
        assert.equal(range.startMs % MINUTE, 0);
        assert.equal(range.endMs, Math.floor(nowMs / MINUTE) * MINUTE);
        assert.ok(range.startMs < range.endMs && range.startMs >= range.endMs - WINDOW);
      }),
    );
  });
});

describe('planReads', () => {
  const plan = (known: readonly (TimeSeries | undefined)[], nowMs = NOW) => planReads(known, nowMs, WINDOW, MINUTE);

  it('makes one query for 100 workloads that follow', () => {
    assert.deepEqual(plan(Array.from({ length: 100 }, () => window)), [
      { kind: 'follow', range: followed, members: Array.from({ length: 100 }, (_, i) => i) },
    ]);
  });

  it('reads the window of a newcomer without that of the others', () => {
    assert.deepEqual(plan([window, undefined, window]), [
      { kind: 'window', range: { startMs: END - WINDOW, endMs: END }, members: [1] },
      { kind: 'follow', range: followed, members: [0, 2] },
    ]);
  });

  it('covers every workload once (property)', () => {
    const states = [undefined, window, steady(1, 100), withHole(window, 0, 15_000)];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states)), fc.integer({ min: 0, max: 20_000 }), (known, shift) => {
        const reads = plan(known, NOW + shift * MINUTE);
        assert.deepEqual(
          reads.flatMap((one) => one.members).sort((a, b) => a - b),
          known.map((_, i) => i),
        );
        for (const { members, range } of reads) {
          for (const i of members)
            assert.ok(range.startMs <= Math.max(known[i] ? endMs(known[i]) : 0, range.endMs - WINDOW));
        }
      }),
      { numRuns: 30 },
    );
  });
});
