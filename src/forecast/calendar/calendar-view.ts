/** The calendar as a method asks for it: step by step, past and coming alike, without allocation. */
import type { Occurrence } from '../../domain/calendar.ts';
import type { CalendarView, EventAtStep } from '../features/calendar.ts';

const NOTHING: EventAtStep = Object.freeze({ active: false, logUplift: 0, holiday: false });

interface Segment {
  readonly fromStep: number;
  readonly untilStep: number;
  readonly event: EventAtStep;
}

function stepsOf({ startMs, endMs }: Occurrence, stepMs: number): readonly [from: number, until: number] {
  return [Math.floor(startMs / stepMs), Math.ceil(endMs / stepMs)];
}

/** Overlapping events do not add up: the uplift that changes the load most counts. */
function together(occurrences: readonly Occurrence[]): EventAtStep {
  const uplifts = occurrences.map(({ declared = 0 }) => declared);
  const logUplift = uplifts.reduce((most, uplift) => (Math.abs(uplift) > Math.abs(most) ? uplift : most), 0);
  return Object.freeze({ active: true, logUplift, holiday: occurrences.some(({ type }) => type === 'holiday') });
}

/** Spans of steps on which the same events are on, ascending, without those on which none is. */
function segmentsOf(occurrences: readonly Occurrence[], stepMs: number): readonly Segment[] {
  const edges = [...new Set(occurrences.flatMap((occurrence) => stepsOf(occurrence, stepMs)))].sort((a, b) => a - b);
  return edges.slice(1).flatMap((untilStep, i) => {
    const fromStep = edges[i]!;
    const on = occurrences.filter((occurrence) => {
      const [from, until] = stepsOf(occurrence, stepMs);
      return from <= fromStep && until >= untilStep;
    });
    return on.length > 0 ? [{ fromStep, untilStep, event: together(on) }] : [];
  });
}

/**
 * @param occurrences - of everything from the history to the farthest horizon
 * @param stepMs - steps are counted from the epoch; one that an event touches counts as one of the event
 */
export function calendarView(occurrences: readonly Occurrence[], stepMs: number): CalendarView {
  const segments = segmentsOf(occurrences, stepMs);
  let last = 0;
  return {
    eventAt(step) {
      // Questions come in runs, so the answer is mostly where the last one was.
      while (last > 0 && step < segments[last]!.fromStep) last -= 1;
      while (last < segments.length - 1 && step >= segments[last + 1]!.fromStep) last += 1;
      const segment = segments[last];
      return segment && step >= segment.fromStep && step < segment.untilStep ? segment.event : NOTHING;
    },
  };
}
