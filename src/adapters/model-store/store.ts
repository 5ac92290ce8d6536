/**
 * Fitted models on disk, one folder per key with `manifest.json` and `weights.bin`.
 *
 * A folder is written beside its place and swapped in by renames, so a reader or a crash sees the old model or the new
 * one. What cannot be trusted (damaged, foreign, another version, another key) is moved aside, never deleted and never
 * used; the series is then refitted.
 *
 *     NAME.new  --rename-->  NAME          the old NAME waits as NAME.old until the new one is in place
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FittedSeries, forecasterNames } from '../../domain/forecast.ts';
import type { ModelStore, StoredModel } from '../../domain/ports.ts';
import { syncFolder, writeDurably } from '../files/replace-file.ts';
import { FORMAT, type Manifest, pack, storeScore, unpack, VERSION } from './manifest.ts';

const MOST_READABLE = 80;

/** @param folder - the model directory; made when the first model is saved */
export function createModelStore(folder: string): ModelStore {
  return {
    load: (key) => load(join(folder, folderName(key)), key),
    save: (key, fitted) => save(folder, join(folder, folderName(key)), key, fitted),
  };
}

/** Readable and unique: keys hold slashes and may be longer than a file name. */
function folderName(key: string): string {
  const readable = key.replaceAll(/[^A-Za-z0-9-]/g, '_').slice(0, MOST_READABLE);
  return `${readable}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}

async function load(path: string, key: string): Promise<StoredModel> {
  if (!existsSync(path) && existsSync(`${path}.old`)) await rename(`${path}.old`, path);
  if (!existsSync(path)) return { kind: 'none' };
  try {
    return { kind: 'loaded', fitted: await read(path, key) };
  } catch (error) {
    await rm(`${path}.set-aside`, { recursive: true, force: true });
    await rename(path, `${path}.set-aside`);
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'set-aside', message: `model of ${key}: ${reason}; moved to ${path}.set-aside` };
  }
}

async function read(path: string, key: string): Promise<FittedSeries> {
  const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as Manifest;
  expectEqual('format', manifest.format, FORMAT);
  expectEqual('version', manifest.version, VERSION);
  expectEqual('key', manifest.key, key);
  const weights = await readFile(join(path, 'weights.bin'));
  expectEqual('checksum of weights.bin', checksum(weights), manifest.checksum);
  const fitted = unpack(manifest, weights);
  for (const kind of Object.keys(fitted.models)) expectOneOf('model', kind, forecasterNames);
  expectOneOf('acting', fitted.acting, Object.keys(fitted.models));
  return fitted;
}

function expectEqual(what: string, found: unknown, expected: string | number): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, found ${found}`);
}

function expectOneOf(what: string, found: string, expected: readonly string[]): void {
  if (!expected.includes(found)) throw new Error(`${what}: expected one of ${expected.join(', ')}, found ${found}`);
}

function checksum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function save(folder: string, path: string, key: string, fitted: FittedSeries): Promise<void> {
  const { features, weights } = pack(fitted);
  const manifest: Manifest = {
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
    checksum: checksum(weights),
  };
  await rm(`${path}.new`, { recursive: true, force: true });
  await mkdir(`${path}.new`, { recursive: true });
  await writeDurably(join(`${path}.new`, 'weights.bin'), weights);
  await writeDurably(join(`${path}.new`, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await syncFolder(`${path}.new`);
  await swap(path);
  await syncFolder(folder);
}

async function swap(path: string): Promise<void> {
  await rm(`${path}.old`, { recursive: true, force: true });
  if (existsSync(path)) await rename(path, `${path}.old`);
  await rename(`${path}.new`, path);
  await rm(`${path}.old`, { recursive: true, force: true });
}
