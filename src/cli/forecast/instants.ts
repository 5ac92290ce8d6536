/** The `ds` column: whole numbers (a counter or unix seconds) or ISO 8601. Inside, everything is milliseconds. */
export type InstantStyle =
  | { readonly kind: 'number' }
  /** `separator` undefined is a date without a time; `zone` as it stood, '' when there was none (then it is UTC). */
  | { readonly kind: 'iso'; readonly separator?: string; readonly zone: string };

export interface Instant {
  readonly ms: number;
  readonly style: InstantStyle;
}

const INTEGER = /^[+-]?\d+(\.0+)?$/;
const ISO = /^(\d{4}-\d{2}-\d{2})(?:([T ])(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** @returns undefined for anything else */
export function parseInstant(text: string): Instant | undefined {
  if (INTEGER.test(text)) {
    const ms = Number(text) * 1000;
    return Number.isSafeInteger(ms) ? { ms, style: { kind: 'number' } } : undefined;
  }
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, date, separator, time = '00:00', zone = ''] = match;
  if (!isOnCalendar(date!)) return undefined;
  const offset = zone === '' ? 'Z' : zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const ms = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(ms) ? undefined : { ms, style: { kind: 'iso', zone, ...(separator && { separator }) } };
}

/** There is no 30 February; `Date` would take it for 2 March. */
function isOnCalendar(date: string): boolean {
  const day = new Date(`${date}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** Writes an instant as the input wrote its own. */
export function formatInstant(ms: number, style: InstantStyle): string {
  if (style.kind === 'number') return String(ms / 1000);
  const minutes = offsetMinutes(style.zone);
  const local = new Date(ms + minutes * 60_000).toISOString();
  if (!style.separator && ms % 86_400_000 === 0) return local.slice(0, 10);
  const time = local.endsWith('.000Z') ? local.slice(11, 19) : local.slice(11, 23);
  return `${local.slice(0, 10)}${style.separator ?? 'T'}${time}${style.zone}`;
}

function offsetMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
