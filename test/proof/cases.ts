/** The list of cases: one line each, with the settings of a simulation. */
import { dirname, join } from 'node:path';
import { readTextFile } from '../../src/cli/text-file.ts';
import { parseDuration } from '../../src/config/durations.ts';

export interface Case {
  readonly name: string;
  /** Path of the trace, and how the list calls it. */
  readonly path: string;
  readonly trace: string;
  /** Options of `simulate` that the columns stand for. */
  readonly options: readonly (readonly [option: string, value: string])[];
}

/** Columns of a list, each an option of `simulate`. */
export const optionColumns = [
  'column',
  'per_replica',
  'scale_peak',
  'start_up',
  'decide_every',
  'warm_up',
  'score_until',
  'objective',
] as const;

/** @throws Error that names what the file lacks */
export async function readCases(path: string, only: readonly string[] | undefined): Promise<readonly Case[]> {
  const [head = '', ...lines] = (await readTextFile(path)).trim().split(/\r?\n/);
  const columns = head.split(',');
  const missing = ['case', 'trace', ...optionColumns].filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw new Error(`${path}, line 1: expected the columns ${missing.join(', ')} too, found ${head}`);
  const all = lines.map((line, i) => caseOf(line, i + 2, columns, path));
  const unknown = only?.filter((name) => !all.some((one) => one.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(
      `--only: expected cases of ${path} (${all.map(({ name }) => name).join(', ')}), got ${unknown.join(', ')}`,
    );
  return only ? all.filter(({ name }) => only.includes(name)) : all;
}

function caseOf(line: string, number: number, columns: readonly string[], path: string): Case {
  const cells = line.split(',');
  if (cells.length !== columns.length)
    throw new Error(`${path}, line ${number}: expected ${columns.length} cells, found ${cells.length}`);
  const cell = (column: string) => cells[columns.indexOf(column)]!.trim();
  const options = optionColumns
    .filter((column) => cell(column) !== '')
    .map((column) => [column.replaceAll('_', '-'), cell(column)] as const);
  return { name: cell('case'), path: join(dirname(path), cell('trace')), trace: cell('trace'), options };
}

/** Which part of the trace of a case is scored, as shares of its length. */
export async function scoredPart({ path, options }: Case): Promise<readonly [from: number, to: number]> {
  const option = (name: string) => options.find(([known]) => known === name)?.[1];
  const [head = '', ...lines] = (await readTextFile(path)).trimEnd().split(/\r?\n/);
  const column = head.split(',').indexOf('unix_s');
  const [first, second, last] = [lines[0], lines[1], lines.at(-1)].map((line) => Number(line?.split(',')[column]));
  const lengthS = last! + (second! - first!) - first!;
  const until = option('score-until');
  return [
    parseDuration(option('warm-up')!)! / 1000 / lengthS,
    until === undefined ? 1 : (Number(until) - first!) / lengthS,
  ];
}
