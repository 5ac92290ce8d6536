/**
 * Series on disk, one file each: written whole at first, then values that changed are appended (a minute's step and
 * its late neighbours cost 2 kB instead of 323 kB for 28 days), and written whole again when the additions have
 * grown to about the size of the rest.
 *
 * A whole file is synced and renamed into place. Additions are not synced: they survive a kill, and a power cut costs
 * only the newest of them, which Prometheus still has.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Log } from '../../domain/log.ts';
import type { HistoryStore } from '../../domain/ports.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { replaceFile } from '../files/replace-file.ts';
import { changesSince, type Written, writtenOf } from './changes.ts';
import { fileName, SUFFIX } from './file-name.ts';
import { decodeSeries, encodeRecord, encodeWhole } from './series-file.ts';

export interface HistoryOptions {
  readonly log?: Log;
  readonly now?: () => number;
}

export interface HistoryFolder extends HistoryStore {
  /** Removes files that were not written for `ageMs`: of workloads that are gone, and damaged ones. Returns how many. */
  sweep(ageMs: number): Promise<number>;
}

const WRITES_AT_ONCE = 4;

/** A file as this process left or found it. */
interface OnDisk {
  readonly written: Written;
  readonly bytes: number;
  /** Without additions. */
  readonly wholeBytes: number;
}

interface Store {
  readonly folder: string;
  readonly log: Log | undefined;
  readonly now: () => number;
  readonly limit: ReturnType<typeof pLimit>;
  readonly files: Map<string, OnDisk>;
  /** The end of the queue of writes to each file. */
  readonly queues: Map<string, Promise<void>>;
}

/**
 * The folder is made when it is first written to. Neither `load` nor `save` rejects on account of the disk: what is
 * wrong is logged, and the daemon goes on with what it has in memory. One process at a time may write to a folder.
 */
export function createHistoryStore(folder: string, options: HistoryOptions = {}): HistoryFolder {
  const { log, now = Date.now } = options;
  const store: Store = { folder, log, now, limit: pLimit(WRITES_AT_ONCE), files: new Map(), queues: new Map() };
  return {
    load: (key) => load(store, key),
    save: (key, series) => enqueue(store, key, () => save(store, key, series)),
    sweep: (ageMs) => sweep(store, ageMs),
  };
}

async function load(store: Store, key: string): Promise<TimeSeries | undefined> {
  const path = join(store.folder, fileName(key));
  const file = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT')
      store.log?.warn('history cannot be read and is asked for again', { file: path, error });
    return undefined;
  });
  if (!file) return undefined;
  const decoded = decodeSeries(key, file);
  if (decoded.kind === 'damaged') {
    await setAside(store, path, decoded.message);
    return undefined;
  }
  const { series, bytes, wholeBytes } = decoded;
  if (bytes < file.length) store.log?.info('history ended in a half-written record, which was dropped', { file: path });
  store.files.set(key, { written: writtenOf(series), bytes, wholeBytes });
  return series;
}

async function setAside(store: Store, path: string, message: string): Promise<void> {
  const movedTo = `${path}.damaged-${new Date(store.now()).toISOString().replaceAll(':', '')}`;
  store.log?.warn('history is damaged: set aside and asked for again', { file: path, movedTo, error: message });
  await rename(path, movedTo).catch((error: Error) =>
    store.log?.warn('damaged history cannot be moved', { file: path, error }),
  );
}

/** One write at a time per file, in the order of the calls; few at a time in all. */
function enqueue(store: Store, key: string, task: () => Promise<void>): Promise<void> {
  const queue = (store.queues.get(key) ?? Promise.resolve()).then(() => store.limit(task));
  store.queues.set(key, queue);
  return queue;
}

async function save(store: Store, key: string, series: TimeSeries): Promise<void> {
  if (series.values.length === 0) return;
  const path = join(store.folder, fileName(key));
  try {
    const appended = await append(store.files.get(key), key, path, series);
    store.files.set(key, appended ?? (await writeWhole(store, key, path, series)));
  } catch (error) {
    store.files.delete(key);
    store.log?.warn('history cannot be written; a restart would ask for it again', { file: path, error });
  }
}

async function writeWhole(store: Store, key: string, path: string, series: TimeSeries): Promise<OnDisk> {
  await mkdir(store.folder, { recursive: true, mode: 0o700 });
  const content = encodeWhole(key, series);
  await replaceFile(path, content);
  return { written: writtenOf(series), bytes: content.length, wholeBytes: content.length };
}

/** Undefined when the file has to be written whole. */
async function append(
  file: OnDisk | undefined,
  key: string,
  path: string,
  series: TimeSeries,
): Promise<OnDisk | undefined> {
  const changes = file && changesSince(file.written, series);
  if (!file || !changes) return undefined;
  if (changes.length === 0) return file;
  const additions = Buffer.concat(changes.map((run) => encodeRecord(run.startMs, run.values)));
  const bytes = file.bytes + additions.length;
  // Each file has a limit of its own, so that files of equal age are not all written whole in the same round.
  if (bytes - file.wholeBytes > file.wholeBytes * (0.5 + share(key))) return undefined;
  if (!(await writeAt(path, file.bytes, additions))) return undefined;
  return { written: writtenOf(series, file.written.startMs), bytes, wholeBytes: file.wholeBytes };
}

/** False when the file is not the one that was left: gone, or shorter. */
async function writeAt(path: string, position: number, content: Buffer): Promise<boolean> {
  const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return false;
  try {
    if ((await file.stat()).size < position) return false;
    await file.truncate(position);
    await file.write(content, 0, content.length, position);
    return true;
  } finally {
    await file.close();
  }
}

/** In [0, 1), the same for a key at all times. */
function share(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32LE(0) / 2 ** 32;
}

async function sweep(store: Store, ageMs: number): Promise<number> {
  const names = await readdir(store.folder).catch(() => []);
  const ours = names.filter((name) => name.includes(SUFFIX)).map((name) => join(store.folder, name));
  const removed = await Promise.all(ours.map((path) => removeOlder(path, store.now() - ageMs)));
  return removed.filter(Boolean).length;
}

async function removeOlder(path: string, thresholdMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found || found.mtimeMs >= thresholdMs) return false;
  const gone = () => true;
  return rm(path, { force: true }).then(gone, () => false);
}
