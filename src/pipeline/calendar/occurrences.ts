/** From the calendar to the times at which its events take place. */
import type { CalendarEvent, Occurrence, RepeatRule, Span } from '../../domain/calendar.ts';
import { recurrenceDays } from './recurrence.ts';
import { momentAt, wallAt } from './wall-clock.ts';

const DAY_MS = 86_400_000;

/** Spans that overlap [fromMs, untilMs). */
function overlapping(spans: readonly Span[], fromMs: number, untilMs: number): readonly Span[] {
  return spans.filter(({ startMs, endMs }) => startMs < untilMs && endMs > fromMs);
}

function bySpan({ startMs, endMs }: Span, everyMs: number, fromMs: number, untilMs: number): readonly Span[] {
  const first = Math.max(0, Math.ceil((fromMs - endMs + 1) / everyMs));
  const spans: Span[] = [];
  for (let shift = first * everyMs; startMs + shift < untilMs; shift += everyMs)
    spans.push({ startMs: startMs + shift, endMs: endMs + shift });
  return spans;
}

function byRule({ startMs, endMs }: Span, rule: RepeatRule, fromMs: number, untilMs: number): readonly Span[] {
  const [start, end] = [wallAt(rule.clock, startMs), wallAt(rule.clock, endMs)];
  const startDay = Math.floor(start / DAY_MS);
  // A day more on both sides, because wall clocks are up to a day away from UTC.
  const fromDay = Math.floor((fromMs - (endMs - startMs)) / DAY_MS) - 1;
  const days = recurrenceDays(rule, startDay, Math.max(startDay, fromDay), Math.ceil(untilMs / DAY_MS) + 2);
  const spans = days
    .filter((day) => !rule.except.includes(day))
    .map((day) => {
      const shift = (day - startDay) * DAY_MS;
      return { startMs: momentAt(rule.clock, start + shift), endMs: momentAt(rule.clock, end + shift) };
    });
  return spans.filter((span) => span.startMs <= (rule.untilMs ?? Number.POSITIVE_INFINITY));
}

function spansOf(event: CalendarEvent, fromMs: number, untilMs: number): readonly Span[] {
  const { repeat, startMs, endMs } = event;
  const first = { startMs, endMs };
  if (repeat === undefined) return [first];
  switch (repeat.kind) {
    case 'span':
      return bySpan(first, repeat.everyMs, fromMs, untilMs);
    case 'rule':
      return byRule(first, repeat, fromMs, untilMs);
    case 'dates':
      return repeat.spans;
  }
}

/** Every occurrence that overlaps [fromMs, untilMs), the earliest first. */
export function occurrencesBetween(
  events: readonly CalendarEvent[],
  fromMs: number,
  untilMs: number,
): readonly Occurrence[] {
  const all = events.flatMap((event) => {
    const { name, type, uplift } = event;
    const more = { name, type, ...(uplift !== undefined && { declared: Math.log(uplift) }) };
    return overlapping(spansOf(event, fromMs, untilMs), fromMs, untilMs).map(
      ({ startMs, endMs }): Occurrence => ({ ...more, startMs, endMs }),
    );
  });
  return all.sort((a, b) => a.startMs - b.startMs);
}
