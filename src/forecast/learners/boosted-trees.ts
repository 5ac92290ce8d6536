/** The expert: gradient boosted trees on how far the load moves, one model for all horizons, leaves holding medians. */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { numberIn, type Parameters, singlesIn } from '../parameters.ts';
import { type BoostingSettings, fitBoosting, predictTreeSum } from './boosting.ts';
import { type FittedTogether, gather, inputParameters, onlyOne, startLearnedExpert } from './learned-expert.ts';
import { chooseRows } from './lessons.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

/** Of one workload: 6 KB at most, because every workload keeps its own. */
const OWN = { mostTrees: 32, mostLeaves: 16, deepest: 6, rate: 0.2, fewestRows: 50, patience: 8 } as const;
/** Of many: kept once. */
const SHARED = { mostTrees: 150, mostLeaves: 32, deepest: 8, rate: 0.1, fewestRows: 100, patience: 12 } as const;
const COMMON = { rowShare: 0.8, columnShare: 0.8, l2: 1, leastGain: 0, leafQuantile: 0.5 } as const;
const MOST_ROWS = { own: 12_000, shared: 60_000 } as const;

/** @throws Error with the reason when this history cannot be learned from */
export function fitBoostedTrees(workload: Workload, settings: RowSettings): Parameters {
  return onlyOne(learn([workload], settings, { ...COMMON, ...OWN, seed: settings.seed }, MOST_ROWS.own));
}

/** One model for many workloads of equal step and seasons. @throws Error with the reason when none can be learned from */
export function fitBoostedTreesTogether(workloads: readonly Workload[], settings: RowSettings): FittedTogether {
  return learn(workloads, settings, { ...COMMON, ...SHARED, seed: settings.seed }, MOST_ROWS.shared);
}

/** The newest part says how many trees hold; as many are then fitted on everything. */
function learn(
  workloads: readonly Workload[],
  settings: RowSettings,
  boosting: BoostingSettings,
  mostRows: number,
): FittedTogether {
  const gathered = gather(workloads, settings, mostRows);
  const { lessons, older, newest } = gathered.rows;
  const trial = fitBoosting(chooseRows(lessons, [...older, ...newest]), older.length, boosting);
  if (trial.treeCount === 0) throw new Error('no tree lowers the error on the newest part of the history');
  const model = fitBoosting(lessons, lessons.targets.length, { ...boosting, mostTrees: trial.treeCount });
  const shared = { ...inputParameters(gathered, settings), base: model.base, trees: model.trees };
  return { shared, each: gathered.each };
}

export function startBoostedTrees(parameters: Parameters, settings: ExpertSettings): Expert {
  const model = { base: numberIn(parameters, 'base'), trees: singlesIn(parameters, 'trees') };
  return startLearnedExpert(parameters, settings, { move: (inputs) => predictTreeSum(model, inputs) });
}
