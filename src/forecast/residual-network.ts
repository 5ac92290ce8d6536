/**
 * A network that corrects a base forecaster: base median + trust × scale × output. Outputs are direct, one per tracked horizon,
 * never iterated; horizons between are interpolated.
 */
import type { LstmEngine, LstmWeights } from '../domain/engines.ts';
import { type BackTest, backTest } from './calibration.ts';
import { placeHorizon, trackedHorizons } from './horizons.ts';
import { FEATURES, type FeatureSettings, startFeatures } from './lstm-features.ts';
import { readWeights, startLstmNetwork, weightParameters } from './lstm-network.ts';
import { arrayIn, numberIn, type Parameters, savedArray } from './parameters.ts';
import type { PointForecaster, Transformed } from './point-forecaster.ts';

const UNITS = 16;
const WINDOW_STEPS = 32;
const BURN_IN_STEPS = 6;
const BATCH = 32;
/** Gradient steps from scratch, and to bring earlier weights up to the whole history; fewer where there is less to learn. */
const ITERATIONS = { most: 160, fewest: 32, stepsEach: 8 } as const;
const REFRESH_SHARE = 0.25;
/** With fewer cycles a calendar is a list of single days, and a network learns them by heart. */
const FEWEST_CYCLES = 4;
const LEARNED_SHARE = 0.8;
const TRUSTS = [0, 0.25, 0.5, 0.75, 1] as const;
const LEARNING_RATE = 0.01;
const REFRESH_RATE = 0.003;
/** Targets further out than this many scales count as this far. */
const MOST_SCALES = 20;
const SMALLEST_SCALE = 1e-4;

export interface NetworkLearning {
  readonly series: Transformed;
  readonly seasons: readonly number[];
  readonly horizonSteps: number;
  readonly seed: number;
  readonly engine: LstmEngine;
  /** First step whose base forecasts are honest: it has history enough and was not fitted on what follows. */
  readonly fromIndex: number;
  readonly earlier?: Parameters;
}

/**
 * @param newBase - a base forecaster at the start of the series; called twice
 * @throws Error when too little is left to learn from, or when training does not stay finite
 */
export async function fitResidualNetwork(
  newBase: () => PointForecaster,
  learning: NetworkLearning,
): Promise<Parameters> {
  const { series, horizonSteps, fromIndex, earlier } = learning;
  const steps = series.z.length - fromIndex;
  if (steps < 2 * WINDOW_STEPS + horizonSteps) {
    throw new Error(
      `${Math.max(0, steps)} steps are left to learn from, ${2 * WINDOW_STEPS + horizonSteps} are needed`,
    );
  }
  const test = backTest(newBase(), series, fromIndex, horizonSteps);
  const settings = earlier ? readSettings(earlier) : newSettings(learning, test);
  const lessons: Lessons = {
    inputs: inputsOf(newBase(), series, fromIndex, settings),
    targets: targetsOf(series.z, test, fromIndex, settings.scale),
    outputs: test.horizons.length,
    // What is left out judges the weights; a refit keeps that judgement and learns from everything.
    learned: earlier ? steps : Math.floor(LEARNED_SHARE * steps),
  };
  const weights = await learning.engine.train({
    inputs: lessons.inputs.subarray(0, lessons.learned * FEATURES),
    targets: lessons.targets.subarray(0, lessons.learned * lessons.outputs),
    features: FEATURES,
    outputs: lessons.outputs,
    units: UNITS,
    windowSteps: WINDOW_STEPS,
    burnInSteps: BURN_IN_STEPS,
    batch: BATCH,
    iterations: Math.round(iterationsFor(steps) * (earlier ? REFRESH_SHARE : 1)),
    learningRate: earlier ? REFRESH_RATE : LEARNING_RATE,
    seed: learning.seed,
    ...(earlier ? { initial: readWeights(earlier) } : {}),
  });
  const trust = earlier ? numberIn(earlier, 'network.trust') : trustIn(weights, lessons);
  return { ...settingParameters(settings), 'network.trust': trust, ...weightParameters(weights) };
}

interface Lessons {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly outputs: number;
  /** Steps that were learned from; the rest was held back. */
  readonly learned: number;
}

/** The share of the network's output that errs least on the part held back; 0 leaves the base as it is. */
function trustIn(weights: LstmWeights, { inputs, targets, outputs, learned }: Lessons): number {
  const network = startLstmNetwork(weights);
  const output = new Float64Array(outputs);
  const errors = new Float64Array(TRUSTS.length);
  for (let t = 0; t * FEATURES < inputs.length; t++) {
    network.step(Float64Array.from(inputs.subarray(t * FEATURES, (t + 1) * FEATURES)));
    if (t < learned) continue;
    network.read(output);
    for (let i = 0; i < outputs; i++) {
      const target = targets[t * outputs + i]!;
      if (Number.isNaN(target)) continue;
      for (let k = 0; k < TRUSTS.length; k++) errors[k]! += Math.abs(target - TRUSTS[k]! * bounded(output[i]!));
    }
  }
  return TRUSTS[errors.indexOf(Math.min(...errors))]!;
}

