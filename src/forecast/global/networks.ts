/** The networks that a fleet shares, as one set: what is trained together, stored together and handed to the experts. */
import type { LstmWeights, PatchMixerWeights } from '../../domain/engines.ts';
import type { StartExpert } from '../experts/expert.ts';
import type { Parameters } from '../parameters.ts';
import { shareLstm, startGlobalLstm } from './global-lstm.ts';
import { mixerShape, shareMixer, startGlobalMixer } from './global-mixer.ts';
import { lstmParameters, mixerParameters, readLstm, readMixer } from './network.ts';

export interface GlobalNetworks {
  readonly lstm: LstmWeights;
  readonly mixer: PatchMixerWeights;
}

type StoredNetworks = { readonly [expert: string]: Parameters };

export function networkParameters({ lstm, mixer }: GlobalNetworks): StoredNetworks {
  return { lstm: lstmParameters(lstm), mixer: mixerParameters(mixer) };
}

/**
 * Reads the parameters of a stored set by expert.
 * @throws TypeError or RangeError that says what differs, when one is missing or made for something else
 */
export function readNetworks(stored: StoredNetworks): GlobalNetworks {
  return { lstm: readLstm(stored['lstm'] ?? {}), mixer: readMixer(stored['mixer'] ?? {}, mixerShape) };
}

/** Both experts on one copy of the weights, for any number of series. */
export function globalExperts(networks: GlobalNetworks): { readonly lstm: StartExpert; readonly mixer: StartExpert } {
  const [lstm, mixer] = [shareLstm(networks.lstm), shareMixer(networks.mixer)];
  return {
    lstm: (settings, saved) => startGlobalLstm(lstm, settings, saved),
    mixer: (settings, saved) => startGlobalMixer(mixer, settings, saved),
  };
}
