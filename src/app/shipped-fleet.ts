/** The networks that are shipped with forescale, as a fleet that has not learned from its own load yet. */
import type { FleetModel } from '../domain/fleet.ts';
import { lstmParameters, mixerParameters } from '../forecast/global/network.ts';
import { readShippedNetworks, SHIPPED_MODELS } from './shipped-networks.ts';

/** Learned from generated load alone: honest from the first sample on. */
const trainedThroughMs = Number.NEGATIVE_INFINITY;

/** @returns an empty fleet after a warning with the reason, when the networks cannot be trusted */
export async function shippedFleet(warn: (message: string) => void): Promise<FleetModel> {
  const networks = await readShippedNetworks(SHIPPED_MODELS, (reason) =>
    warn(`shipped networks are not used: ${reason}`),
  );
  if (!networks) return { experts: {} };
  return {
    experts: {
      'global-lstm': { trainedThroughMs, parameters: lstmParameters(networks.lstm) },
      'patch-mixer': { trainedThroughMs, parameters: mixerParameters(networks.mixer) },
    },
  };
}
