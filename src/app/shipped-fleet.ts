/** The networks that are shipped with forescale, as a fleet that has not learned from its own load yet. */
import { fileURLToPath } from 'node:url';
import { loadNetworks } from '../adapters/model-store/networks.ts';
import type { FleetModel } from '../domain/fleet.ts';
import { lstmParameters, mixerParameters } from '../forecast/global/network.ts';
import { readNetworks } from '../forecast/global/networks.ts';

const MODELS = fileURLToPath(new URL('../../models', import.meta.url));
const NAME = 'prior';

/** Learned from generated load alone: honest from the first sample on. */
const trainedThroughMs = Number.NEGATIVE_INFINITY;

/** @returns an empty fleet after a warning with the reason, when the networks cannot be trusted */
export async function shippedFleet(warn: (message: string) => void, models: string = MODELS): Promise<FleetModel> {
  const found = await loadNetworks(models, NAME, readNetworks);
  if (found.kind !== 'loaded') {
    warn(`shipped networks are not used: ${found.kind === 'none' ? `there are none in ${models}` : found.message}`);
    return { experts: {} };
  }
  const { lstm, mixer } = found.content.networks;
  return {
    experts: {
      'global-lstm': { trainedThroughMs, parameters: lstmParameters(lstm) },
      'patch-mixer': { trainedThroughMs, parameters: mixerParameters(mixer) },
    },
  };
}
