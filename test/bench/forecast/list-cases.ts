/**
 * Makes a list of cases for `npm run skill` out of a folder of recorded loads: one for each column of each file `*.csv[.gz]`
 * with `unix_s`, whose first half is known at the start and whose third quarter is scored. Columns with a value below 0, with
 * a tenth of the samples missing, or with at most 20 different values are left out, each with a line on standard error.
 *
 *   node src/launch.mjs --script test/bench/forecast/list-cases.ts FOLDER --to FILE.csv [--columns a,b]
 */
import { readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { readTextFile } from '../../../src/cli/text-file.ts';
import { parseTrace } from '../../../src/simulate/parse-trace.ts';
import { optionColumns } from '../../proof/cases.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string' }, columns: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined || options.to === undefined) throw new Error('expected FOLDER --to FILE.csv');
const to = options.to;
const wanted = options.columns?.split(',');

const head = ['case', 'trace', ...optionColumns].join(',');
const FEWEST_VALUES = 20;
const LEAST_PRESENT = 0.9;

/** What speaks against a column; undefined when nothing does. */
function flawOf(values: Float64Array): string | undefined {
  const present = values.filter(Number.isFinite);
  if (present.length < LEAST_PRESENT * values.length) return `${values.length - present.length} samples are missing`;
  return new Set(present).size > FEWEST_VALUES ? undefined : `at most ${FEWEST_VALUES} different values`;
}

function lineOf(path: string, column: string, text: string): string | undefined {
  const answer = parseTrace(text, column);
  const flaw = answer.kind === 'bad' ? answer.problem : flawOf(answer.trace.values);
  if (answer.kind === 'bad' || flaw !== undefined) {
    process.stderr.write(`${path}, ${column}: left out, ${flaw}\n`);
    return undefined;
  }
  const { stepMs, startMs, values } = answer.trace;
  const stepS = stepMs / 1000;
  const name = `${basename(dirname(path))}-${basename(path).replace(/\.csv(\.gz)?$/, '')}-${column}`;
  const until = startMs / 1000 + Math.floor(0.75 * values.length) * stepS;
  const warmUp = Math.floor(values.length / 2) * stepS;
  return [name, relative(dirname(to), path), column, 10, 395, '300s', '300s', `${warmUp}s`, until, ''].join(',');
}

async function linesOf(path: string): Promise<readonly string[]> {
  const text = await readTextFile(path);
  const columns = text.slice(0, text.indexOf('\n')).trim().split(',');
  if (columns[0] !== 'unix_s') return [];
  const chosen = columns.slice(1).filter((column) => wanted?.includes(column) ?? true);
  return chosen.flatMap((column) => lineOf(path, column, text) ?? []);
}

const files = (await readdir(folder, { recursive: true })).filter((file) => /\.csv(\.gz)?$/.test(file)).sort();
const lines: string[] = [];
for (const file of files) lines.push(...(await linesOf(join(folder, file))));
await writeFile(to, `${[head, ...lines].join('\n')}\n`);
process.stdout.write(`${lines.length} cases\n`);
