/** The networks that are shipped for `forecast --prior`. */
import { loadNetworks } from '../../adapters/model-store/networks.ts';
import { type GlobalNetworks, readNetworks } from '../../forecast/global/networks.ts';

const NAME = 'prior';

/**
 * @param models - the folder that holds the prior
 * @returns undefined when there is none that can be trusted, after a warning with the reason: the forecast goes on without
 */
export async function readPrior(models: string, warn: (message: string) => void): Promise<GlobalNetworks | undefined> {
  const found = await loadNetworks(models, NAME, readNetworks);
  switch (found.kind) {
    case 'loaded':
      return found.content.networks;
    case 'none':
      warn(`forecast without the prior: there is none in ${models}`);
      return undefined;
    case 'set-aside':
      warn(`forecast without the prior: ${found.message}`);
      return undefined;
  }
}
