import { neededByStep } from '../needed.ts';
import type { ToldPolicy } from '../policy.ts';
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
  path({ trace, need, startUp }, timetable) {
    return largestAhead(
      neededByStep(trace, need),
      Math.ceil(plannedStartUpMs(startUp) / timetable.decideMs),
      timetable,
    );
  },
};

/** Largest need over rows [row, row + lead], at least 1. */
function largestAhead(needed: Uint32Array, lead: number, timetable: Timetable): Uint32Array {
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
