/** Sums per column and bin, and the split of a node that they favour. */
import { type BinnedInputs, MISSING_SLOT, SLOTS } from './bins.ts';

/** Two numbers per column and slot: sum of gradients, number of rows. */
export type Histogram = Float64Array;

export function newHistogram(width: number): Histogram {
  return new Float64Array(2 * SLOTS * width);
}

/** @param gathered - scratch, as long as the rows: the gradients of the node side by side */
export function fillHistogram(
  histogram: Histogram,
  { bins, rows, width }: BinnedInputs,
  node: Int32Array,
  gradients: Float64Array,
  gathered: Float64Array,
): void {
  histogram.fill(0);
  for (let i = 0; i < node.length; i++) gathered[i] = gradients[node[i]!]!;
  for (let j = 0; j < width; j++) {
    const column = j * rows;
    const base = j * SLOTS;
    for (let i = 0; i < node.length; i++) {
      const at = 2 * (base + bins[column + node[i]!]!);
      histogram[at]! += gathered[i]!;
      histogram[at + 1]! += 1;
    }
  }
}

/** The sibling's sums are the parent's minus the child's: only the smaller child is counted. Overwrites the parent. */
export function subtractHistogram(parent: Histogram, child: Histogram): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
}

export interface SplitRules {
  readonly fewestRows: number;
  /** λ: shrinks the value of small leaves. */
  readonly l2: number;
  /** γ: a split must lower the loss by more than this. */
  readonly leastGain: number;
}

export interface Split {
  /** How much lower the loss gets: `½[G_L²/(H_L+λ) + G_R²/(H_R+λ) − G²/(H+λ)]`. */
  readonly gain: number;
  readonly column: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
}

/**
 * Best split over the columns given, for squared loss (g = ŷ − y, h = 1). Rows with a missing value are tried on both
 * sides; where the node has none, a missing value met later goes with the larger child. Equal gains: the first wins.
 *
 * @returns undefined when no split leaves enough rows on both sides and gains enough
 */
export function bestSplit(histogram: Histogram, columns: Int32Array, rules: SplitRules): Split | undefined {
  let best: Split | undefined;
  for (const column of columns) {
    const found = bestSplitOf(histogram, column, rules, best?.gain ?? rules.leastGain);
    if (found) best = found;
  }
  return best;
}

/** The best split of one column when it gains more than `toBeat`. */
function bestSplitOf(
  histogram: Histogram,
  column: number,
  { fewestRows, l2 }: SplitRules,
  toBeat: number,
): Split | undefined {
  const base = 2 * SLOTS * column;
  const [missingSum, missing] = [histogram[base + 2 * MISSING_SLOT]!, histogram[base + 2 * MISSING_SLOT + 1]!];
  let [sum, count] = [missingSum, missing];
  for (let b = 0; b < MISSING_SLOT; b++) {
    sum += histogram[base + 2 * b]!;
    count += histogram[base + 2 * b + 1]!;
  }
  const whole = (sum * sum) / (count + l2);
  let [gain, bin, missingLeft] = [toBeat, -1, false];
  for (let side = 0; side < (missing > 0 ? 2 : 1); side++) {
    let [left, leftCount] = side === 1 ? [missingSum, missing] : [0, 0];
    for (let b = 0; b < MISSING_SLOT; b++) {
      left += histogram[base + 2 * b]!;
      leftCount += histogram[base + 2 * b + 1]!;
      const rightCount = count - leftCount;
      if (rightCount < fewestRows) break;
      if (leftCount < fewestRows) continue;
      const right = sum - left;
      const lower = ((left * left) / (leftCount + l2) + (right * right) / (rightCount + l2) - whole) / 2;
      if (lower > gain) [gain, bin, missingLeft] = [lower, b, missing > 0 ? side === 1 : leftCount > rightCount];
    }
  }
  return bin < 0 ? undefined : { gain, column, bin, missingLeft };
}
