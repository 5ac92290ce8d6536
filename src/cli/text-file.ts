import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Reads a text file in UTF-8; one that ends in .gz is unpacked. @throws Error that names the file, and where it is no text */
export async function readTextFile(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    return decode(path.endsWith('.gz') ? await unpack(bytes) : bytes);
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function unpack(bytes: Buffer): Promise<Buffer> {
  if (!isPacked(bytes)) throw new Error('expected gzip data, as its name says, found other bytes');
  return promisify(gunzip)(bytes);
}

/** Replacement characters in the place of what is no text would be taken for names. */
function decode(bytes: Buffer): string {
  if (isPacked(bytes)) throw new Error('expected text in UTF-8, found gzip data: its name should end in .gz');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const before = bytes.toString('utf8').split('\uFFFD', 1)[0]!;
    throw new Error(`line ${before.split('\n').length}: expected text in UTF-8, found other bytes`);
  }
}

/** RFC 1952. */
function isPacked(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
