/**
 * Moments as people write them: `2026-11-27T08:00` on the clock of a time zone, or with an offset of its own
 * (`2026-11-27T08:00Z`, `…+01:00`).
 */

export type Moment =
  | { readonly kind: 'moment'; readonly ms: number }
  | { readonly kind: 'malformed' }
  /** The clock of the zone jumps over this time when summer time begins. */
  | { readonly kind: 'skipped' };

const form = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?)?$/;

/** Whether the runtime knows the zone (IANA name such as `Europe/Berlin`, or `UTC`). */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

function calendarMs(match: RegExpExecArray): number | undefined {
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0));
  const ms = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  const back = new Date(ms).toISOString();
  // Date.UTC rolls 31 April over to 1 May; writing it back shows whether it did.
  return back.slice(0, 10) === match[0].slice(0, 10) && hour! < 24 && minute! < 60 && second! < 60 ? ms : undefined;
}

function offsetMs(text: string): number | undefined {
  if (text === 'Z') return 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(4))];
  if (hours > 14 || minutes > 59) return undefined;
  return (text[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a hundred times as long as using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const made = formats.get(timeZone);
  if (made) return made;
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields, second: 'numeric' });
  formats.set(timeZone, format);
  return format;
}

/** What the wall clock of the zone shows at `ms`, as if it were UTC. */
export function wallMs(ms: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(ms);
  const of = (type: string) => Number(parts.find((part) => part.type === type)!.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/** A time that the clock shows twice (the end of summer time) is taken as the first of the two. */
function onClock(wall: number, timeZone: string): Moment {
  const dayMs = 86_400_000;
  const offsets = [wall - dayMs, wall + dayMs].map((ms) => wallMs(ms, timeZone) - ms);
  const fits = offsets.map((offset) => wall - offset).filter((ms) => wallMs(ms, timeZone) === wall);
  return fits.length === 0 ? { kind: 'skipped' } : { kind: 'moment', ms: Math.min(...fits) };
}

/**
 * @param timeZone - valid (see `isTimeZone`); it counts only where the text has no offset
 * @returns milliseconds since 1970; a date alone is its first minute
 */
export function parseMoment(text: string, timeZone: string): Moment {
  const match = form.exec(text.trim());
  const wall = match ? calendarMs(match) : undefined;
  if (!match || wall === undefined) return { kind: 'malformed' };
  if (match[7] === undefined) return onClock(wall, timeZone);
  const offset = offsetMs(match[7]);
  return offset === undefined ? { kind: 'malformed' } : { kind: 'moment', ms: wall - offset };
}
