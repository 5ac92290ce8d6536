/** Trains the global network on what was collected from the fleet. */
import type { QuantileEngine } from '../../domain/engines.ts';
import { seededRandom } from '../learners/random.ts';
import { INPUTS } from './describe.ts';
import { lstmForm } from './global-lstm.ts';
import type { Lessons } from './lessons.ts';
import { type GlobalNetwork, LEVELS } from './network.ts';
import { CARRIES } from './seasonal-base.ts';
import { UNIT_HORIZONS } from './units.ts';

export interface GlobalTraining {
  readonly seed: number;
  /** Most gradient steps. */
  readonly iterations: number;
  /** Continue from here, for example from the shipped weights. */
  readonly initial?: GlobalNetwork;
}

export interface TrainedNetwork {
  readonly network: GlobalNetwork;
  /** Mean pinball loss in units of scale on windows newer than those learned from. */
  readonly heldOutLoss: number;
  readonly iterations: number;
}

const UNITS = 32;
const BATCH = 128;
const LEARNING_RATE = 2e-3;
/** Smaller when the weights are already good for something. */
const REFRESH_RATE = 1e-3;
const CHECK_EVERY = 50;
const PATIENCE = 5;
/** Windows that judge the weights; more would cost time and change nothing. */
const MOST_HELD_OUT = 1024;

/**
 * @param lessons - collected in `lstmForm`
 *
 * Rejects when nothing was collected, when training does not stay finite or when the backend fails.
 */
export async function trainGlobal(
  lessons: Lessons,
  engine: QuantileEngine,
  { seed, iterations, initial }: GlobalTraining,
): Promise<TrainedNetwork> {
  if (lessons.sizes.learned === 0) throw new Error('no series is long enough to learn from');
  const random = seededRandom(seed);
  const trained = await engine.trainLstm({
    features: INPUTS.length,
    horizons: UNIT_HORIZONS.length,
    levels: LEVELS,
    carries: CARRIES,
    units: UNITS,
    windowSteps: lstmForm.units,
    lossSteps: lstmForm.lossUnits,
    iterations,
    learningRate: initial ? REFRESH_RATE : LEARNING_RATE,
    seed,
    lessons: () => lessons.draw(BATCH, random),
    heldOut: lessons.heldOut(MOST_HELD_OUT),
    checkEvery: CHECK_EVERY,
    patience: PATIENCE,
    ...(initial && { initial: initial.weights }),
  });
  const { weights, heldOutLoss } = trained;
  return { network: { weights }, heldOutLoss, iterations: trained.iterations };
}
