/**
 * Fitted models on disk, one folder per key. What cannot be trusted (damaged, foreign, another version, another key) is
 * moved aside; the series is then refitted.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type FittedSeries, forecasterNames } from '../../domain/forecast.ts';
import type { ModelStore, StoredModel } from '../../domain/ports.ts';
import { loadFleet, saveFleet } from './fleet.ts';
import { expectEqual, expectTypes, loadFolder, type Read, replaceFolder } from './folder.ts';
import { FORMAT, type Manifest, pack, storeScore, unpack, VERSION } from './manifest.ts';

const MOST_READABLE = 80;

/** @param folder - the model directory; made when the first model is saved */
export function createModelStore(folder: string): ModelStore {
  return {
    load: (key) => load(join(folder, folderName(key)), key),
    save: (key, fitted) => save(folder, join(folder, folderName(key)), key, fitted),
    loadFleet: (check) => loadFleet(folder, check),
    saveFleet: (fleet, facts) => saveFleet(folder, fleet, facts),
  };
}

/** Readable and unique: keys hold slashes and may be longer than a file name. */
function folderName(key: string): string {
  const readable = key.replaceAll(/[^A-Za-z0-9-]/g, '_').slice(0, MOST_READABLE);
  return `${readable}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}

async function load(path: string, key: string): Promise<StoredModel> {
  const found = await loadFolder(path, `model of ${key}`, (read) => fittedIn(read, key));
  return found.kind === 'loaded' ? { kind: 'loaded', fitted: found.content } : found;
}

function fittedIn({ manifest: found, weights }: Read, key: string): FittedSeries {
  const manifest = found as Manifest;
  expectEqual('format', manifest.format, FORMAT);
  expectEqual('version', manifest.version, VERSION);
  expectEqual('key', manifest.key, key);
  expectTypes(manifest, {
    trainedThroughMs: 'number',
    stepMs: 'number',
    seed: 'number',
    acting: 'string',
    verdict: 'string',
    scores: 'list',
    features: 'object',
  });
  const fitted = unpack(manifest, weights());
  for (const kind of Object.keys(fitted.models)) expectOneOf('model', kind, forecasterNames);
  expectOneOf('acting', fitted.acting, Object.keys(fitted.models));
  return fitted;
}

function expectOneOf(what: string, found: string, expected: readonly string[]): void {
  if (!expected.includes(found)) throw new Error(`${what}: expected one of ${expected.join(', ')}, found ${found}`);
}

async function save(folder: string, path: string, key: string, fitted: FittedSeries): Promise<void> {
  const { features, weights } = pack(fitted);
  const manifest: Omit<Manifest, 'checksum'> = {
    format: FORMAT,
    version: VERSION,
    key,
    trainedThrough: new Date(fitted.trainedThroughMs).toISOString(),
    trainedThroughMs: fitted.trainedThroughMs,
    ...(fitted.source !== undefined && { source: fitted.source }),
    stepMs: fitted.stepMs,
    seed: fitted.seed,
    acting: fitted.acting,
    verdict: fitted.verdict,
    scores: fitted.scores.map(storeScore),
    ...(fitted.replay && { replay: fitted.replay }),
    features,
  };
  await replaceFolder(folder, path, manifest, weights);
}
