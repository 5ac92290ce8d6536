/**
 * One regression tree on binned inputs, best split first: the leaf whose split lowers the loss most is split next, until
 * there are `mostLeaves`. For a given number of leaves that is better than level by level (Ke et al. 2017).
 */

import { chooseSome, type Random } from '../random.ts';
import { type BinnedInputs, MISSING_SLOT } from './bins.ts';
import {
  bestSplit,
  fillHistogram,
  type Histogram,
  newHistogram,
  type Split,
  type SplitRules,
  subtractHistogram,
} from './split.ts';

export interface GrowthRules extends SplitRules {
  readonly mostLeaves: number;
  /** Splits from the root to a leaf. */
  readonly deepest: number;
  /** Columns that each split may choose among, drawn anew for every node; all of `columns` when absent. */
  readonly columnsPerSplit?: number;
}

export type TreeNode = TreeLeaf | TreeBranch;

export interface TreeLeaf {
  readonly kind: 'leaf';
  /** Rows that were learned from and ended here. */
  readonly rows: Int32Array;
  /** Sum of their gradients. */
  readonly sum: number;
}

export interface TreeBranch {
  readonly kind: 'branch';
  readonly split: Split;
  readonly left: TreeNode;
  readonly right: TreeNode;
}

export interface TreeGrower {
  /**
   * @param rows - to learn from; a bootstrap sample holds some twice
   * @param gradients - ŷ − y of every row, by row number
   * @param columns - that may be split on
   */
  grow(rows: Int32Array, gradients: Float64Array, columns: Int32Array): TreeNode;
}

/** A node that can still be split. Its histogram goes back to the pool when it is. */
interface OpenNode {
  readonly rows: Int32Array;
  readonly depth: number;
  readonly histogram: Histogram;
  readonly split: Split | undefined;
  /** Set when it has been split. */
  children?: readonly [OpenNode, OpenNode];
}

export function treeGrower(inputs: BinnedInputs, rules: GrowthRules, random: Random): TreeGrower {
  const gathered = new Float64Array(inputs.rows);
  const pool: Histogram[] = [];
  const take = () => pool.pop() ?? newHistogram(inputs.width);
  return {
    grow(rows, gradients, columns) {
      const open = (node: Int32Array, depth: number, histogram: Histogram): OpenNode => {
        const wanted = depth < rules.deepest && node.length >= 2 * rules.fewestRows;
        const split = wanted ? bestSplit(histogram, drawn(columns, rules, random), rules) : undefined;
        return { rows: node, depth, histogram, split };
      };
      const count = (node: Int32Array) => {
        const histogram = take();
        fillHistogram(histogram, inputs, node, gradients, gathered);
        return histogram;
      };
      const divide = (node: OpenNode, split: Split): readonly [OpenNode, OpenNode] => {
        const [left, right] = partition(inputs, node.rows, split);
        const smaller = count(left.length <= right.length ? left : right);
        subtractHistogram(node.histogram, smaller);
        const [ofLeft, ofRight] = left.length <= right.length ? [smaller, node.histogram] : [node.histogram, smaller];
        return [open(left, node.depth + 1, ofLeft), open(right, node.depth + 1, ofRight)];
      };
      const root = open(rows, 0, count(rows));
      const leaves = splitBestFirst(root, rules.mostLeaves, divide);
      for (const leaf of leaves) pool.push(leaf.histogram);
      return closed(root, gradients);
    },
  };
}

function splitBestFirst(
  root: OpenNode,
  mostLeaves: number,
  divide: (node: OpenNode, split: Split) => readonly [OpenNode, OpenNode],
): OpenNode[] {
  const leaves = [root];
  while (leaves.length < mostLeaves) {
    let best = -1;
    for (let i = 0; i < leaves.length; i++) {
      if (leaves[i]!.split && leaves[i]!.split!.gain > (leaves[best]?.split?.gain ?? 0)) best = i;
    }
    const node = leaves[best];
    if (!node?.split) break;
    node.children = divide(node, node.split);
    leaves.splice(best, 1, ...node.children);
  }
  return leaves;
}

function drawn(columns: Int32Array, { columnsPerSplit }: GrowthRules, random: Random): Int32Array {
  if (columnsPerSplit === undefined || columnsPerSplit >= columns.length) return columns;
  return chooseSome(columns.length, columnsPerSplit, random).map((i) => columns[i]!);
}

function partition(inputs: BinnedInputs, rows: Int32Array, split: Split): readonly [Int32Array, Int32Array] {
  const left = new Int32Array(rows.length);
  const right = new Int32Array(rows.length);
  let [lefts, rights] = [0, 0];
  for (const row of rows) {
    if (goesLeft(inputs, row, split)) left[lefts++] = row;
    else right[rights++] = row;
  }
  return [left.subarray(0, lefts), right.subarray(0, rights)];
}

function goesLeft({ bins, rows }: BinnedInputs, row: number, { column, bin, missingLeft }: Split): boolean {
  const found = bins[column * rows + row]!;
  return found === MISSING_SLOT ? missingLeft : found <= bin;
}

function closed(node: OpenNode, gradients: Float64Array): TreeNode {
  if (node.children && node.split) {
    const [left, right] = node.children;
    return { kind: 'branch', split: node.split, left: closed(left, gradients), right: closed(right, gradients) };
  }
  let sum = 0;
  for (const row of node.rows) sum += gradients[row]!;
  return { kind: 'leaf', rows: node.rows, sum };
}

/** The leaf that a row ends in, whether it was learned from or not. */
export function leafOf(root: TreeNode, inputs: BinnedInputs, row: number): TreeLeaf {
  let node = root;
  while (node.kind === 'branch') node = goesLeft(inputs, row, node.split) ? node.left : node.right;
  return node;
}
