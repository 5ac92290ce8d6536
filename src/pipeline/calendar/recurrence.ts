/**
 * The days of a rule: what "every second week on Tuesday and Thursday" or "the last day of each month" mean, counted in
 * days since 1970 on the wall clock. The part of RFC 5545 that people write, with its meaning.
 */
import type { DayChoice, RepeatRule } from '../../domain/calendar.ts';

const DAY_MS = 86_400_000;

interface Civil {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
}

function civilOf(day: number): Civil {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
}

/** Months beyond the year roll over. */
function dayOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month, day) / DAY_MS;
}

/** 0 is Sunday; 1970 began on a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function mondayOf(day: number): number {
  return day - ((weekdayOf(day) + 6) % 7);
}

function daysInMonth(year: number, month: number): number {
  return dayOf(year, month + 1, 1) - dayOf(year, month, 1);
}

/** The chosen days of one month, unsorted. */
function inMonth(choice: DayChoice, year: number, month: number): readonly number[] {
  const length = daysInMonth(year, month);
  const first = dayOf(year, month, 1);
  switch (choice.kind) {
    case 'day-of-month': {
      const day = choice.day < 0 ? length + 1 + choice.day : choice.day;
      return day >= 1 && day <= length ? [first + day - 1] : [];
    }
    case 'nth-weekday': {
      const last = first + length - 1;
      if (choice.nth < 0) return [last - ((weekdayOf(last) - choice.weekday + 7) % 7)];
      const day = first + ((choice.weekday - weekdayOf(first) + 7) % 7) + 7 * (choice.nth - 1);
      return day <= last ? [day] : [];
    }
    case 'weekday':
      return [];
  }
}

/** Days of the rule in its nth period; the period of `startDay` is 0. */
function inPeriod({ unit, interval, days }: RepeatRule, startDay: number, n: number): readonly number[] {
  const start = civilOf(startDay);
  const monthly = (choices: readonly DayChoice[], month: number) => {
    const { year, month: rolled } = civilOf(dayOf(start.year, month, 1));
    return choices.flatMap((choice) => inMonth(choice, year, rolled));
  };
  const sameDate: readonly DayChoice[] = [{ kind: 'day-of-month', day: start.day }];
  const chosen = days.length > 0 ? days : sameDate;
  switch (unit) {
    case 'day':
      return [startDay + n * interval];
    case 'week': {
      const monday = mondayOf(startDay) + 7 * n * interval;
      const weekdays = days.flatMap((choice) => (choice.kind === 'weekday' ? [choice.weekday] : []));
      const wanted = weekdays.length > 0 ? weekdays : [weekdayOf(startDay)];
      return wanted.map((weekday) => monday + ((weekday + 6) % 7));
    }
    case 'month':
      return monthly(chosen, start.month + n * interval);
    case 'year':
      return monthly(chosen, start.month + 12 * n * interval);
  }
}

/** Longest that a period can be, in days; a lower bound on how many have passed comes from it. */
const LONGEST = { day: 1, week: 7, month: 31, year: 366 } as const;
/** No rule is silent for longer than this many periods: 29 February comes every eighth year at least. */
const MOST_SILENT = 48;

/**
 * The days on which a rule takes place, ascending, from `fromDay` to before `untilDay`; those of `except` included.
 *
 * @param startDay - the first day; none lies before it
 */
export function recurrenceDays(
  rule: RepeatRule,
  startDay: number,
  fromDay: number,
  untilDay: number,
): readonly number[] {
  // A count can only be counted from the beginning.
  const skipped =
    rule.count === undefined ? Math.floor((fromDay - startDay) / (LONGEST[rule.unit] * rule.interval)) - 1 : 0;
  const found: number[] = [];
  let counted = 0;
  let silent = 0;
  for (let n = Math.max(0, skipped); silent <= MOST_SILENT; n++) {
    const days = [...new Set(inPeriod(rule, startDay, n))].filter((day) => day >= startDay).sort((a, b) => a - b);
    silent = days.length > 0 ? 0 : silent + 1;
    for (const day of days) {
      if (day >= untilDay || counted === rule.count) return found;
      counted += 1;
      if (day >= fromDay) found.push(day);
    }
  }
  return found;
}
