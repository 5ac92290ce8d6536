import assert from 'node:assert/strict';
import { judgeTrace } from '../../../src/simulate/forescale/quality.ts';
import { minuteMs } from '../scenario.ts';

const ref = { namespace: 'shop', kind: 'Deployment', name: 'checkout' } as const;
const history = { windowMs: 14 * 1440 * minuteMs, maxGapShare: 0.2, staleAfterMs: 300_000 };
const timetable = { startMs: 0, stepMs: minuteMs, decideMs: minuteMs, rowsPerStep: 1, warmUpRows: 0, rows: 10_000 };

/** The verdict after `minutes` of load with the minutes of `missing` blank. */
function verdict(minutes: number, missing: (minute: number) => boolean = () => false, stepMs = minuteMs) {
  const rates = Float64Array.from({ length: 10_000 }, (_, i) => (i >= minutes || missing(i) ? Number.NaN : 10));
  const view = { rates, known: minutes, desired: 1, ready: 1, readyLastStep: 1 };
  const quality = judgeTrace(ref, view, { ...timetable, stepMs }, minutes * stepMs, history);
  return [quality.state, quality.action];
}

describe('judgeTrace', () => {
  it('is content with three whole days', () => {
    assert.deepEqual(verdict(3 * 1440), ['ok', 'use']);
  });

  it('lets nothing shrink on less than two days', () => {
    assert.deepEqual(verdict(2 * 1440 - 1), ['insufficient-history', 'upward-only']);
    assert.deepEqual(verdict(2 * 1440), ['ok', 'use']);
  });

  it('holds when the newest sample is 6 min old, not when it is 5', () => {
    assert.deepEqual(
      verdict(3 * 1440, (minute) => minute >= 3 * 1440 - 6),
      ['stale', 'hold'],
    );
    assert.deepEqual(
      verdict(3 * 1440, (minute) => minute >= 3 * 1440 - 5),
      ['ok', 'use'],
    );
  });

  it('allows two steps of any length before data is stale: 10 min at steps of 5', () => {
    const blank = (count: number) => (step: number) => step >= 1000 - count;
    assert.deepEqual(verdict(1000, blank(2), 5 * minuteMs), ['ok', 'use']);
    assert.deepEqual(verdict(1000, blank(3), 5 * minuteMs), ['stale', 'hold']);
  });

  it('lets nothing shrink while more than 20 % of the last 6 h is missing', () => {
    const hole = (minute: number) => minute >= 3 * 1440 - 180 && minute < 3 * 1440 - 90;
    assert.deepEqual(verdict(3 * 1440, hole), ['gappy', 'upward-only']);
  });

  it('holds on a trace that has been blank so far', () => {
    assert.equal(verdict(100, () => true)[1], 'hold');
  });
});
