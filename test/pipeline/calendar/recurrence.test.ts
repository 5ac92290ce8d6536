import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { DayChoice, RepeatRule } from '../../../src/domain/calendar.ts';
import { recurrenceDays, weekdayOf } from '../../../src/pipeline/calendar/recurrence.ts';

interface Case {
  readonly unit: RepeatRule['unit'];
  readonly interval: number;
  readonly days: readonly DayChoice[];
  readonly count?: number;
  readonly startDay: number;
  readonly untilDay: number;
  readonly found: readonly number[];
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'recurrence.json'), 'utf8')) as {
  readonly by: string;
  readonly cases: readonly Case[];
};

const utc = { zone: 'UTC', transitions: [{ fromMs: 0, offsetMs: 0 }] };
const dayOf = (date: string) => Date.parse(`${date}T00:00Z`) / 86_400_000;
const dates = (days: readonly number[]) => days.map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));

function ruleOf({ unit, interval, days, count }: Omit<Case, 'startDay' | 'untilDay' | 'found'>): RepeatRule {
  return { kind: 'rule', unit, interval, days, clock: utc, except: [], ...(count !== undefined && { count }) };
}

function describeCase({ unit, interval, days, count }: Case): string {
  const chosen = days.map((choice) => Object.values(choice).join(' ')).join(', ');
  return `every ${interval} ${unit}${chosen && ` on ${chosen}`}${count === undefined ? '' : `, ${count} times`}`;
}

describe('recurrenceDays', () => {
  for (const each of golden.cases) {
    it(`finds the ${each.found.length} days of ${golden.by}: ${describeCase(each)}`, () => {
      assert.deepEqual(recurrenceDays(ruleOf(each), each.startDay, each.startDay, each.untilDay), each.found);
    });
  }

  it('leaves the 31st out where a month has 30 days, and takes its last day when that is asked for', () => {
    const rule = { unit: 'month', interval: 1 } as const;
    const [start, until] = [dayOf('2026-01-31'), dayOf('2026-06-01')];
    assert.deepEqual(dates(recurrenceDays(ruleOf({ ...rule, days: [] }), start, start, until)), [
      '2026-01-31',
      '2026-03-31',
      '2026-05-31',
    ]);
    const last = ruleOf({ ...rule, days: [{ kind: 'day-of-month', day: -1 }] });
    assert.deepEqual(dates(recurrenceDays(last, start, start, until)), [
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
    ]);
  });

  it('knows that 2100 has no 29 February', () => {
    const start = dayOf('2088-02-29');
    const days = recurrenceDays(ruleOf({ unit: 'year', interval: 1, days: [] }), start, start, dayOf('2110-01-01'));
    assert.deepEqual(dates(days), ['2088-02-29', '2092-02-29', '2096-02-29', '2104-02-29', '2108-02-29']);
  });

  it('gives the same days of a later window whether it began before or jumps there', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...golden.cases),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 1, max: 400 }),
        (each, skip, length) => {
          const rule = ruleOf(each);
          const from = each.startDay + skip;
          const all = recurrenceDays(rule, each.startDay, each.startDay, from + length);
          assert.deepEqual(
            recurrenceDays(rule, each.startDay, from, from + length),
            all.filter((day) => day >= from),
          );
        },
      ),
    );
  });

  it('counts the weekdays from Sunday: 1 January 1970 was a Thursday, 31 December 1969 a Wednesday', () => {
    assert.deepEqual([weekdayOf(0), weekdayOf(-1), weekdayOf(3)], [4, 3, 0]);
  });
});
