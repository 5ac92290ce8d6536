/**
 * The journal of decisions: one JSON document a line, appended and never changed.
 *
 *   journal.jsonl      being written
 *   journal.1.jsonl    the one before, and so on up to `keep`
 *
 * A batch is on the disk (fsync) when `append` resolves. A process that is killed may leave a last line without its end:
 * that line is cut off at the next start, all before it is whole.
 */
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JournalEntry } from '../../domain/actuation.ts';
import type { Journal } from '../../domain/ports.ts';
import { workloadKey } from '../../domain/workload.ts';

export interface JournalOptions {
  readonly dir: string;
  /** A file that is larger than this is put aside before the next batch. */
  readonly maxBytes?: number;
  /** How many files that were put aside stay. */
  readonly keep?: number;
  readonly onWarning?: (message: string) => void;
}

export interface FileJournal extends Journal {
  /** Waits for appends under way. */
  close(): Promise<void>;
}

const defaultMaxBytes = 16 * 2 ** 20;
const defaultKeep = 4;

/** @throws Error when the directory cannot be written to. */
export async function openJournal(options: JournalOptions): Promise<FileJournal> {
  const { dir, maxBytes = defaultMaxBytes, keep = defaultKeep, onWarning = () => {} } = options;
  const path = (index: number) => fileOf(dir, index);
  await mkdir(dir, { recursive: true });
  const cut = await cutTornLine(path(0));
  if (cut > 0) onWarning(`${path(0)}: the last line had no end (${cut} bytes) and was cut off`);

  let file = await openForAppend(path(0));
  /** Appends one after the other: their lines must not mix. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task, task);
    last = turn.catch(() => {});
    return turn;
  };
  const rotateWhenFull = async () => {
    if (file.bytes < maxBytes) return;
    await file.handle.close();
    await rotate(path, keep);
    file = await openForAppend(path(0));
  };

  return {
    append: (entries) =>
      inTurn(async () => {
        if (entries.length === 0) return;
        await rotateWhenFull();
        file.bytes += await writeBatch(file, path(0), entries);
      }),
    close: () => inTurn(() => file.handle.close()),
  };
}

function fileOf(dir: string, index: number): string {
  return join(dir, index === 0 ? 'journal.jsonl' : `journal.${index}.jsonl`);
}

interface OpenFile {
  readonly handle: FileHandle;
  bytes: number;
}

async function openForAppend(path: string): Promise<OpenFile> {
  const handle = await open(path, 'a', 0o640);
  await syncFolder(dirname(path));
  return { handle, bytes: (await handle.stat()).size };
}

/** The name of a new file is an entry of its folder, and on the disk only when that is. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  await folder.sync().finally(() => folder.close());
}

/** All of the batch or nothing: what a full disk took of it is cut off again. */
async function writeBatch(file: OpenFile, path: string, entries: readonly JournalEntry[]): Promise<number> {
  const text = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  try {
    await file.handle.appendFile(text);
    await file.handle.datasync();
    return text.length;
  } catch (error) {
    await file.handle.truncate(file.bytes).catch(() => {});
    const found = error instanceof Error ? error.message : String(error);
    throw new Error(`${path}: ${entries.length} decisions were not written: ${found}`);
  }
}

async function rotate(path: (index: number) => string, keep: number): Promise<void> {
  await rm(path(keep), { force: true });
  for (let index = keep - 1; index >= 0; index--) await rename(path(index), path(index + 1)).catch(ignoreMissing);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

/** @returns the number of bytes that were cut off. */
async function cutTornLine(path: string): Promise<number> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size === 0) return 0;
  const handle = await open(path, 'r+');
  try {
    const whole = await endOfLastLine(handle, size);
    if (whole < size) {
      await handle.truncate(whole);
      await handle.sync();
    }
    return size - whole;
  } finally {
    await handle.close();
  }
}

/** Looks from the end, a block at a time: the torn line is short, the file is not. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf('\n');
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/**
 * The newest entries of a workload, newest last, from the newest file backwards and no further than needed. Changes
 * nothing, so a daemon may be writing meanwhile.
 *
 * @param onWarning - told of each line that cannot be read; the last one may be half-written at this moment
 */
export async function readJournal(
  dir: string,
  key: string,
  count: number,
  onWarning: (message: string) => void = () => {},
): Promise<readonly JournalEntry[]> {
  let found: readonly JournalEntry[] = [];
  for (let index = 0; found.length < count; index++) {
    const path = fileOf(dir, index);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => ignoreMissing(error));
    if (text === undefined) break;
    const damaged = (line: number) => onWarning(`${path}: line ${line} is damaged and was skipped`);
    found = [...entriesOf(text, key, damaged), ...found];
  }
  return count > 0 ? found.slice(-count) : [];
}

function entriesOf(text: string, key: string, onDamage: (line: number) => void): readonly JournalEntry[] {
  return text.split('\n').flatMap((line, i) => {
    if (line === '') return [];
    try {
      const entry = JSON.parse(line) as JournalEntry;
      return workloadKey(entry.ref) === key ? [entry] : [];
    } catch {
      onDamage(i + 1);
      return [];
    }
  });
}
