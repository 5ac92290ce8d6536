/**
 * Recorded load, for tests that ask more than generated load can: FORESCALE_DATA names a folder with a list cases.csv,
 * its traces beside it, and cases-reference.csv, what a plain simulator of other authors made of some reactive policies.
 */
import { join } from 'node:path';
import process from 'node:process';
import { readTextFile } from '../../src/cli/text-file.ts';
import type { Recording } from '../cli/simulate/play.ts';
import { type Case, readCases } from '../proof/cases.ts';

const folder = process.env['FORESCALE_DATA'];

/** A suite that needs recorded load; without any its tests count as skipped. */
export function describeRecorded(title: string, body: (this: Mocha.Suite) => void): void {
  if (folder === undefined || folder === '') describe.skip(`${title} (FORESCALE_DATA is not set)`, body);
  else describe(title, body);
}

export async function recordedCase(name: string): Promise<Case> {
  return (await readCases(join(folder!, 'cases.csv'), [name]))[0]!;
}

export function optionOf(one: Case, name: string): string | undefined {
  return one.options.find(([option]) => option === name)?.[1];
}

/** The trace of a case as its file says, amounts by step. */
export async function recordingOf(one: Case): Promise<Recording> {
  const [head = '', ...lines] = (await readTextFile(one.path)).trimEnd().split(/\r?\n/);
  const columns = head.split(',');
  const [at, column] = ['unix_s', optionOf(one, 'column')!].map((name) => columns.indexOf(name));
  const cells = lines.map((line) => line.split(','));
  const [first, second] = cells.map((row) => Number(row[at!]));
  const amounts = cells.map((row) => (row[column!] === '' ? Number.NaN : Number(row[column!])));
  return { startS: first!, stepS: second! - first!, amounts };
}

/** Figures of the plain simulator by case and column. */
export async function readReference(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const [head = '', ...lines] = (await readTextFile(join(folder!, 'cases-reference.csv'))).trimEnd().split(/\r?\n/);
  const columns = head.split(',');
  return new Map(
    lines.map((line) => {
      const cells = line.split(',');
      return [cells[0]!, new Map(columns.map((column, i) => [column, cells[i]!]))];
    }),
  );
}
