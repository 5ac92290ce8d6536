/**
 * Runs mocha several times at once: `side-by-side.ts ARGS… -- ARGS…`, one list of arguments for each run. Tests with real
 * servers mostly wait for them, and the others compute meanwhile.
 *
 * The first shows what it has to say as it goes, the others when all have ended. The counts of all together go to the file
 * that FORESCALE_TEST_COUNTS names. Exit code: 1 when any of them fails, or
 * ends without its counts.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

interface Ended {
  readonly ok: boolean;
  readonly output: Buffer;
}

type Counts = { readonly [outcome in 'passed' | 'failed' | 'skipped']: number };

/** Lists of arguments between one `--` and the next. */
function split(args: readonly string[]): readonly (readonly string[])[] {
  const end = args.indexOf('--');
  return end < 0 ? [args] : [args.slice(0, end), ...split(args.slice(end + 1))];
}

function run(args: readonly string[], isShown: boolean, countsFile: string | undefined): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
    env: { ...process.env, ...(countsFile !== undefined && { FORESCALE_TEST_COUNTS: countsFile }) },
  });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => parts.push(part));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(parts) }));
  });
}

/** A run that ended before it could count counts as one failure. */
function countsIn(file: string): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  return JSON.parse(readFileSync(file, 'utf8')) as Counts;
}

const all = process.env['FORESCALE_TEST_COUNTS'];
const fileOf = (index: number) => all && `${all}.${index}`;
const runs = split(process.argv.slice(2));
const ended = await Promise.all(runs.map((args, index) => run(args, index === 0, fileOf(index))));
for (const { output } of ended) process.stdout.write(output);
if (all) {
  const counts = runs.map((_, index) => countsIn(fileOf(index)!));
  const sum = (outcome: keyof Counts) => counts.reduce((total, one) => total + one[outcome], 0);
  writeFileSync(all, JSON.stringify({ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }));
}
const lost = all !== undefined && runs.some((_, index) => !existsSync(fileOf(index)!));
process.exitCode = lost || ended.some(({ ok }) => !ok) ? 1 : 0;
