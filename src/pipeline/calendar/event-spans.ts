import type { CalendarEvent, Uplifts } from '../../domain/calendar.ts';
import type { Span } from '../../forecast/preparation/marks.ts';
import { reachMs } from './course.ts';
import { occurrencesBetween } from './occurrences.ts';

/** When the load was that of an event, and for how long it was still felt: no seasonal shape is learned from it. */
export function eventSpans(
  events: readonly CalendarEvent[],
  fromMs: number,
  untilMs: number,
  uplifts?: Uplifts,
): readonly Span[] {
  return occurrencesBetween(events, fromMs, untilMs).map(({ name, startMs, endMs }) => {
    const course = uplifts?.[name]?.course;
    return { fromMs: startMs, untilMs: endMs + (course ? reachMs(course) : 0) };
  });
}
