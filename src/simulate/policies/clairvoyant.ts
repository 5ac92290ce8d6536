import type { ToldPolicy } from '../policy.ts';
import { rowMs, stepAt } from '../timetable.ts';

/**
 * Told the true mean of the load over the next `aheadMs`, and sized for exactly that mean: what a perfect point
 * forecast with no idea of its spread would do. A yardstick for forecasts, not a bound.
 */
export function clairvoyant(name: string, aheadMs: number): ToldPolicy {
  return {
    kind: 'told',
    name,
    path({ trace, need }, timetable) {
      const path = new Uint32Array(timetable.rows);
      for (let row = 0; row < timetable.rows; row++) {
        const endMs = rowMs(timetable, row) + aheadMs;
        const last = Math.min(trace.values.length, Math.ceil((endMs - trace.startMs) / trace.stepMs));
        const mean = meanOf(trace.values, stepAt(timetable, row), last);
        path[row] = Number.isNaN(mean) ? 1 : need(mean);
      }
      return path;
    },
  };
}

/** Mean of the values that are not missing; NaN when all are. */
function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
