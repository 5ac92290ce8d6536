/** The expert: gradient boosted trees on how far the load moves; leaves hold medians, the horizon is an input. */
import type { StartExpert } from '../experts/expert.ts';
import { numberIn, type Parameters, singlesIn } from '../parameters.ts';
import { type BoostingSettings, fitBoosting, predictTreeSum } from './boosting.ts';
import { type FittedTogether, fitBlocks, gather, onlyOne, shareLearnedExpert } from './learned-expert.ts';
import { chooseRows } from './lessons.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

type Size = Pick<BoostingSettings, 'mostTrees' | 'mostLeaves' | 'deepest' | 'rate' | 'fewestRows' | 'patience'>;

/** Of one workload: at most 6 KB in all blocks, because every workload keeps its own. */
const OWN: Size = { mostTrees: 30, mostLeaves: 16, deepest: 6, rate: 0.25, fewestRows: 50, patience: 6 };
/** Of many: kept once. Twice as many trees and leaves as helps a single one. */
const SHARED: Size = { mostTrees: 120, mostLeaves: 32, deepest: 8, rate: 0.1, fewestRows: 100, patience: 10 };
/** Medians, because a spike must not bend a leaf; half a point to two points better than means on recorded load. */
const COMMON = { rowShare: 0.8, columnShare: 0.8, l2: 1, leastGain: 0, leafQuantile: 0.5 };
const MOST_ROWS = { own: 16_000, shared: 60_000 };

/** @throws Error with the reason when this history cannot be learned from */
export function fitBoostedTrees(workload: Workload, settings: RowSettings): Parameters {
  return onlyOne(learn([workload], settings, OWN, MOST_ROWS.own));
}

/** One model for many workloads of equal step and seasons. @throws Error with the reason when none can be learned from */
export function fitBoostedTreesTogether(workloads: readonly Workload[], settings: RowSettings): FittedTogether {
  return learn(workloads, settings, SHARED, MOST_ROWS.shared);
}

/** The newest part says how many trees hold; as many are then fitted on everything. */
function learn(workloads: readonly Workload[], settings: RowSettings, size: Size, mostRows: number): FittedTogether {
  const gathered = gather(workloads, settings, mostRows);
  const { lessons } = gathered.rows;
  return fitBlocks(gathered, settings, ({ all, older, newest }, _block, blocks) => {
    const mostTrees = Math.floor(size.mostTrees / blocks);
    const boosting = { ...COMMON, ...size, mostTrees, seed: settings.seed };
    const trial = fitBoosting(chooseRows(lessons, [...older, ...newest]), older.length, boosting);
    if (trial.treeCount === 0) return undefined;
    const { base, trees } = fitBoosting(chooseRows(lessons, all), all.length, {
      ...boosting,
      mostTrees: trial.treeCount,
    });
    return { base, trees };
  });
}

/** @param shared - what a fit gave; with the own part of a series as what was saved, the expert speaks */
export function shareBoostedTrees(shared: Parameters): StartExpert {
  return shareLearnedExpert(shared, (ofBlock) => {
    const model = { base: numberIn(ofBlock, 'base'), trees: singlesIn(ofBlock, 'trees') };
    return (inputs) => predictTreeSum(model, inputs);
  });
}
