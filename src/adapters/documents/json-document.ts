/** A JSON document on disk that is replaced as a whole, so that a reader and a crash see the old or the new one. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface JsonDocument<T> {
  /** undefined when there is none, or when it is damaged (then it is reported to `onDamage` and left where it is). */
  load(): Promise<T | undefined>;
  save(value: T): Promise<void>;
}

async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
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
    save: (value) => replace(path, `${JSON.stringify(value)}\n`),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
