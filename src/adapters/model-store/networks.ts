/** Networks that many series share, on disk: what the fleet learned last, and the prior that is shipped. */
import { join } from 'node:path';
import type { FittedModel } from '../../domain/forecast.ts';
import { expectEqual, expectTypes, type Found, loadFolder, replaceFolder } from './folder.ts';
import { packModels, type StoredModels, unpackModels } from './manifest.ts';

const FORMAT = 'forescale-network';
const VERSION = 2;

/** What a network was learned from and what it is worth, for people and for whoever decides to use it. */
export interface NetworkFacts {
  /** ISO 8601: the end of the newest sample that was learned from; of generated load, when it was generated for. */
  readonly trainedThrough: string;
  readonly trainedOn: string;
  readonly seed: number;
  /** Losses and errors out of sample, by name. */
  readonly scores: { readonly [name: string]: number };
}

export interface NetworkFile {
  readonly facts: NetworkFacts;
  /** Parameters by expert, as the forecast stage reads them. */
  readonly networks: { readonly [expert: string]: FittedModel['parameters'] };
}

type Manifest = NetworkFacts & {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly name: string;
  readonly features: StoredModels;
  readonly checksum: string;
};

/** @param name - of the folder within `parent`: letters, digits and dashes */
export async function saveNetworks(parent: string, name: string, { facts, networks }: NetworkFile): Promise<void> {
  const { features, weights } = packModels(networks);
  const manifest = { format: FORMAT, version: VERSION, name, ...facts, features };
  await replaceFolder(parent, join(parent, name), manifest, weights);
}

/**
 * @param understand - reads the parameters by expert; what it throws (other inputs, a weight missing) counts as damage
 * @returns `set-aside` with the reason for anything that cannot be trusted; then something simpler has to serve
 */
export async function loadNetworks<Networks>(
  parent: string,
  name: string,
  understand: (networks: NetworkFile['networks']) => Networks,
): Promise<Found<{ readonly facts: NetworkFacts; readonly networks: Networks }>> {
  return loadFolder(join(parent, name), `networks ${name}`, (read) => {
    const manifest = read.manifest as Manifest;
    expectEqual('format', manifest.format, FORMAT);
    expectEqual('version', manifest.version, VERSION);
    expectEqual('name', manifest.name, name);
    expectTypes(manifest, {
      trainedThrough: 'string',
      trainedOn: 'string',
      seed: 'number',
      scores: 'object',
      features: 'object',
    });
    const { trainedThrough, trainedOn, seed, scores } = manifest;
    const parameters = unpackModels(manifest.features, read.weights());
    return { facts: { trainedThrough, trainedOn, seed, scores }, networks: understand(parameters) };
  });
}
