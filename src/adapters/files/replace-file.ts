/** Files that survive a kill and a power cut: the old content or the new, and nothing between. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Puts a whole new file in the place of another, so that a reader finds the old one or the new one and nothing
 * between, whenever the process or the machine stops. A temporary file left by a kill is overwritten by the next call.
 *
 * @param temporary - in the same folder; where several processes may write, each needs one of its own
 * @throws Error of the file system; the old file is then still there
 */
export async function replaceFile(
  path: string,
  content: Uint8Array | string,
  temporary = `${path}.tmp`,
): Promise<void> {
  try {
    await writeDurably(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A file whose content is on the disk when this resolves. */
async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename itself durable. Some file systems refuse it; then the old file may come back after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
