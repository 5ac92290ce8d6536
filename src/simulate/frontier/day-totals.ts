import type { Track } from '../engine.ts';
import { rowMs, stepAt, type Timetable } from '../timetable.ts';

/** What one policy cost and missed on each day (UTC) that has scored rows, oldest first. */
export interface DayTotals {
  /** Scored rows, the same for every policy. */
  readonly rows: Float64Array;
  /** Replicas asked for, summed over them. */
  readonly desired: Float64Array;
  /** Rows with fewer in service than needed. */
  readonly short: Float64Array;
}

const DAY_MS = 86_400_000;

/** @param needed - by step of the trace, 0 where blank */
export function dayTotals(track: Track, needed: Uint32Array, timetable: Timetable): DayTotals {
  const { warmUpRows, rows: end } = timetable;
  const dayOf = (row: number) => Math.floor(rowMs(timetable, row) / DAY_MS);
  const firstDay = dayOf(warmUpRows);
  const days = dayOf(end - 1) - firstDay + 1;
  const [rows, desired, short] = [new Float64Array(days), new Float64Array(days), new Float64Array(days)];
  for (let row = warmUpRows; row < end; row++) {
    const need = needed[stepAt(timetable, row)]!;
    if (need === 0) continue;
    const day = dayOf(row) - firstDay;
    rows[day]!++;
    desired[day]! += track.desired[row]!;
    if (track.ready[row]! < need) short[day]!++;
  }
  return { rows, desired, short };
}