function bounded(scales: number): number {
  return Math.min(MOST_SCALES, Math.max(-MOST_SCALES, scales));
}

function iterationsFor(steps: number): number {
  return Math.min(ITERATIONS.most, Math.max(ITERATIONS.fewest, Math.round(steps / ITERATIONS.stepsEach)));
}

function newSettings({ series, seasons, horizonSteps, fromIndex }: NetworkLearning, test: BackTest): FeatureSettings {
  const seen = series.z.subarray(fromIndex).filter((z) => !Number.isNaN(z));
  const centre = mean(seen);
  const middle = test.medians[Math.floor(test.medians.length / 2)]!;
  const errors = series.z.map((z, t) => Math.abs(z - middle[t]!)).filter((error) => !Number.isNaN(error));
  return {
    scale: Math.max(SMALLEST_SCALE, mean(errors)),
    centre,
    deviation: Math.max(SMALLEST_SCALE, Math.sqrt(mean(seen.map((z) => (z - centre) ** 2)))),
    seasons: seasons.slice(0, 2).filter((m) => m * FEWEST_CYCLES <= seen.length),
    anchorSeason: seasons.find((m) => m * 2 < series.z.length) ?? 1,
    horizonSteps,
  };
}

function mean(values: Float64Array): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}

function inputsOf(
  base: PointForecaster,
  series: Transformed,
  fromIndex: number,
  settings: FeatureSettings,
): Float32Array {
  const features = startFeatures(base, series.firstStep, settings);
  const inputs = new Float32Array((series.z.length - fromIndex) * FEATURES);
  for (let t = 0; t < series.z.length; t++) {
    const row = features.observe(series.z[t]!);
    if (t >= fromIndex) inputs.set(row, (t - fromIndex) * FEATURES);
  }
  return inputs;
}

function targetsOf(z: Float64Array, test: BackTest, fromIndex: number, scale: number): Float32Array {
  const outputs = test.horizons.length;
  const targets = new Float32Array((z.length - fromIndex) * outputs).fill(Number.NaN);
  for (let t = fromIndex; t < z.length; t++) {
    for (let i = 0; i < outputs; i++) {
      const target = t + test.horizons[i]!;
      if (target >= z.length) break;
      const error = (z[target]! - test.medians[i]![target]!) / scale;
      targets[(t - fromIndex) * outputs + i] = bounded(error);
    }
  }
  return targets;
}

/** @param base - a base forecaster at the start of the history that will be observed */
export function startResidualNetwork(
  base: PointForecaster,
  parameters: Parameters,
  firstStep: number,
): PointForecaster {
  const settings = readSettings(parameters);
  const trust = numberIn(parameters, 'network.trust');
  const network = startLstmNetwork(readWeights(parameters), savedArray(parameters, 'network.state'));
  const features = startFeatures(base, firstStep, settings, parameters);
  const horizons = trackedHorizons(settings.horizonSteps);
  const outputs = new Float64Array(horizons.length);
  if (parameters['network.state'] !== undefined) network.read(outputs);
  return {
    save: () => ({ ...parameters, ...base.save(), ...features.save(), 'network.state': network.save() }),
    observe(z) {
      network.step(features.observe(z));
      network.read(outputs);
    },
    predict(out) {
      base.predict(out);
      for (let i = 0; i < out.length; i++) {
        const { index, share } = placeHorizon(horizons, i + 1);
        const next = outputs[Math.min(index + 1, outputs.length - 1)]!;
        const output = outputs[index]! * (1 - share) + next * share;
        out[i]! += trust * settings.scale * bounded(output);
      }
    },
  };
}

function settingParameters({
  scale,
  centre,
  deviation,
  seasons,
  anchorSeason,
  horizonSteps,
}: FeatureSettings): Parameters {
  return {
    'network.scale': scale,
    'network.centre': centre,
    'network.deviation': deviation,
    'network.seasons': seasons,
    'network.anchorSeason': anchorSeason,
    'network.horizonSteps': horizonSteps,
  };
}

function readSettings(parameters: Parameters): FeatureSettings {
  return {
    scale: numberIn(parameters, 'network.scale'),
    centre: numberIn(parameters, 'network.centre'),
    deviation: numberIn(parameters, 'network.deviation'),
    seasons: Array.from(arrayIn(parameters, 'network.seasons')),
    anchorSeason: numberIn(parameters, 'network.anchorSeason'),
    horizonSteps: numberIn(parameters, 'network.horizonSteps'),
  };
}
