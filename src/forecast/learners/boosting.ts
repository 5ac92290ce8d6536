/**
 * Gradient boosting with histogram trees (Friedman 2001, Annals of Statistics 29; Chen & Guestrin 2016) for squared loss:
 * each tree is fitted to what the sum of the earlier ones still gets wrong, and adds a small share of that.
 */

import { chooseSome, type Random, seededRandom } from '../random.ts';
import { binInputs } from './bins.ts';
import { type GrowthRules, leafOf, type TreeLeaf, type TreeNode, treeGrower } from './grow-tree.ts';
import type { Lessons } from './lessons.ts';
import { joinTrees, packTree, sumOfTrees } from './trees.ts';

export interface BoostingSettings extends GrowthRules {
  readonly mostTrees: number;
  /** Share of its own correction that each tree adds. */
  readonly rate: number;
  readonly rowShare: number;
  readonly columnShare: number;
  /** Stop when this many trees in a row did not lower the error on the rows held back. */
  readonly patience: number;
  /** Leaves hold this quantile of what is left instead of its mean, when given. The trees are the same. */
  readonly leafQuantile?: number;
  readonly seed: number;
}

/** A base value and trees whose leaves already hold their share: the prediction is the sum of all. */
export interface TreeSum {
  readonly base: number;
  /** As packed by trees.ts. */
  readonly trees: Float32Array;
}

export interface Boosted extends TreeSum {
  /** Mean loss on the rows held back, at the number of trees kept: squared error, or pinball loss of the quantile. NaN when none were. */
  readonly heldBackLoss: number;
  readonly treeCount: number;
}

/**
 * @param lessons - at least one row
 * @param learned - the first rows, which are learned from; the rest, the newest, says when to stop. All are learned from
 *   and no tree is dropped when it is the number of rows.
 */
export function fitBoosting(lessons: Lessons, learned: number, settings: BoostingSettings): Boosted {
  const inputs = binInputs(lessons);
  const random = seededRandom(settings.seed);
  const grower = treeGrower(inputs, settings, random);
  const base = middleOf(lessons.targets.slice(0, learned), settings.leafQuantile);
  const predictions = lessons.targets.map(() => base);
  const errors = new Float64Array(predictions.length);
  const lossNow = () => {
    writeErrors(lessons, predictions, errors);
    return lossOf(errors, learned, settings.leafQuantile);
  };
  const trees: Float32Array[] = [];
  let best = { loss: lossNow(), trees: 0 };
  while (trees.length < settings.mostTrees && trees.length - best.trees < settings.patience) {
    const rows = chooseSome(learned, Math.ceil(settings.rowShare * learned), random);
    const root = grower.grow(rows, errors, someColumns(inputs.width, settings.columnShare, random));
    const values = leafValues(root, errors, settings);
    trees.push(packTree(root, inputs, (leaf) => values.get(leaf)!));
    for (let i = 0; i < predictions.length; i++) predictions[i]! += values.get(leafOf(root, inputs, i))!;
    const loss = lossNow();
    if (learned === errors.length || loss < best.loss) best = { loss, trees: trees.length };
  }
  return { base, trees: joinTrees(trees.slice(0, best.trees)), heldBackLoss: best.loss, treeCount: best.trees };
}

/** Prediction minus target, the gradient of ½(ŷ − y)²; above a lower bound there is no error. */
function writeErrors({ targets, censored }: Lessons, predictions: Float64Array, errors: Float64Array): void {
  for (let i = 0; i < errors.length; i++) {
    const error = predictions[i]! - targets[i]!;
    errors[i] = censored?.[i] ? Math.min(0, error) : error;
  }
}

function someColumns(width: number, share: number, random: Random): Int32Array {
  return chooseSome(width, Math.ceil(share * width), random);
}

/** Per leaf: its share of the Newton step −G/(H + λ), or of the quantile of what is left there. */
function leafValues(
  root: TreeNode,
  errors: Float64Array,
  { rate, l2, leafQuantile }: BoostingSettings,
): Map<TreeLeaf, number> {
  const values = new Map<TreeLeaf, number>();
  const visit = (node: TreeNode): void => {
    if (node.kind === 'branch') {
      visit(node.left);
      visit(node.right);
    } else {
      const value =
        leafQuantile === undefined ? -node.sum / (node.rows.length + l2) : leftOver(node, errors, leafQuantile);
      values.set(node, Math.fround(rate * value));
    }
  };
  visit(root);
  return values;
}

function leftOver({ rows }: TreeLeaf, errors: Float64Array, quantile: number): number {
  return quantileOf(Float64Array.from(rows, (row) => -errors[row]!).sort(), quantile);
}

function middleOf(targets: Float64Array, quantile: number | undefined): number {
  if (quantile !== undefined) return quantileOf(targets.sort(), quantile);
  return targets.reduce((sum, y) => sum + y, 0) / targets.length;
}

/** Linear between order statistics (type 7 of Hyndman & Fan 1996). */
function quantileOf(sorted: Float64Array, quantile: number): number {
  const place = quantile * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Of the rows from `from` on. */
function lossOf(errors: Float64Array, from: number, quantile: number | undefined): number {
  let sum = 0;
  for (let i = from; i < errors.length; i++) {
    const e = errors[i]!;
    if (quantile === undefined) sum += e * e;
    else sum += e < 0 ? -quantile * e : (1 - quantile) * e;
  }
  return sum / (errors.length - from);
}

export function predictTreeSum({ base, trees }: TreeSum, inputs: Float32Array): number {
  return base + sumOfTrees(trees, inputs);
}
