/** What a stored model is made of. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The only file of weights in a folder. */
export async function weightsIn(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => /^weights-[0-9a-f]{16}\.bin$/.test(name));
  if (files.length !== 1) throw new Error(`expected one file of weights in ${folder}, found ${files.length}`);
  return join(folder, files[0]!);
}
