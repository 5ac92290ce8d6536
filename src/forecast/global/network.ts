/** A global network as it is shared by all series: its weights and what they are for. */
import type { LstmWeights } from '../../domain/engines.ts';
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

export interface GlobalNetwork {
  readonly weights: LstmWeights;
}

const SHAPE = { inputs: INPUTS.join(' '), horizons: UNIT_HORIZONS.join(' '), levels: LEVELS.join(' ') };

export function networkParameters({ weights }: GlobalNetwork): Parameters {
  return { ...SHAPE, ...weights };
}

/** @throws TypeError or RangeError that says what differs, when the weights are for other inputs, horizons or levels */
export function readNetwork(parameters: Parameters): GlobalNetwork {
  for (const [name, expected] of Object.entries(SHAPE)) {
    const found = textIn(parameters, name);
    if (found !== expected) throw new RangeError(`${name} of the network: expected ${expected}, found ${found}`);
  }
  const weights = {
    kernel: singlesIn(parameters, 'kernel'),
    recurrent: singlesIn(parameters, 'recurrent'),
    bias: singlesIn(parameters, 'bias'),
    head: singlesIn(parameters, 'head'),
    headBias: singlesIn(parameters, 'headBias'),
  };
  const units = weights.bias.length / 4;
  expectLength('kernel', weights.kernel, INPUTS.length * 4 * units);
  expectLength('recurrent', weights.recurrent, units * 4 * units);
  expectLength('head', weights.head, (units + INPUTS.length) * OUTPUTS);
  expectLength('headBias', weights.headBias, OUTPUTS);
  return { weights };
}

function expectLength(name: string, values: Float32Array, expected: number): void {
  if (values.length !== expected)
    throw new RangeError(`${name} of the network: expected ${expected} weights, found ${values.length}`);
  if (!values.every(Number.isFinite)) throw new RangeError(`${name} of the network: a weight is not finite`);
}
