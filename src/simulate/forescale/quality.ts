import type { Quality } from '../../domain/quality.ts';
import type { Settings } from '../../domain/settings.ts';
import type { WorkloadRef } from '../../domain/workload.ts';
import { judge } from '../../observe/judge.ts';
import type { WorkloadView } from '../policy.ts';
import type { Timetable } from '../timetable.ts';

const DAY_MS = 86_400_000;
/** With enough history behind it, only the newest hours can change the verdict on a trace. */
const RECENT_MS = 6 * 3_600_000;

const template = { name: 'trace', query: '', namespaceLabel: 'namespace', nameLabel: 'workload', scale: 1 };

/** The verdict of the observe stage on the trace as far as it is known, as if it had been read by a query. */
export function judgeTrace(
  ref: WorkloadRef,
  view: WorkloadView,
  timetable: Timetable,
  nowMs: number,
  history: Settings['history'],
): Quality {
  const { stepMs } = timetable;
  const enough = view.known * stepMs >= Math.min(2 * DAY_MS, history.windowMs);
  const first = enough ? Math.max(0, view.known - Math.ceil(RECENT_MS / stepMs)) : 0;
  const series = {
    startMs: timetable.startMs + first * stepMs,
    stepMs,
    values: view.rates.subarray(first, view.known),
  };
  return judge({
    ref,
    signal: 'requests',
    template,
    answer: { kind: 'answered', series: [], warnings: [], queries: 1 },
    matched: 1,
    fresh: { ...series, samples: series.values.length, repairs: { resets: 0, duplicates: 0, infinities: 0 } },
    series,
    vanished: [],
    nowMs,
    windowMs: history.windowMs,
    limits: {
      maxGapShare: history.maxGapShare,
      staleAfterMs: Math.max(history.staleAfterMs, 2 * stepMs),
      ...(enough && { minHistoryMs: 0 }),
    },
  });
}
