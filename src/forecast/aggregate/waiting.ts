/**
 * What was issued at an origin and waits for its outcome: for each tracked horizon a ring of cells, one for every origin
 * whose step number is a multiple of the horizon's stride. A cell is read in the step its outcome arrives and may be
 * written again in the same step.
 */
import type { HorizonPlan } from './horizon-plan.ts';
import type { StateStore } from './state-store.ts';

export interface Waiting {
  /** All cells, each `width` long; a cell that holds nothing begins with NaN at its place `mark`. */
  readonly cells: Float32Array;
  /** Place of the cell for the origin `newest`; −1 when that origin is not kept for the horizon. */
  cellAt(horizon: number, newest: number): number;
}

export function startWaiting(plan: HorizonPlan, width: number, store: StateStore): Waiting {
  const starts = plan.capacities.map((_, i) => plan.capacities.slice(0, i).reduce((sum, n) => sum + n, 0));
  const total = plan.capacities.reduce((sum, n) => sum + n, 0);
  const cells = store.singles('waiting', total * width, Number.NaN);
  return {
    cells,
    cellAt(horizon, newest) {
      const stride = plan.strides[horizon]!;
      const turn = newest / stride;
      if (!Number.isInteger(turn)) return -1;
      const capacity = plan.capacities[horizon]!;
      return (starts[horizon]! + (((turn % capacity) + capacity) % capacity)) * width;
    },
  };
}
