/**
 * Inputs cut into at most 64 bins per column, so that the best split is found by walking 64 sums instead of sorted rows
 * (Chen & Guestrin 2016, XGBoost; Ke et al. 2017, LightGBM). Missing values have a slot of their own.
 */
import type { Lessons } from './lessons.ts';

const MOST_BINS = 64;
/** Slot of a missing value, behind those of the bins. */
export const MISSING_SLOT = MOST_BINS;
export const SLOTS = MOST_BINS + 1;

export interface BinnedInputs {
  /** Column-major: the bin of row i in column j stands at `j·rows + i`. */
  readonly bins: Uint8Array;
  /** Per column, ascending: bin b holds `edges[b − 1] < x ≤ edges[b]`. Empty for a column that is constant or all missing. */
  readonly edges: readonly Float32Array[];
  readonly rows: number;
  readonly width: number;
}

/** Edges are quantiles of the rows given; midpoints where a column has no more than 64 different values. */
export function binInputs({ inputs, width, targets }: Lessons): BinnedInputs {
  const rows = targets.length;
  const bins = new Uint8Array(rows * width);
  const edges: Float32Array[] = [];
  const column = new Float32Array(rows);
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < rows; i++) column[i] = inputs[i * width + j]!;
    const cuts = findEdges(column);
    edges.push(cuts);
    for (let i = 0; i < rows; i++) bins[j * rows + i] = binOf(column[i]!, cuts);
  }
  return { bins, edges, rows, width };
}

function binOf(x: number, edges: Float32Array): number {
  if (Number.isNaN(x)) return MISSING_SLOT;
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function findEdges(column: Float32Array): Float32Array {
  const sorted = column.filter((x) => !Number.isNaN(x)).sort();
  const different = unique(sorted);
  if (different.length <= MOST_BINS) return midpoints(different);
  // Nothing lies above an edge at the largest value: it would be an empty bin.
  return unique(quantiles(sorted)).filter((edge) => edge < different[different.length - 1]!);
}

function unique(sorted: Float32Array): Float32Array {
  return sorted.filter((x, i) => i === 0 || x !== sorted[i - 1]);
}

function midpoints(ascending: Float32Array): Float32Array {
  const edges = new Float32Array(Math.max(0, ascending.length - 1));
  for (let i = 0; i < edges.length; i++) {
    const middle = Math.fround((ascending[i]! + ascending[i + 1]!) / 2);
    // Between neighbours in single precision there is no middle.
    edges[i] = middle < ascending[i + 1]! ? middle : ascending[i]!;
  }
  return edges;
}

/** Inverse of the empirical distribution, averaged where it jumps (type 2 of Hyndman & Fan 1996). */
function quantiles(sorted: Float32Array): Float32Array {
  const n = sorted.length;
  return Float32Array.from({ length: MOST_BINS - 1 }, (_, i) => {
    const place = (n * (i + 1)) / MOST_BINS;
    const above = Math.ceil(place);
    return Number.isInteger(place) ? (sorted[place - 1]! + sorted[place]!) / 2 : sorted[above - 1]!;
  });
}
