import { parseTrace } from '../../simulate/parse-trace.ts';
import { readTextFile } from '../text-file.ts';
import type { Material } from './material.ts';
import { describe, type FileSource, type SimulateSettings } from './settings.ts';

/** @throws Error that names the file, line and column of what is wrong */
export async function readFileMaterial({ path, column }: FileSource, settings: SimulateSettings): Promise<Material> {
  const answer = parseTrace(await readTextFile(path), column, settings.scalePeak);
  if (answer.kind === 'bad') throw new Error(describe([`${path}: ${answer.problem}`]));
  const { objective } = settings;
  return {
    source: `${column} in ${path.split('/').at(-1)}`,
    trace: answer.trace,
    unit: 'requests per second',
    perReplica: settings.perReplica!,
    startUp: settings.startUp!,
    ...(objective && { objective }),
    notes: [],
  };
}
