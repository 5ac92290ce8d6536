import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';

export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes all files or none: each beside its place first, then all renamed.
 *
 * @throws Error that names the file; what was written so far has been removed
 */
export async function writeFiles(files: readonly OutputFile[], signal?: AbortSignal): Promise<void> {
  const drafts = files.map(({ path }) => `${path}.${process.pid}.tmp`);
  try {
    for (const [i, { path, text }] of files.entries()) {
      signal?.throwIfAborted();
      await writeOne(drafts[i]!, path, text);
    }
    for (const [i, { path }] of files.entries()) await rename(drafts[i]!, path);
  } finally {
    // Renamed ones are gone, and where no draft could be made there is none to remove.
    await Promise.allSettled(drafts.map((draft) => rm(draft, { force: true })));
  }
}

async function writeOne(draft: string, path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, text);
  } catch (error) {
    throw new Error(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}. Nothing was written.`,
    );
  }
}
