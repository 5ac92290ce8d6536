/** The expert: ε-support vector regression with a Gaussian kernel, by random Fourier features; one model for all horizons. */
import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { numberIn, type Parameters, singlesIn } from '../parameters.ts';
import { gather, inputParameters, onlyOne, startLearnedExpert } from './learned-expert.ts';
import { featuresOfAll, inverseMedianDistance, randomFeatures } from './random-features.ts';
import { fitStandardInputs, readStandardInputs, standardizeAll } from './standard-inputs.ts';
import { fitSupportVectors, predictLinear } from './support-vectors.ts';
import type { RowSettings, Workload } from './workload-rows.ts';

const MOST_ROWS = 12_000;
const FEATURES = 200;
/** Of all workloads and fits: the features themselves are never stored. */
const FEATURE_SEED = 1;
const DISTANCE_PAIRS = 500;
/** A kernel of twice the median distance generalises better than one of the median. */
const WIDTH = 2;
const TOLERANCE = 0.3;
const PENALTY = 1e-5;
const PASSES = 6;

/** @throws Error with the reason when this history cannot be learned from */
export function fitRadialSupportVectors(workload: Workload, settings: RowSettings): Parameters {
  const gathered = gather([workload], settings, MOST_ROWS);
  const { lessons } = gathered.rows;
  const standard = fitStandardInputs(lessons);
  const standardized = standardizeAll(standard, lessons);
  const inverseDistance = inverseMedianDistance(standardized, DISTANCE_PAIRS, settings.seed) / WIDTH;
  const features = randomFeatures({ width: lessons.width, count: FEATURES, inverseDistance, seed: FEATURE_SEED });
  const rules = { penalty: PENALTY, tolerance: TOLERANCE, passes: PASSES, seed: settings.seed };
  const weights = Float32Array.from(fitSupportVectors(featuresOfAll(features, standardized), rules));
  const shared = { ...inputParameters(gathered, settings), ...standard.parameters, inverseDistance, weights };
  return onlyOne({ shared, each: gathered.each });
}

export function startRadialSupportVectors(parameters: Parameters, settings: ExpertSettings): Expert {
  const standard = readStandardInputs(parameters);
  const weights = singlesIn(parameters, 'weights');
  const width = numberIn(parameters, 'inputs.width');
  const inverseDistance = numberIn(parameters, 'inverseDistance');
  const features = randomFeatures({ width, count: FEATURES, inverseDistance, seed: FEATURE_SEED });
  const row = new Float32Array(width);
  const mapped = new Float32Array(FEATURES);
  return startLearnedExpert(parameters, settings, {
    move(inputs) {
      standard.write(inputs, row);
      features.write(row, mapped);
      return predictLinear(weights, mapped);
    },
  });
}
