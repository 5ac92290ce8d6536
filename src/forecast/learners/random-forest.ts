/** The expert: a random forest on how far the load moves, one model for all horizons. */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { numberIn, type Parameters, singlesIn } from '../parameters.ts';
import { predictTreeSum } from './boosting.ts';
import { fitForest } from './forest.ts';
import { type FittedTogether, gather, inputParameters, onlyOne, startLearnedExpert } from './learned-expert.ts';
import { chooseRows } from './lessons.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

const OWN = { trees: 16, mostLeaves: 32, deepest: 10, fewestRows: 20 } as const;
const SHARED = { trees: 60, mostLeaves: 256, deepest: 16, fewestRows: 20 } as const;
const MOST_ROWS = { own: 12_000, shared: 60_000 } as const;
const COLUMN_SHARE = 1 / 3;

/** @throws Error with the reason when this history cannot be learned from */
export function fitRandomForest(workload: Workload, settings: RowSettings): Parameters {
  return onlyOne(learn([workload], settings, OWN, MOST_ROWS.own));
}

/** One forest for many workloads of equal step and seasons. @throws Error with the reason when none can be learned from */
export function fitRandomForestTogether(workloads: readonly Workload[], settings: RowSettings): FittedTogether {
  return learn(workloads, settings, SHARED, MOST_ROWS.shared);
}

function learn(
  workloads: readonly Workload[],
  settings: RowSettings,
  size: typeof OWN | typeof SHARED,
  mostRows: number,
): FittedTogether {
  const gathered = gather(workloads, settings, mostRows);
  const { lessons } = gathered.rows;
  // A mean of leaves cannot be corrected afterwards for what a bound hides: such rows are left out, not taken as low.
  const exact = Array.from(lessons.targets.keys()).filter((row) => !lessons.censored?.[row]);
  const columnsPerSplit = Math.ceil(COLUMN_SHARE * lessons.width);
  const rules = { ...size, columnsPerSplit, l2: 0, leastGain: 0, seed: settings.seed };
  const model = fitForest(chooseRows(lessons, exact), rules);
  const shared = { ...inputParameters(gathered, settings), base: model.base, trees: model.trees };
  return { shared, each: gathered.each };
}

export function startRandomForest(parameters: Parameters, settings: ExpertSettings): Expert {
  const model = { base: numberIn(parameters, 'base'), trees: singlesIn(parameters, 'trees') };
  return startLearnedExpert(parameters, settings, { move: (inputs) => predictTreeSum(model, inputs) });
}
