/**
 * Fitted trees as one flat list of single-precision numbers: small, and ready to be stored as they are.
 *
 * Per tree: its length, then its nodes in preorder. A leaf is its value. A branch is a code and a threshold, followed by
 * its left and right subtree: `code = column + 128·(left is a leaf) + 256·(right is a leaf) + 512·(missing goes left)
 * + 1024·(numbers of the left subtree)`, exact in single precision below 2²⁴. L leaves take 3L − 1 numbers. A tree that
 * is a single leaf has a length of 2.
 */
import type { BinnedInputs } from './bins.ts';
import type { TreeLeaf, TreeNode } from './grow-tree.ts';

const COLUMNS = 128;
const LEFT_IS_LEAF = 128;
const RIGHT_IS_LEAF = 256;
const MISSING_LEFT = 512;
const LEFT_SIZE_SHIFT = 10;
const MOST_LEFT_NUMBERS = 2 ** 14;
/** As a threshold: every value that is not missing goes left. Finite, so that it can be stored like any other. */
export const LARGEST_SINGLE = (2 - 2 ** -23) * 2 ** 127;

/**
 * @param leafValue - what a leaf adds to the prediction
 * @throws RangeError when a column or a subtree is beyond what a code can hold: 128 columns, 16,384 numbers
 */
export function packTree(root: TreeNode, { edges }: BinnedInputs, leafValue: (leaf: TreeLeaf) => number): Float32Array {
  const numbers: number[] = [0];
  const write = (node: TreeNode): void => {
    if (node.kind === 'leaf') {
      numbers.push(leafValue(node));
      return;
    }
    const { column, bin, missingLeft } = node.split;
    const at = numbers.length;
    // Behind the last edge lie only the missing: such a split parts them from all others.
    numbers.push(0, edges[column]![bin] ?? LARGEST_SINGLE);
    write(node.left);
    const leftSize = numbers.length - at - 2;
    if (column >= COLUMNS || leftSize >= MOST_LEFT_NUMBERS) throw new RangeError('tree is too large to be packed');
    write(node.right);
    const flags =
      (node.left.kind === 'leaf' ? LEFT_IS_LEAF : 0) |
      (node.right.kind === 'leaf' ? RIGHT_IS_LEAF : 0) |
      (missingLeft ? MISSING_LEFT : 0);
    numbers[at] = column | flags | (leftSize << LEFT_SIZE_SHIFT);
  };
  write(root);
  numbers[0] = numbers.length;
  return Float32Array.from(numbers);
}

export function joinTrees(trees: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(trees.reduce((sum, tree) => sum + tree.length, 0));
  let at = 0;
  for (const tree of trees) {
    joined.set(tree, at);
    at += tree.length;
  }
  return joined;
}

/** Sum of the leaves that a row of inputs ends in, one per tree. */
export function sumOfTrees(trees: Float32Array, inputs: Float32Array): number {
  let sum = 0;
  for (let start = 0; start < trees.length; start += trees[start]!) sum += valueIn(trees, start, inputs);
  return sum;
}

function valueIn(trees: Float32Array, start: number, inputs: Float32Array): number {
  let at = start + 1;
  if (trees[start] === 2) return trees[at]!;
  while (true) {
    const code = trees[at]! | 0;
    const x = inputs[code & (COLUMNS - 1)]!;
    const left = x <= trees[at + 1]! || ((code & MISSING_LEFT) !== 0 && Number.isNaN(x));
    at += left ? 2 : 2 + (code >> LEFT_SIZE_SHIFT);
    if ((code & (left ? LEFT_IS_LEAF : RIGHT_IS_LEAF)) !== 0) return trees[at]!;
  }
}

/** A step on the way to a leaf, for reports. */
export type Rule = { readonly depth: number } & (
  | { readonly kind: 'leaf'; readonly value: number }
  | { readonly kind: 'branch'; readonly column: number; readonly threshold: number; readonly missingLeft: boolean }
);

/** The rules of each tree in preorder: below a branch first what holds for `x ≤ threshold`, then the rest. */
export function rulesOf(trees: Float32Array): readonly (readonly Rule[])[] {
  const all: Rule[][] = [];
  for (let start = 0; start < trees.length; start += trees[start]!) {
    const rules: Rule[] = [];
    readRules(trees, start + 1, trees[start] === 2, 0, rules);
    all.push(rules);
  }
  return all;
}

function readRules(trees: Float32Array, at: number, isLeaf: boolean, depth: number, rules: Rule[]): void {
  if (isLeaf) {
    rules.push({ kind: 'leaf', depth, value: trees[at]! });
    return;
  }
  const code = trees[at]! | 0;
  const missingLeft = (code & MISSING_LEFT) !== 0;
  rules.push({ kind: 'branch', depth, column: code & (COLUMNS - 1), threshold: trees[at + 1]!, missingLeft });
  readRules(trees, at + 2, (code & LEFT_IS_LEAF) !== 0, depth + 1, rules);
  readRules(trees, at + 2 + (code >> LEFT_SIZE_SHIFT), (code & RIGHT_IS_LEAF) !== 0, depth + 1, rules);
}
