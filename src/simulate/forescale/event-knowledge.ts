/** What events were seen to do in simulated time, learned as on the slow clock of production. */
import type { SeenOccurrence, Uplifts } from '../../domain/calendar.ts';
import type { WorkloadSpec } from '../../domain/workload.ts';
import { learnUplifts } from '../../pipeline/calendar/learn-uplifts.ts';
import { seeOccurrences } from '../../pipeline/calendar/see-occurrences.ts';
import { rememberSeen } from '../../pipeline/calendar/seen-memory.ts';
import type { Moment } from '../policy.ts';
import type { Timetable } from '../timetable.ts';

const EVERY_MS = 3_600_000;

/** Uplifts by workload at a moment, in the order of the specs; moments are to be asked for in their order. */
export type EventKnowledge = (moment: Moment) => readonly (Uplifts | undefined)[];

/** @param windowMs - newest part of the history that is looked at */
export function startEventKnowledge(
  specs: readonly WorkloadSpec[],
  timetable: Timetable,
  windowMs: number,
): EventKnowledge {
  const { startMs, stepMs } = timetable;
  if (specs.every(({ events }) => events.length === 0)) return () => specs.map(() => undefined);
  const seen: (readonly SeenOccurrence[])[] = specs.map(() => []);
  let learnedMs = Number.NEGATIVE_INFINITY;
  let uplifts: readonly Uplifts[] = [];
  return ({ nowMs, workloads }) => {
    if (nowMs - learnedMs < EVERY_MS) return uplifts;
    learnedMs = nowMs;
    specs.forEach(({ events, clock }, i) => {
      const { rates, known } = workloads[i]!;
      const first = Math.max(0, known - Math.floor(windowMs / stepMs));
      const series = { startMs: startMs + first * stepMs, stepMs, values: rates.subarray(first, known) };
      seen[i] = rememberSeen(seen[i]!, seeOccurrences(series, events, clock, seen[i]), nowMs);
    });
    uplifts = learnUplifts(specs.map(({ events }, i) => ({ events, seen: seen[i]! })));
    return uplifts;
  };
}
