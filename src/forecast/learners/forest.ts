/**
 * Random forest (Breiman 2001, Machine Learning 45) of histogram trees: each grown on a bootstrap sample of the rows,
 * with a few columns drawn for every split; the prediction is the mean of their leaves. A single tree on all rows and
 * columns is the plain regression tree.
 */

import { chooseSome, type Random, seededRandom } from '../random.ts';
import { binInputs } from './bins.ts';
import type { TreeSum } from './boosting.ts';
import { type GrowthRules, treeGrower } from './grow-tree.ts';
import type { Lessons } from './lessons.ts';
import { joinTrees, packTree } from './trees.ts';

export interface ForestSettings extends GrowthRules {
  readonly trees: number;
  readonly seed: number;
}

/** @param lessons - at least one row */
export function fitForest(lessons: Lessons, settings: ForestSettings): TreeSum {
  const random = seededRandom(settings.seed);
  return meanOfTrees(lessons, settings, settings.trees, random, () => bootstrap(lessons.targets.length, random));
}

/** One tree on all rows; for reports, and as the least that a forest has to beat. */
export function fitRegressionTree(lessons: Lessons, rules: GrowthRules): TreeSum {
  const { length } = lessons.targets;
  return meanOfTrees(lessons, rules, 1, seededRandom(0), (random) => chooseSome(length, length, random));
}

function meanOfTrees(
  lessons: Lessons,
  rules: GrowthRules,
  count: number,
  random: Random,
  rowsFor: (random: Random) => Int32Array,
): TreeSum {
  const inputs = binInputs(lessons);
  const base = lessons.targets.reduce((sum, y) => sum + y, 0) / lessons.targets.length;
  const errors = lessons.targets.map((y) => base - y);
  const grower = treeGrower(inputs, rules, random);
  const columns = chooseSome(inputs.width, inputs.width, random);
  const trees = Array.from({ length: count }, () => {
    const root = grower.grow(rowsFor(random), errors, columns);
    return packTree(root, inputs, ({ rows, sum }) => -sum / (rows.length + rules.l2) / count);
  });
  return { base, trees: joinTrees(trees) };
}

/** As many rows as there are, drawn with replacement; ascending, for the sake of memory. */
function bootstrap(rows: number, random: Random): Int32Array {
  return Int32Array.from({ length: rows }, () => random.below(rows)).sort();
}
