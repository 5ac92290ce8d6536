/** The expert: linear ε-support vector regression of how far the load moves, one weight vector per tracked horizon. */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { numberIn, type Parameters, singlesIn } from '../parameters.ts';
import { fitBlocks, gather, onlyOne, startLearnedExpert } from './learned-expert.ts';
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
  const gathered = gather([workload], settings, MOST_ROWS);
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
  return onlyOne({ shared: { ...shared, ...standard.parameters }, each });
}

export function startLinearSupportVectors(parameters: Parameters, settings: ExpertSettings): Expert {
  const standard = readStandardInputs(parameters);
  const row = new Float32Array(standard.width);
  return startLearnedExpert(parameters, settings, (ofBlock) => {
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
