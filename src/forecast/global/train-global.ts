/** Trains the global networks on what was collected from the fleet. */
import type { LstmWeights, PatchMixerWeights, QuantileEngine, Trained } from '../../domain/engines.ts';
import { seededRandom } from '../random.ts';
import { INPUTS } from './describe.ts';
import { lstmForm } from './global-lstm.ts';
import { mixerForm, mixerShape } from './global-mixer.ts';
import type { Lessons } from './lessons.ts';
import { LEVELS } from './network.ts';
import { CARRIES } from './seasonal-base.ts';
import { UNIT_HORIZONS } from './units.ts';

export interface GlobalTraining<Weights> {
  readonly seed: number;
  /** Most gradient steps. */
  readonly iterations: number;
  /** Continue from here, for example from the shipped weights. */
  readonly initial?: Weights;
}

const UNITS = 32;
const BATCH = 128;
/** A window of the mixer is judged once, one of the LSTM 17 times. */
const MIXER_BATCH = 512;
const LEARNING_RATE = 2e-3;
/** Smaller steps, and closer looks, when the weights are already good for something: a small fleet is soon learned by heart. */
const REFRESH_RATE = 3e-4;
const CHECK_EVERY = 50;
const REFRESH_CHECK_EVERY = 20;
const PATIENCE = 10;
/** Windows that judge the weights; more would cost time and change nothing. */
const MOST_HELD_OUT = 1024;
const MIXER_MOST_HELD_OUT = 4096;

/**
 * @param lessons - collected in `lstmForm`
 *
 * Rejects when nothing was collected, when training does not stay finite or when the backend fails.
 */
export async function trainGlobalLstm(
  lessons: Lessons,
  engine: QuantileEngine,
  training: GlobalTraining<LstmWeights>,
): Promise<Trained<LstmWeights>> {
  return engine.trainLstm({
    ...common(lessons, training, BATCH, MOST_HELD_OUT),
    features: INPUTS.length,
    units: UNITS,
    windowSteps: lstmForm.units,
    lossSteps: lstmForm.lossUnits,
    ...(training.initial && { initial: training.initial }),
  });
}

/** As `trainGlobalLstm`, for lessons collected in `mixerForm`. */
export async function trainGlobalMixer(
  lessons: Lessons,
  engine: QuantileEngine,
  training: GlobalTraining<PatchMixerWeights>,
): Promise<Trained<PatchMixerWeights>> {
  return engine.trainMixer({
    ...common(lessons, training, MIXER_BATCH, MIXER_MOST_HELD_OUT),
    features: mixerForm.inputs,
    shape: mixerShape,
    ...(training.initial && { initial: training.initial }),
  });
}

function common(lessons: Lessons, training: GlobalTraining<unknown>, batch: number, mostHeldOut: number) {
  if (lessons.sizes.learned === 0) throw new Error('no series is long enough to learn from');
  const random = seededRandom(training.seed);
  return {
    horizons: UNIT_HORIZONS.length,
    levels: LEVELS,
    carries: CARRIES,
    iterations: training.iterations,
    learningRate: training.initial ? REFRESH_RATE : LEARNING_RATE,
    seed: training.seed,
    lessons: () => lessons.draw(batch, random),
    heldOut: lessons.heldOut(mostHeldOut),
    checkEvery: training.initial ? REFRESH_CHECK_EVERY : CHECK_EVERY,
    patience: PATIENCE,
  };
}
