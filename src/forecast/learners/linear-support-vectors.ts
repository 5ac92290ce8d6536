/** The expert: linear ε-support vector regression of how far the load moves, one weight vector per tracked horizon. */
import type { StartExpert } from '../experts/expert.ts';
import { numberIn, type Parameters, singlesIn } from '../parameters.ts';
import { type FittedTogether, fitBlocks, gather, onlyOne, shareLearnedExpert } from './learned-expert.ts';
import { chooseRows } from './lessons.ts';
import { fitStandardInputs, readStandardInputs, standardizeAll } from './standard-inputs.ts';
import { fitSupportVectors, predictLinear } from './support-vectors.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

/** A few thousand per horizon: on recorded load 12,000 in all err 4 % more. */
const MOST_ROWS = 40_000;
/** In scales of the horizon. Close to the median regression; half a scale is no better. */
const TOLERANCE = 0.1;
const PENALTY = 1e-3;
const PASSES = 10;

/** @throws Error with the reason when this history cannot be learned from */
export function fitLinearSupportVectors(workload: Workload, settings: RowSettings): Parameters {
  return onlyOne(fitLinearSupportVectorsTogether([workload], settings));
}

/** One model for many workloads of equal step and seasons. @throws Error with the reason when none can be learned from */
export function fitLinearSupportVectorsTogether(workloads: readonly Workload[], settings: RowSettings): FittedTogether {
  const gathered = gather(workloads, settings, MOST_ROWS);
  const standard = fitStandardInputs(gathered.rows.lessons);
  const lessons = standardizeAll(standard, gathered.rows.lessons);
  const rules = { penalty: PENALTY, tolerance: TOLERANCE, passes: PASSES, seed: settings.seed };
  const { shared, each } = fitBlocks(gathered, settings, ({ all }, { from, to }) => {
    const width = lessons.width + 1;
    const weights = new Float32Array((to - from) * width);
    for (let k = from; k < to; k++) {
      const rows = all.filter((row) => gathered.rows.horizonOf[row] === k);
      // A horizon without rows of its own keeps zero weights: persistence.
      if (rows.length > width) weights.set(fitSupportVectors(chooseRows(lessons, rows), rules), (k - from) * width);
    }
    return { from, weights };
  });
  return { shared: { ...shared, ...standard.parameters }, each };
}

/** @param shared - as for boosted trees */
export function shareLinearSupportVectors(shared: Parameters): StartExpert {
  const standard = readStandardInputs(shared);
  const row = new Float32Array(standard.width);
  return shareLearnedExpert(shared, (ofBlock) => {
    const weights = singlesIn(ofBlock, 'weights');
    const from = numberIn(ofBlock, 'from');
    const ofHorizon = (k: number) => weights.subarray(k * (row.length + 1), (k + 1) * (row.length + 1));
    const all = Array.from({ length: weights.length / (row.length + 1) }, (_, k) => ofHorizon(k));
    return (inputs, horizon) => {
      standard.write(inputs, row);
      return predictLinear(all[horizon - from]!, row);
    };
  });
}
