/** How a learner may use each step: by the events of its calendar, and by what was known of a recorded load. */
import type { Mark } from '../../domain/forecast.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import type { WorkloadSpec } from '../../domain/workload.ts';
import { markAt, marksOf } from '../../forecast/preparation/marks.ts';
import { eventSpans } from '../../pipeline/calendar/event-spans.ts';
import type { WorkloadView } from '../policy.ts';
import type { Timetable } from '../timetable.ts';

export interface Marker {
  /** Of one step that has ended. */
  of(view: WorkloadView, step: number): Mark;
  /** Of the newest part of what has ended; undefined when there is nothing that could be doubted. */
  newest(view: WorkloadView, part: TimeSeries): readonly Mark[] | undefined;
}

export function createMarker({ events }: WorkloadSpec, { startMs, stepMs, decideMs, rows }: Timetable): Marker {
  const incidents = eventSpans(events, startMs, startMs + rows * decideMs);
  const withRecorded = (ofEvents: Mark, { marks }: WorkloadView, step: number): Mark =>
    ofEvents === 'ok' ? (marks?.[step] ?? 'ok') : ofEvents;
  return {
    of(view, step) {
      const load = { startMs, stepMs, values: view.rates };
      return withRecorded(incidents.length > 0 ? markAt({ load, incidents }, step) : 'ok', view, step);
    },
    newest(view, part) {
      if (incidents.length === 0 && !view.marks) return undefined;
      const first = view.known - part.values.length;
      return marksOf({ load: part, incidents }).map((mark, i) => withRecorded(mark, view, first + i));
    },
  };
}
