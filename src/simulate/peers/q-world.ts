/** What the learning policy perceives of a workload, and what it can do: the states and actions of its table. */
import { dayMs, hourMs, slotOfDay } from './calendar.ts';

/** Changes of the wanted replicas. */
export const actions: readonly number[] = [-2, -1, 0, 1, 2, 4];
/** Position of the action that changes nothing. */
export const KEEP = 2;

/** Bounds of need over replicas in service: 6 bins, 1 being exactly enough. */
const loadBounds = [0.35, 0.55, 0.75, 0.9, 1];
/** Bounds of the expected change of load: 5 bins. */
const slopeBounds = [0.9, 0.97, 1.03, 1.1];
const HOUR_BLOCK_MS = 3 * hourMs;
const HOUR_BLOCKS = dayMs / HOUR_BLOCK_MS;

export const stateCount = (loadBounds.length + 1) * (slopeBounds.length + 1) * HOUR_BLOCKS * 2;

export interface Perceived {
  /** Need of the recent load over replicas in service. */
  readonly load: number;
  /** Expected load ahead over the one now. */
  readonly slope: number;
  readonly nowMs: number;
  /** Whether replicas are starting. */
  readonly launching: boolean;
}

export function stateOf({ load, slope, nowMs, launching }: Perceived): number {
  let state = binOf(load, loadBounds);
  state = state * (slopeBounds.length + 1) + binOf(slope, slopeBounds);
  state = state * HOUR_BLOCKS + slotOfDay(nowMs, HOUR_BLOCK_MS);
  return state * 2 + (launching ? 1 : 0);
}

function binOf(value: number, bounds: readonly number[]): number {
  let bin = 0;
  while (bin < bounds.length && value > bounds[bin]!) bin++;
  return bin;
}

const SLOT_MS = hourMs / 4;

/**
 * The forecast whose slope is perceived: the mean day of the past in quarters of an hour.
 *
 * @returns load of the quarter `aheadMs` from now over that of the present one; 1 where either was never seen
 */
export function dayShape(
  rates: Float64Array,
  startMs: number,
  stepMs: number,
): (nowMs: number, aheadMs: number) => number {
  const sums = new Float64Array(dayMs / SLOT_MS);
  const counts = new Float64Array(dayMs / SLOT_MS);
  for (let step = 0; step < rates.length; step++) {
    if (Number.isNaN(rates[step]!)) continue;
    const slot = slotOfDay(startMs + step * stepMs, SLOT_MS);
    sums[slot]! += rates[step]!;
    counts[slot]! += 1;
  }
  const meanAt = (ms: number) => sums[slotOfDay(ms, SLOT_MS)]! / counts[slotOfDay(ms, SLOT_MS)]!;
  return (nowMs, aheadMs) => {
    const ratio = meanAt(nowMs + aheadMs) / meanAt(nowMs);
    return Number.isFinite(ratio) ? ratio : 1;
  };
}
