/**
 * The expert: a random forest on how far the load moves; the horizon is an input.
 *
 * It is worth no place of its own: on six recorded loads 2, 15 and 60 minutes ahead it errs 3 % more than boosted trees of
 * the same size, and beside them and linear support vectors it takes 0.1 % off the error of their mean.
 */
import type { StartExpert } from '../experts/expert.ts';
import type { Parameters } from '../parameters.ts';
import { shareBoostedTrees } from './boosted-trees.ts';
import { type ForestSettings, fitForest } from './forest.ts';
import { type FittedTogether, fitBlocks, gather, onlyOne } from './learned-expert.ts';
import { chooseRows } from './lessons.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

type Size = Pick<ForestSettings, 'trees' | 'mostLeaves' | 'deepest' | 'fewestRows'>;

/** Of one workload: at most 6 KB in all blocks. A few deep trees are better than many shallow ones. */
const OWN: Size = { trees: 14, mostLeaves: 32, deepest: 10, fewestRows: 20 };
const SHARED: Size = { trees: 60, mostLeaves: 256, deepest: 16, fewestRows: 20 };
const MOST_ROWS = { own: 16_000, shared: 60_000 };
const COLUMN_SHARE = 1 / 3;

/** @throws Error with the reason when this history cannot be learned from */
export function fitRandomForest(workload: Workload, settings: RowSettings): Parameters {
  return onlyOne(learn([workload], settings, OWN, MOST_ROWS.own));
}

/** One forest for many workloads of equal step and seasons. @throws Error with the reason when none can be learned from */
export function fitRandomForestTogether(workloads: readonly Workload[], settings: RowSettings): FittedTogether {
  return learn(workloads, settings, SHARED, MOST_ROWS.shared);
}

function learn(workloads: readonly Workload[], settings: RowSettings, size: Size, mostRows: number): FittedTogether {
  const gathered = gather(workloads, settings, mostRows);
  const { lessons } = gathered.rows;
  const columnsPerSplit = Math.ceil(COLUMN_SHARE * lessons.width);
  return fitBlocks(gathered, settings, ({ all }, _block, blocks) => {
    // A mean of leaves cannot be corrected later for what a bound hides: such rows are left out, not taken as low.
    const exact = all.filter((row) => !lessons.censored?.[row]);
    const trees = Math.floor(size.trees / blocks);
    const rules = { ...size, trees, columnsPerSplit, l2: 0, leastGain: 0, seed: settings.seed };
    return { ...fitForest(chooseRows(lessons, exact), rules) };
  });
}

/** A forest is a sum of trees like the boosted one; its leaves are already divided by their number. */
export const shareRandomForest: (shared: Parameters) => StartExpert = shareBoostedTrees;
