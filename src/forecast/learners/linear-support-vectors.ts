/** The expert: linear ε-support vector regression, one weight vector per tracked horizon. */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { type Parameters, singlesIn } from '../parameters.ts';
import { gather, inputParameters, onlyOne, startLearnedExpert } from './learned-expert.ts';
import { chooseRows } from './lessons.ts';
import { fitStandardInputs, readStandardInputs, standardizeAll } from './standard-inputs.ts';
import { fitSupportVectors, predictLinear } from './support-vectors.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

const MOST_ROWS = 40_000;
/** Half a scale: smaller errors are noise. */
const TOLERANCE = 0.5;
const PENALTY = 1e-3;
const PASSES = 10;

/** @throws Error with the reason when this history cannot be learned from */
export function fitLinearSupportVectors(workload: Workload, settings: RowSettings): Parameters {
  const gathered = gather([workload], settings, MOST_ROWS);
  const { rows, each } = gathered;
  const standard = fitStandardInputs(rows.lessons);
  const lessons = standardizeAll(standard, rows.lessons);
  const width = lessons.width + 1;
  const weights = new Float32Array(settings.horizons.length * width);
  for (let k = 0; k < settings.horizons.length; k++) {
    const mine = Array.from(rows.horizonOf.keys()).filter((row) => rows.horizonOf[row] === k);
    const rules = { penalty: PENALTY, tolerance: TOLERANCE, passes: PASSES, seed: settings.seed };
    // A horizon beyond the history keeps zero weights: persistence.
    if (mine.length > width) weights.set(fitSupportVectors(chooseRows(lessons, mine), rules), k * width);
  }
  return onlyOne({ shared: { ...inputParameters(gathered, settings), ...standard.parameters, weights }, each });
}

export function startLinearSupportVectors(parameters: Parameters, settings: ExpertSettings): Expert {
  const standard = readStandardInputs(parameters);
  const weights = singlesIn(parameters, 'weights');
  const width = weights.length / settings.horizons.length;
  const perHorizon = settings.horizons.map((_, k) => weights.subarray(k * width, (k + 1) * width));
  const row = new Float32Array(width - 1);
  return startLearnedExpert(parameters, settings, {
    move(inputs, horizon) {
      standard.write(inputs, row);
      return predictLinear(perHorizon[horizon]!, row);
    },
  });
}
