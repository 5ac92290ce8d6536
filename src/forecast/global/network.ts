/** Weights of the global networks as plain parameters, and what they are for. */
import type { LstmWeights, PatchMixerShape, PatchMixerWeights } from '../../domain/engines.ts';
import { type Parameters, singlesIn, textIn } from '../parameters.ts';
import { INPUTS } from './describe.ts';
import { CARRIES } from './seasonal-base.ts';
import { UNIT_HORIZONS } from './units.ts';

/** Levels whose pinball loss is learned. The upper half is finer: capacity is planned there. */
export const LEVELS: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
export const MEDIAN = LEVELS.indexOf(0.5);
/** Outputs further out than this many scales count as this far, in training and after. */
export const MOST_SCALES = 20;
/** Numbers that a head gives: one per horizon and level, then one per horizon and carried distance. */
export const OUTPUTS = UNIT_HORIZONS.length * (LEVELS.length + CARRIES);

const SHAPE = { inputs: INPUTS.join(' '), horizons: UNIT_HORIZONS.join(' '), levels: LEVELS.join(' ') };

export function lstmParameters(weights: LstmWeights): Parameters {
  return { ...SHAPE, ...weights };
}

/** @throws TypeError or RangeError that says what differs, when the weights are for other inputs, horizons or levels */
export function readLstm(parameters: Parameters): LstmWeights {
  expectShape(parameters);
  const bias = singlesIn(parameters, 'bias');
  const units = bias.length / 4;
  return {
    kernel: weightsIn(parameters, 'kernel', INPUTS.length * 4 * units),
    recurrent: weightsIn(parameters, 'recurrent', units * 4 * units),
    bias: weightsIn(parameters, 'bias', 4 * units),
    head: weightsIn(parameters, 'head', (units + INPUTS.length) * OUTPUTS),
    headBias: weightsIn(parameters, 'headBias', OUTPUTS),
  };
}

export function mixerParameters(weights: PatchMixerWeights): Parameters {
  return { ...SHAPE, ...weights };
}

/** As `readLstm`; the weights must be those of `shape`. */
export function readMixer(parameters: Parameters, shape: PatchMixerShape): PatchMixerWeights {
  expectShape(parameters);
  const { patches, patchLength, context, channels, blocks, patchHidden, channelHidden } = shape;
  return {
    embed: weightsIn(parameters, 'embed', (patchLength + 1) * channels),
    position: weightsIn(parameters, 'position', patches * channels),
    patchIn: weightsIn(parameters, 'patchIn', blocks * (patches + 1) * patchHidden),
    patchOut: weightsIn(parameters, 'patchOut', blocks * (patchHidden + 1) * patches),
    channelIn: weightsIn(parameters, 'channelIn', blocks * (channels + 1) * channelHidden),
    channelOut: weightsIn(parameters, 'channelOut', blocks * (channelHidden + 1) * channels),
    head: weightsIn(parameters, 'head', (patches * channels + context + 1) * OUTPUTS),
  };
}

function expectShape(parameters: Parameters): void {
  for (const [name, expected] of Object.entries(SHAPE)) {
    const found = textIn(parameters, name);
    if (found !== expected) throw new RangeError(`${name} of the network: expected ${expected}, found ${found}`);
  }
}

function weightsIn(parameters: Parameters, name: string, expected: number): Float32Array {
  const values = singlesIn(parameters, name);
  if (values.length !== expected)
    throw new RangeError(`${name} of the network: expected ${expected} weights, found ${values.length}`);
  if (!values.every(Number.isFinite)) throw new RangeError(`${name} of the network: a weight is not finite`);
  return values;
}
