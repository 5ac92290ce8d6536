/** Days as people name them: `thursday`, `first monday`, `last friday`, `15`, `last day`, and dates such as 2026-12-24. */
import type { DayChoice } from '../domain/calendar.ts';

const DAY_MS = 86_400_000;
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const ordinals: { readonly [word: string]: number } = { first: 1, second: 2, third: 3, fourth: 4, last: -1 };

/** A weekday by its English name or the first three letters of it; 0 is Sunday. */
function weekdayNamed(word: string): number | undefined {
  const index = weekdays.findIndex((name) => name === word || name.slice(0, 3) === word);
  return index < 0 ? undefined : index;
}

function dayOfMonth(text: string): DayChoice | undefined {
  const day = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return day >= 1 && day <= 31 ? { kind: 'day-of-month', day } : undefined;
}

export function parseDayChoice(value: string | number): DayChoice | undefined {
  const words = String(value).trim().toLowerCase().split(/\s+/);
  const [first, second] = words;
  if (words.length === 1) {
    const weekday = weekdayNamed(first!);
    return weekday === undefined ? dayOfMonth(first!) : { kind: 'weekday', weekday };
  }
  const nth = Object.hasOwn(ordinals, first!) ? ordinals[first!] : undefined;
  if (words.length !== 2 || nth === undefined) return undefined;
  if (second === 'day') return nth === -1 ? { kind: 'day-of-month', day: -1 } : undefined;
  const weekday = weekdayNamed(second!);
  return weekday === undefined ? undefined : { kind: 'nth-weekday', weekday, nth };
}

/** As it stands in the file: a text, or the number of a day. */
export function nameChoice(choice: DayChoice): string | number {
  switch (choice.kind) {
    case 'weekday':
      return weekdays[choice.weekday]!;
    case 'nth-weekday': {
      const ordinal = Object.keys(ordinals).find((word) => ordinals[word] === choice.nth);
      return `${ordinal} ${weekdays[choice.weekday]}`;
    }
    case 'day-of-month':
      return choice.day < 0 ? 'last day' : choice.day;
  }
}

/** Days since 1970 of a date such as 2026-12-24. */
export function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? undefined : ms / DAY_MS;
}

/** What a day since 1970 is called in messages: `Thursday 2026-12-24`. */
export function nameDay(day: number): string {
  const date = new Date(day * DAY_MS);
  const name = weekdays[date.getUTCDay()]!;
  return `${name[0]!.toUpperCase()}${name.slice(1)} ${date.toISOString().slice(0, 10)}`;
}

/** Whether a day since 1970 is the chosen one of its week or month. */
export function isChosen(choice: DayChoice, day: number): boolean {
  const date = new Date(day * DAY_MS);
  const [ofMonth, weekday] = [date.getUTCDate(), date.getUTCDay()];
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  switch (choice.kind) {
    case 'weekday':
      return weekday === choice.weekday;
    case 'nth-weekday':
      return (
        weekday === choice.weekday && (choice.nth < 0 ? ofMonth + 7 > length : Math.ceil(ofMonth / 7) === choice.nth)
      );
    case 'day-of-month':
      return ofMonth === (choice.day < 0 ? length + 1 + choice.day : choice.day);
  }
}
