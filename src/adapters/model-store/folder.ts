/**
 * A model on disk: a folder with `manifest.json` and the weights that it names by their checksum.
 *
 *     weights-CHECKSUM.bin   comes first; a file of this name holds these weights or is not there
 *     manifest.json          is then renamed over the one before: from here on the new model is there
 *
 * So a reader finds the old model or the new one, wherever a writer was killed and however many write at the same time; the
 * last of them wins. What cannot be trusted is moved aside, never deleted and never used.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, syncFolder } from '../files/replace-file.ts';

const MANIFEST = 'manifest.json';
/** What is not named by the manifest goes after this long. What is younger may be of a writer that has not come to its manifest. */
const ABANDONED_MS = 3_600_000;

export interface Read {
  /** Any object. */
  readonly manifest: object;
  /** The weights that the manifest names; throws when they are not there or others. */
  weights(): Uint8Array;
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
  try {
    const read = await readPair(path);
    return read ? { kind: 'loaded', content: understand(read) } : { kind: 'none' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'set-aside', message: `${what}: ${reason}; ${await setAside(path)}` };
  }
}

/** Undefined without a manifest: then nothing was ever saved to its end. */
async function readPair(path: string): Promise<Read | undefined> {
  let text = await readManifest(path);
  while (text !== undefined) {
    const manifest = parse(text);
    const found = await readWeights(path, manifest).catch((error: Error) => error);
    // A writer may have swept the weights away since: then another manifest is there by now.
    const now = found instanceof Error ? await readManifest(path) : text;
    if (now === text) return { manifest, weights: () => orThrow(found) };
    text = now;
  }
  return undefined;
}

function parse(text: string): object {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw new Error(`${MANIFEST}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof manifest === 'object' && manifest !== null) return manifest;
  throw new Error(`${MANIFEST}: expected an object, found ${text.trim().slice(0, 40)}`);
}

async function readManifest(path: string): Promise<string | undefined> {
  return readFile(join(path, MANIFEST), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function readWeights(path: string, manifest: object): Promise<Uint8Array> {
  const { checksum: expected } = manifest as { readonly checksum?: unknown };
  if (typeof expected !== 'string' || !/^[0-9a-f]{64}$/.test(expected)) {
    throw new Error(`checksum: expected 64 hexadecimal digits, found ${JSON.stringify(expected)}`);
  }
  const file = weightsFile(expected);
  const bytes = await readFile(join(path, file));
  expectEqual(`checksum of ${file}`, checksum(bytes), expected);
  return bytes;
}

function orThrow(found: Uint8Array | Error): Uint8Array {
  if (found instanceof Error) throw found;
  return found;
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

/** @throws Error that names the first field of the manifest that is of another type */
export function expectTypes(
  manifest: object,
  types: { readonly [field: string]: 'number' | 'string' | 'object' | 'list' },
): void {
  for (const [field, expected] of Object.entries(types)) {
    const value = (manifest as { readonly [field: string]: unknown })[field];
    const found = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
    if (found !== expected) throw new Error(`${field}: expected ${expected}, found ${found}`);
  }
}

function checksum(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function weightsFile(sum: string): string {
  return `weights-${sum.slice(0, 16)}.bin`;
}

/**
 * @param manifest - gets the checksum of the weights as its last field
 *
 * Rejects with an error of the file system; a reader then finds what was there before.
 */
export async function replaceFolder(
  parent: string,
  path: string,
  manifest: object,
  weights: Uint8Array,
): Promise<void> {
  await mkdir(path, { recursive: true });
  const whole = { ...manifest, checksum: checksum(weights) };
  const file = weightsFile(whole.checksum);
  await place(path, file, weights);
  await place(path, MANIFEST, `${JSON.stringify(whole, null, 2)}\n`);
  await syncFolder(parent);
  await sweep(path, [MANIFEST, file]).catch(() => undefined);
}

/** Every writer has temporary files of its own: in one of the same name two would write into each other. */
async function place(path: string, file: string, content: Uint8Array | string): Promise<void> {
  await replaceFile(join(path, file), content, join(path, `${file}.${randomUUID()}.tmp`));
}

async function sweep(path: string, kept: readonly string[]): Promise<void> {
  const before = Date.now() - ABANDONED_MS;
  for (const name of await readdir(path)) {
    if (kept.includes(name)) continue;
    const file = join(path, name);
    if ((await stat(file)).mtimeMs < before) await rm(file, { recursive: true, force: true });
  }
}
