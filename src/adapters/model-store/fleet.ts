/** What a fleet shares, on disk: one folder beside those of the workloads. */
import type { FleetModel, SharedExpertName, SharedModel } from '../../domain/fleet.ts';
import { sharedExpertNames } from '../../domain/fleet.ts';
import type { StoredFleet } from '../../domain/ports.ts';
import { loadNetworks, type NetworkFacts, type NetworkFile, saveNetworks } from './networks.ts';

const NAME = 'fleet';
const THROUGH = 'trainedThroughMs';

/** What is shipped is not stored: it would stand before that of a newer release. */
export async function saveFleet(
  folder: string,
  { experts }: FleetModel,
  { trainedOn, seed }: Pick<NetworkFacts, 'trainedOn' | 'seed'>,
): Promise<void> {
  const shared = Object.entries(experts).filter(([, { trainedThroughMs }]) => Number.isFinite(trainedThroughMs));
  if (shared.length === 0) return;
  const newest = Math.max(...shared.map(([, { trainedThroughMs }]) => trainedThroughMs));
  await saveNetworks(folder, NAME, {
    facts: {
      trainedThrough: new Date(newest).toISOString(),
      trainedOn,
      seed,
      scores: {},
    },
    networks: Object.fromEntries(
      shared.map(([name, { trainedThroughMs, parameters }]) => [name, { ...parameters, [THROUGH]: trainedThroughMs }]),
    ),
  });
}

export async function loadFleet(folder: string, check: (fleet: FleetModel) => void): Promise<StoredFleet> {
  const found = await loadNetworks(folder, NAME, (networks) => {
    const fleet = {
      experts: Object.fromEntries(Object.entries(networks).map(([name, all]) => [known(name), apart(all)])),
    };
    check(fleet);
    return fleet;
  });
  return found.kind === 'loaded' ? { kind: 'loaded', fleet: found.content.networks } : found;
}

function known(name: string): SharedExpertName {
  const found = sharedExpertNames.find((one) => one === name);
  if (!found) throw new Error(`expert: expected one of ${sharedExpertNames.join(', ')}, found ${name}`);
  return found;
}

function apart({ [THROUGH]: through, ...parameters }: NetworkFile['networks'][string]): SharedModel {
  if (typeof through !== 'number') throw new Error(`${THROUGH}: expected a number, found ${typeof through}`);
  return { trainedThroughMs: through, parameters };
}
