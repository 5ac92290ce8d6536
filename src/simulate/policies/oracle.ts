import { neededByStep } from '../needed.ts';
import type { ToldPolicy, Workload } from '../policy.ts';
import { createSlidingMax } from '../sliding-max.ts';
import { plannedStartUpMs } from '../start-up.ts';
import { stepAt, type Timetable } from '../timetable.ts';

/**
 * Perfect foresight: at t the largest need over [t, t + start-up]. Where changes are free and replicas are billed from
 * the order on, nothing cheaper is without violations. It looks past the end of scoring; with drawn start-up times it
 * plans with the 99th percentile.
 */
export const oracle: ToldPolicy = {
  kind: 'told',
  name: 'oracle',
  path: largestAhead,
};

/** By row the largest need over [row, row + start-up], at least 1: what has to be asked for there at the least. */
export function largestAhead({ trace, need, startUp }: Workload, timetable: Timetable): Uint32Array {
  const needed = neededByStep(trace, need);
  const lead = Math.ceil(plannedStartUpMs(startUp) / timetable.decideMs);
  const path = new Uint32Array(timetable.rows);
  const last = needed.length * timetable.rowsPerStep - 1;
  const window = createSlidingMax();
  let ahead = 0;
  for (let row = 0; row < timetable.rows; row++) {
    for (; ahead <= Math.min(row + lead, last); ahead++)
      window.push(ahead, Math.max(1, needed[stepAt(timetable, ahead)]!));
    path[row] = window.since(row)!;
  }
  return path;
}
