import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addBacktestCommand } from '../../../src/cli/backtest.ts';
import { noiseOf } from '../../evaluate/support.ts';

export interface Run {
  readonly printed: string;
  /** Problems and notes. */
  readonly said: string;
  /** Message of the error that the command ended with. */
  readonly failure?: string;
}

/** Runs the command in-process. */
export async function backtest(...args: readonly string[]): Promise<Run> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  let printed = '';
  let said = '';
  addBacktestCommand(program, {
    stop: new AbortController().signal,
    print: (text) => {
      printed += text;
    },
    say: (text) => {
      said += text;
    },
    exit: () => {},
  });
  try {
    await program.parseAsync(['backtest', ...args], { from: 'user' });
    return { printed, said };
  } catch (error) {
    return { printed, said, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** A folder for one test, and what was left in it. */
export async function folder(): Promise<{ path(name: string): string; names(): Promise<readonly string[]> }> {
  const dir = await mkdtemp(join(tmpdir(), 'forescale-backtest-'));
  return { path: (name) => join(dir, name), names: async () => (await readdir(dir)).sort() };
}

/** Load of an hour: a daily wave around 100 with a tenth of noise. */
export function load(hour: number, noise: () => number): number {
  return 100 * (1 + 0.6 * Math.sin((2 * Math.PI * hour) / 24)) * (1 + 0.1 * noise());
}

/** Hours from 2024-01-01 on, in long form. */
export function longForm(id: string, hours: number, of: (hour: number) => number | string): string {
  const first = Date.UTC(2024, 0, 1) / 1000;
  return Array.from({ length: hours }, (_, hour) => `${id},${first + 3_600 * hour},${of(hour)}\n`).join('');
}

/** Writes a table with one wave of twenty days. */
export async function writeWave(path: string, days = 20): Promise<void> {
  const noise = noiseOf(7);
  await writeFile(path, `unique_id,ds,y\n${longForm('web', 24 * days, (hour) => load(hour, noise))}`);
}
