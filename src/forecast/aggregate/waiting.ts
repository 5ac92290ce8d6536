/**
 * What was issued at an origin and waits for its outcome: for each tracked horizon a ring of cells, one for every origin
 * whose step number is a multiple of the horizon's stride. A cell is read in the step its outcome arrives and may be
 * written again in the same step.
 */
import type { HorizonPlan } from './horizon-plan.ts';
import type { StateStore } from './state-store.ts';

export interface Waiting {
  /** Number of the cell for the origin `newest`; −1 when that origin is not kept for the horizon. */
  cellAt(horizon: number, newest: number): number;
  /** By cell: the point on z that its forecasts are kept as distances from; NaN for a cell that holds nothing. */
  readonly anchors: Float32Array;
  /** All cells, each as long as a cell is wide. */
  readonly values: Float16Array;
}

export function startWaiting({ capacities, strides }: HorizonPlan, width: number, store: StateStore): Waiting {
  const starts = capacities.map((_, i) => capacities.slice(0, i).reduce((sum, n) => sum + n, 0));
  const total = capacities.reduce((sum, n) => sum + n, 0);
  return {
    anchors: store.singles('waiting.anchors', total, Number.NaN),
    values: store.halves('waiting.values', total * width, Number.NaN),
    cellAt(horizon, newest) {
      const turn = newest / strides[horizon]!;
      if (!Number.isInteger(turn)) return -1;
      const capacity = capacities[horizon]!;
      return starts[horizon]! + (((turn % capacity) + capacity) % capacity);
    },
  };
}
