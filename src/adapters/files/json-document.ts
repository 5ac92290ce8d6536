/** A JSON document on disk that is replaced as a whole, so that a reader and a crash see the old or the new one. */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from './replace-file.ts';

export interface JsonDocument<T> {
  /** undefined when there is none, or when it is damaged (then it is reported to `onDamage` and left where it is). */
  load(): Promise<T | undefined>;
  save(value: T): Promise<void>;
}

export function jsonDocument<T>(
  path: string,
  isValid: (value: unknown) => value is T,
  onDamage: (message: string) => void,
): JsonDocument<T> {
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return undefined;
      const value = parse(text);
      if (isValid(value)) return value;
      onDamage(`${path}: not a document of this version; it is ignored and will be written anew`);
      return undefined;
    },
    async save(value) {
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, `${JSON.stringify(value)}\n`);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
