/** Runs `simulate` in this process on a trace made here, as a user would type it, and reads back what it wrote. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addSimulateCommand } from '../../../src/cli/simulate.ts';
import type { PolicyReport } from '../../../src/simulate/report.ts';

/** A trace of one column, `load`; NaN is blank. */
export interface Recording {
  readonly startS: number;
  readonly stepS: number;
  readonly amounts: readonly number[];
}

/** Line of a decision file; NaN is blank. */
export interface DecisionRow {
  readonly unixS: number;
  readonly demand: number;
  readonly needed: number;
  readonly ready: number;
  readonly desired: number;
}

export interface Played {
  readonly reports: readonly PolicyReport[];
  /** Decision files by their names. */
  readonly files: ReadonlyMap<string, string>;
  /** By policy, in the order of the list. */
  readonly rows: readonly (readonly DecisionRow[])[];
  /** What it said of refits that failed and the like. */
  readonly said: string;
}

export async function playRecording(
  recording: Recording,
  policies: readonly string[],
  options: readonly string[],
): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'simulate-'));
  try {
    const trace = join(folder, 'trace.csv');
    await writeFile(trace, csvOf(recording));
    const output = join(folder, 'report.json');
    const decisions = join(folder, 'rows');
    const wanted = ['--policies', policies.join(','), '--output', output, '--decisions', decisions];
    const said = await simulate(['--trace', trace, '--column', 'load', ...options, ...wanted]);
    const { policies: reports } = JSON.parse(await readFile(output, 'utf8')) as { policies: PolicyReport[] };
    const files = new Map<string, string>();
    for (const name of await readdir(decisions)) files.set(name, await readFile(join(decisions, name), 'utf8'));
    const rows = policies.map((policy) => rowsOf(files.get(`${policy.replaceAll(':', '-')}.csv`)!));
    return { reports, files, rows, said };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function csvOf({ startS, stepS, amounts }: Recording): string {
  const cells = amounts.map((amount, i) => `${startS + i * stepS},${Number.isNaN(amount) ? '' : amount}`);
  return `unix_s,load\n${cells.join('\n')}\n`;
}

async function simulate(args: readonly string[]): Promise<string> {
  let said = '';
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addSimulateCommand(program, {
    stop: new AbortController().signal,
    print: () => {},
    say: (text) => {
      said += text;
    },
    exit: () => {},
  });
  await program.parseAsync(['simulate', ...args], { from: 'user' });
  return said;
}

function rowsOf(text: string): DecisionRow[] {
  const lines = text.trimEnd().split('\n').slice(1);
  return lines.map((line) => {
    const [unixS, demand, needed, ready, desired] = line
      .split(',')
      .map((cell) => (cell === '' ? Number.NaN : Number(cell)));
    return { unixS: unixS!, demand: demand!, needed: needed!, ready: ready!, desired: desired! };
  });
}
