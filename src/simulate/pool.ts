/**
 * The replicas of one workload under one policy: asked for, starting, in service. When fewer are wanted the youngest
 * go first and at once, those that are still starting before those in service.
 */
import { type StartUp, startUpAt } from './start-up.ts';

export interface Pool {
  /** Replicas in service at `row` before anything is asked there. Rows are visited in order, each once. */
  inService(row: number): number;
  /** Asks for `desired` from `row` on. @returns replicas in service from then on */
  ask(row: number, desired: number): number;
}

/** @param initial - replicas asked for and in service before row 0 */
export function createPool(startUp: StartUp, decideMs: number, initial: number, seed: number): Pool {
  return startUp.kind === 'fixed'
    ? fixedPool(Math.ceil(startUp.ms / decideMs), initial)
    : drawnPool(startUp, decideMs, initial, seed);
}

/**
 * With one start-up time for all, what is in service is the least number desired over the last `lead` rows and now:
 * a sliding minimum, kept in a ring of rows whose desired numbers ascend. What stood before row 0 is the entry of
 * row -1.
 */
function fixedPool(lead: number, initial: number): Pool {
  const rows = new Int32Array(lead + 2).fill(-1);
  const wanted = new Float64Array(lead + 2).fill(initial);
  let head = 0;
  let size = 1;
  let latest = initial;
  const slot = (offset: number) => (head + offset) % rows.length;
  const dropBefore = (oldest: number) => {
    while (size > 0 && rows[head]! < oldest) {
      head = slot(1);
      size--;
    }
  };
  return {
    inService(row) {
      dropBefore(row - lead);
      return lead === 0 ? latest : wanted[head]!;
    },
    ask(row, desired) {
      dropBefore(row - lead);
      while (size > 0 && wanted[slot(size - 1)]! >= desired) size--;
      rows[slot(size)] = row;
      wanted[slot(size)] = desired;
      size++;
      latest = desired;
      return wanted[head]!;
    },
  };
}

/** With drawn times the replicas that are starting are kept one by one: the youngest is the last in the list. */
function drawnPool(startUp: StartUp, decideMs: number, initial: number, seed: number): Pool {
  let running = initial;
  let starting: number[] = [];
  return {
    inService(row) {
      const still = starting.filter((readyRow) => readyRow > row);
      running += starting.length - still.length;
      starting = still;
      return running;
    },
    ask(row, desired) {
      const launched = desired - running - starting.length;
      for (let i = 0; i < launched; i++) {
        const rowsToReady = Math.ceil(startUpAt(startUp, seed, row, i) / decideMs);
        if (rowsToReady === 0) running++;
        else starting.push(row + rowsToReady);
      }
      const cancelled = Math.min(starting.length, Math.max(0, -launched));
      starting.length -= cancelled;
      running = Math.min(running, desired);
      return running;
    },
  };
}
