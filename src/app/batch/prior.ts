/** The networks that are shipped for `forecast --prior`. */
import type { GlobalNetworks } from '../../forecast/global/networks.ts';
import { readShippedNetworks } from '../shipped-networks.ts';

/**
 * @param models - the folder that holds the prior
 * @returns undefined when there is none that can be trusted, after a warning with the reason: the forecast goes on without
 */
export function readPrior(models: string, warn: (message: string) => void): Promise<GlobalNetworks | undefined> {
  return readShippedNetworks(models, (reason) => warn(`forecast without the prior: ${reason}`));
}
