/** The networks that a fleet shares, as one set: what is trained together, stored together and handed to the experts. */
import type { LstmWeights, PatchMixerWeights } from '../../domain/engines.ts';
import type { Parameters } from '../parameters.ts';
import { mixerShape } from './global-mixer.ts';
import { readLstm, readMixer } from './network.ts';

export interface GlobalNetworks {
  readonly lstm: LstmWeights;
  readonly mixer: PatchMixerWeights;
}

/**
 * Reads the parameters of a stored set by expert.
 * @throws TypeError or RangeError that says what differs, when one is missing or made for something else
 */
export function readNetworks(stored: { readonly [expert: string]: Parameters }): GlobalNetworks {
  return { lstm: readLstm(stored['lstm'] ?? {}), mixer: readMixer(stored['mixer'] ?? {}, mixerShape) };
}
