/** What was issued and waits for its outcome: one cell for each origin and horizon that is kept. */
import { FEATURES, writeFeatures } from './features.ts';
import { CONTENDERS } from './gate.ts';
import { LEVELS, MEDIAN } from './mixed-levels.ts';
import type { Place } from './offset-model.ts';
import type { Parts } from './parts.ts';

/**
 * Places in a cell: what was known at the origin, then the centres of the aggregate but its median, which is the anchor, and
 * the experts' medians; both as distances from it. At `horizon` its index among the tracked ones, or −1 less the index behind
 * a gap.
 */
export const CELL = {
  recent: 0,
  ofBlock: 1,
  slope: 4,
  shock: 5,
  horizon: 6,
  centres: 7,
  medians: 7 + LEVELS - 1,
} as const;

export interface Cells {
  /** The cell that was issued for a step, `horizons[i]` steps before it; −1 when none was kept. */
  issuedFor(i: number, step: number): number;
  /** The cell to be filled for the origin `newest`; −1 when that origin is not kept for the horizon. */
  toFill(i: number, newest: number): number;
  /**
   * @param known - what was known at the origin, by the places of CELL before the centres
   * @param mixed - centres of the aggregate, `medians` those of the experts; both by horizon, row-major
   */
  fill(cell: number, known: Float64Array, mixed: Float64Array, i: number, medians: Float32Array): void;
  /** Takes the horizon, the experts' medians and the features and centres of a contender out of a cell; the part is the caller's. */
  read(cell: number, contender: number): void;
  readonly place: Place;
  readonly centres: Float64Array;
  readonly medians: Float32Array;
}

/** A distance that half precision cannot hold is further out than any forecast. */
const LARGEST_HALF = 65_504;

export function openCells({ waiting, columns, plan, panel }: Parts): Cells {
  const K = panel.names.length;
  const width = CELL.medians + K;
  const { values, anchors } = waiting;
  const place: Place = { horizon: 0, part: 0, features: new Float64Array(FEATURES) };
  const centres = new Float64Array(LEVELS);
  const medians = new Float32Array(K);

  function readPlace(at: number, contender: number): void {
    const horizon = values[at + CELL.horizon]!;
    place.horizon = horizon < 0 ? -1 - horizon : horizon;
    writeFeatures(
      place.features,
      values[at + CELL.recent]!,
      values[at + CELL.ofBlock + contender]!,
      values[at + CELL.slope]!,
      horizon < 0 ? 1 : 0,
      values[at + CELL.shock]!,
    );
  }

  return {
    place,
    centres,
    medians,
    toFill: (i, newest) => waiting.cellAt(i, newest),
    issuedFor(i, step) {
      const cell = waiting.cellAt(i, step - plan.horizons[i]!);
      return cell < 0 || Number.isNaN(anchors[cell]!) ? -1 : cell;
    },
    fill(cell, known, mixed, i, all) {
      const at = cell * width;
      anchors[cell] = mixed[i * LEVELS + MEDIAN]!;
      const anchor = anchors[cell]!;
      for (let j = 0; j < known.length; j++) values[at + j] = known[j]!;
      for (let l = 0; l < LEVELS; l++) {
        if (l !== MEDIAN) values[at + centreOf(l)] = half(mixed[i * LEVELS + l]! - anchor);
      }
      for (let k = 0; k < K; k++) values[at + CELL.medians + k] = half(all[i * K + k]! - anchor);
    },
    read(cell, contender) {
      const at = cell * width;
      const anchor = anchors[cell]!;
      readPlace(at, contender);
      for (let k = 0; k < K; k++) medians[k] = anchor + values[at + CELL.medians + k]!;
      if (CONTENDERS[contender] === 'aggregate') {
        for (let l = 0; l < LEVELS; l++) {
          centres[l] = l === MEDIAN ? anchor : anchor + values[at + centreOf(l)]!;
        }
      } else centres.fill(columns[contender]! < 0 ? Number.NaN : medians[columns[contender]!]!);
    },
  };
}

/** Not of the median. */
const centreOf = (l: number) => CELL.centres + (l < MEDIAN ? l : l - 1);
const half = (distance: number) => Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, distance));
