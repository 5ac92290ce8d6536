/** The networks that are shipped with forescale: learned from generated load alone. */
import { fileURLToPath } from 'node:url';
import { loadNetworks } from '../adapters/model-store/networks.ts';
import { type GlobalNetworks, readNetworks } from '../forecast/global/networks.ts';

export const SHIPPED_MODELS = fileURLToPath(new URL('../../models', import.meta.url));
const NAME = 'prior';

/**
 * @param models - the folder that holds them
 * @param warn - told the reason where there are none that can be trusted; then undefined is returned
 */
export async function readShippedNetworks(
  models: string,
  warn: (reason: string) => void,
): Promise<GlobalNetworks | undefined> {
  const found = await loadNetworks(models, NAME, readNetworks);
  if (found.kind === 'loaded') return found.content.networks;
  warn(found.kind === 'none' ? `there is none in ${models}` : found.message);
  return undefined;
}
