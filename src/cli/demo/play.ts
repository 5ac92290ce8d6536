import { setTimeout as sleep } from 'node:timers/promises';
import type { Demo } from '../../app/demo/demo.ts';

/** Longest time at a stretch without giving the terminal its turn. */
const SLICE_MS = 40;
const PAUSE_MS = 20;

export interface PlayOptions {
  /** Simulated time over real time; Infinity for as fast as it goes. */
  readonly speed: number;
  readonly signal: AbortSignal;
  /** After each row. */
  readonly onRow?: () => void;
}

/**
 * Runs the demo at its pace until its end or until it is stopped. The history before it is replayed as fast as it
 * goes, and time in which models are fitted does not count: the clock stands still meanwhile.
 *
 * @returns whether it came to its end
 */
export async function play({ simulation, timetable }: Demo, { speed, signal, onRow }: PlayOptions): Promise<boolean> {
  let playedMs = 0;
  let sinceMs = Date.now();
  while (simulation.rowsDone() < timetable.rows) {
    if (signal.aborted) return false;
    const replaying = simulation.rowsDone() < timetable.warmUpRows;
    const hurry = replaying || speed === Number.POSITIVE_INFINITY;
    const aheadMs = (simulation.rowsDone() - timetable.warmUpRows) * timetable.decideMs - playedMs * speed;
    if (hurry || aheadMs <= 0) {
      const fitting = simulation.step();
      if (fitting !== undefined) {
        if (!(await finished(fitting, signal))) return false;
        sinceMs = Date.now();
      }
      onRow?.();
      if (Date.now() - sinceMs < SLICE_MS) continue;
    }
    await sleep(hurry ? 0 : PAUSE_MS);
    if (!replaying) playedMs += Date.now() - sinceMs;
    sinceMs = Date.now();
  }
  return true;
}

/** Whether a fit came to its end; one that was stopped fails with the signal's reason. */
async function finished(fitting: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await fitting;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return !signal.aborted;
}
