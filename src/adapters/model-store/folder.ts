/**
 * A model on disk: a folder with `manifest.json` and `weights.bin`.
 *
 * It is written beside its place and swapped in by renames, so a reader or a crash sees the old model or the new one.
 * What cannot be trusted is moved aside, never deleted and never used.
 *
 *     NAME.new  --rename-->  NAME          the old NAME waits as NAME.old until the new one is in place
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../files/replace-file.ts';

export interface Read {
  readonly manifest: unknown;
  /** The weights, when they have this checksum; throws when they have not. */
  weights(checksum: string): Uint8Array;
}

export type Found<Content> =
  | { readonly kind: 'loaded'; readonly content: Content }
  | { readonly kind: 'none' }
  | { readonly kind: 'set-aside'; readonly message: string };

/**
 * @param what - for the message, for example `model of shop/Deployment/cart`
 * @param understand - takes the content out; what it throws is why the folder is moved aside
 */
export async function loadFolder<Content>(
  path: string,
  what: string,
  understand: (read: Read) => Content,
): Promise<Found<Content>> {
  if (!existsSync(path) && existsSync(`${path}.old`)) await rename(`${path}.old`, path);
  if (!existsSync(path)) return { kind: 'none' };
  try {
    const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as unknown;
    const bytes = await readFile(join(path, 'weights.bin'));
    const weights = (expected: string) => {
      expectEqual('checksum of weights.bin', checksum(bytes), expected);
      return bytes;
    };
    return { kind: 'loaded', content: understand({ manifest, weights }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'set-aside', message: `${what}: ${reason}; ${await setAside(path)}` };
  }
}

/** A folder that may not be written to, as that of an installed package, stays where it is. */
async function setAside(path: string): Promise<string> {
  try {
    await rm(`${path}.set-aside`, { recursive: true, force: true });
    await rename(path, `${path}.set-aside`);
    return `moved to ${path}.set-aside`;
  } catch {
    return `not used, left at ${path}`;
  }
}

/** @throws Error that names what was expected and found */
export function expectEqual(what: string, found: unknown, expected: string | number): void {
  if (found !== expected) throw new Error(`${what}: expected ${expected}, found ${found}`);
}

function checksum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @param manifest - gets the checksum of the weights as its last field */
export async function replaceFolder(
  parent: string,
  path: string,
  manifest: object,
  weights: Uint8Array,
): Promise<void> {
  await rm(`${path}.new`, { recursive: true, force: true });
  await mkdir(`${path}.new`, { recursive: true });
  await writeDurably(join(`${path}.new`, 'weights.bin'), weights);
  const whole = { ...manifest, checksum: checksum(weights) };
  await writeDurably(join(`${path}.new`, 'manifest.json'), `${JSON.stringify(whole, null, 2)}\n`);
  await syncFolder(`${path}.new`);
  await swap(path);
  await syncFolder(parent);
}

async function swap(path: string): Promise<void> {
  await rm(`${path}.old`, { recursive: true, force: true });
  if (existsSync(path)) await rename(path, `${path}.old`);
  await rename(`${path}.new`, path);
  await rm(`${path}.old`, { recursive: true, force: true });
}
