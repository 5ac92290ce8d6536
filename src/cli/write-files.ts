import { access, constants, mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import process from 'node:process';

export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes all files or none: each beside its place first, then all renamed. What is no file (a pipe, /dev/stdout) cannot be
 * replaced and is written to before any of the others takes its place.
 *
 * @throws Error that names the file; what was written so far has been removed
 */
export async function writeFiles(files: readonly OutputFile[], signal?: AbortSignal): Promise<void> {
  const places = await Promise.all(files.map(async (file) => ({ ...file, draft: await draftOf(file.path) })));
  const replaced = places.filter((place) => place.draft !== undefined);
  const folders: string[] = [];
  let done = false;
  try {
    for (const { path, text, draft } of replaced) {
      throwIfStopped(signal);
      folders.push(...(await makeFolder(path)));
      await writeOne(draft!, path, text);
    }
    throwIfStopped(signal);
    for (const { path, text, draft } of places) if (draft === undefined) await writeOne(path, path, text);
    for (const { path, draft } of replaced) await rename(draft!, path);
    done = true;
  } finally {
    // Renamed ones are gone, and where no draft could be made there is none to remove.
    await Promise.allSettled(replaced.map(({ draft }) => rm(draft!, { force: true })));
    if (!done) await removeEmpty(folders);
  }
}

/**
 * Finds out before long work whether its results will have a place: each path, or the nearest folder above it that is
 * there, must be writable.
 *
 * @throws Error that names the first path that has none
 */
export async function checkPlaces(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await draftOf(path);
    const place = await nearestExisting(path);
    try {
      await access(place, constants.W_OK);
      if (place !== path && !(await stat(place)).isDirectory()) throw new Error(`${place} is no folder`);
    } catch (error) {
      throw unwritable(path, error);
    }
  }
}

async function nearestExisting(path: string): Promise<string> {
  const known = await stat(path).catch(() => undefined);
  return known === undefined && dirname(path) !== path ? nearestExisting(dirname(path)) : path;
}

/** Where a file is written first; undefined for a device or a pipe. */
async function draftOf(path: string): Promise<string | undefined> {
  const known = await stat(path).catch(() => undefined);
  if (known?.isDirectory()) throw new Error(`${path} cannot be written: it is a folder. Nothing was written.`);
  return known === undefined || known.isFile() ? `${path}.${process.pid}.tmp` : undefined;
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Error('stopped. Nothing was written.');
}

/** @returns the folders that were made for a file, the deepest first */
async function makeFolder(path: string): Promise<readonly string[]> {
  const folder = dirname(resolve(path));
  try {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return [];
    const made = [folder];
    while (made.at(-1) !== resolve(first)) made.push(dirname(made.at(-1)!));
    return made;
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** What somebody else has put a file into meanwhile stays. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}

async function writeOne(draft: string, path: string, text: string): Promise<void> {
  try {
    await writeFile(draft, text);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`${path} cannot be written: ${reason}. Nothing was written.`);
}
