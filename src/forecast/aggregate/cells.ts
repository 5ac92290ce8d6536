/** What was issued and waits for its outcome: one cell for each origin and horizon that is kept. */
import { FEATURES, writeFeatures } from './features.ts';
import { CONTENDERS } from './gate.ts';
import { LEVELS } from './mixed-levels.ts';
import type { Place } from './offset-model.ts';
import type { Parts } from './parts.ts';

/** Places in a cell: what was known at the origin, the centres of the aggregate, the experts' medians. NaN at 0: empty. */
export const CELL = {
  recent: 0,
  ofBlock: 1,
  slope: 4,
  gap: 5,
  shock: 6,
  horizon: 7,
  centres: 8,
  medians: 8 + LEVELS,
} as const;

export interface Cells {
  readonly values: Float32Array;
  /** The cell that was issued for a step, `horizons[i]` steps before it; −1 when none was kept. */
  issuedFor(i: number, step: number): number;
  /** The cell to be filled for the origin `newest`; −1 when that origin is not kept for the horizon. */
  toFill(i: number, newest: number): number;
  /**
   * @param known - what was known at the origin, by the places of CELL before the centres
   * @param mixed - centres of the aggregate, `medians` those of the experts; both by horizon, row-major
   */
  fill(at: number, known: Float64Array, mixed: Float64Array, i: number, medians: Float32Array): void;
  /** Horizon, features and centres of a contender, out of a cell; the part of the place is the caller's. */
  read(at: number, contender: number): void;
  readonly place: Place;
  readonly centres: Float64Array;
}

export function openCells({ waiting, columns, plan, panel }: Parts): Cells {
  const K = panel.names.length;
  const values = waiting.cells;
  const place: Place = { horizon: 0, part: 0, features: new Float64Array(FEATURES) };
  const centres = new Float64Array(LEVELS);
  return {
    values,
    place,
    centres,
    toFill: (i, newest) => waiting.cellAt(i, newest),
    issuedFor(i, step) {
      const at = waiting.cellAt(i, step - plan.horizons[i]!);
      return at < 0 || Number.isNaN(values[at]!) ? -1 : at;
    },
    fill(at, known, mixed, i, medians) {
      for (let j = 0; j < known.length; j++) values[at + j] = known[j]!;
      for (let l = 0; l < LEVELS; l++) values[at + CELL.centres + l] = mixed[i * LEVELS + l]!;
      for (let k = 0; k < K; k++) values[at + CELL.medians + k] = medians[i * K + k]!;
    },
    read(at, contender) {
      place.horizon = values[at + CELL.horizon]!;
      writeFeatures(
        place.features,
        values[at + CELL.recent]!,
        values[at + CELL.ofBlock + contender]!,
        values[at + CELL.slope]!,
        values[at + CELL.gap]!,
        values[at + CELL.shock]!,
      );
      if (CONTENDERS[contender] === 'aggregate') {
        for (let l = 0; l < LEVELS; l++) centres[l] = values[at + CELL.centres + l]!;
      } else centres.fill(columns[contender]! < 0 ? Number.NaN : values[at + CELL.medians + columns[contender]!]!);
    },
  };
}
