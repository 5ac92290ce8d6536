/**
 * The five-field cron form (minute, hour, day of month, month, day of week) that the refit clock understands:
 * numbers, `*`, lists, ranges, steps, and the English short names of months and days.
 * Narrower than the clock's own parser on purpose (no seconds): a refit every second is a mistake.
 */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly low: number;
  readonly high: number;
  /** Names stand for `low`, `low + 1`, … */
  readonly names: readonly string[];
}

const fields: readonly Field[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: months },
  { low: 0, high: 7, names: days },
];

function numberOf(text: string, field: Field): number | undefined {
  const name = field.names.indexOf(text.toLowerCase());
  const value = name >= 0 ? field.low + name : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.low && value <= field.high ? value : undefined;
}

function isRange(text: string, field: Field): boolean {
  if (text === '*') return true;
  const [from, to, ...more] = text.split('-').map((bound) => numberOf(bound, field));
  if (from === undefined || more.length > 0) return false;
  return !text.includes('-') || (to !== undefined && from <= to);
}

function isPart(text: string, field: Field): boolean {
  const [range, step, ...more] = text.split('/');
  if (more.length > 0 || !isRange(range!, field)) return false;
  if (step === undefined) return true;
  // A step needs something to step through: `5/10` means different things to different crons.
  return /^[1-9]\d?$/.test(step) && (range === '*' || range!.includes('-'));
}

/** Whether the text is a cron expression of five fields. */
export function isCron(text: string): boolean {
  const parts = text.trim().split(/\s+/);
  return (
    parts.length === fields.length && parts.every((part, i) => part.split(',').every((p) => isPart(p, fields[i]!)))
  );
}
