/**
 * Simulates a list of cases in full, each in a process of its own, and writes what came of it:
 *
 *   npm run proof -- --cases FILE.csv [--only a,b] [--policies LIST] [--output DIR] [--jobs N]
 *
 * FILE.csv has the columns case, trace (relative to the file), column, per_replica, scale_peak, start_up, decide_every,
 * warm_up, score_until and objective. DIR (docs by default) gets proof.md and a picture per case. LIST is run beside the
 * ladders of HPAs and of forescale; by default it is the methods of other autoscalers, each at four aims.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import packageJson from '../../package.json' with { type: 'json' };

import { frontierPicture } from '../../src/cli/simulate/pictures.ts';
import { writeFiles } from '../../src/cli/write-files.ts';
import { peerForms } from '../../src/simulate/peers/peers.ts';
import { type Case, readCases, scoredPart } from './cases.ts';
import { formatProof } from './markdown.ts';
import type { Result } from './results.ts';
import { svgFile } from './svg-file.ts';

const root = dirname(dirname(import.meta.dirname));
const PICTURES = 'proof';

const peerShares = ['0.01', '0.003', '0.001', '0.0001'] as const;
const peerLadders = peerForms.flatMap(({ word }) => peerShares.map((share) => `${word}:${share}`)).join(',');

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    only: { type: 'string' },
    policies: { type: 'string', default: peerLadders },
    output: { type: 'string', default: join(root, 'docs') },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

/** Runs one simulation. @throws Error with what it said */
async function simulate(one: Case, folder: string): Promise<Result> {
  const output = join(folder, `${one.name}.json`);
  const args = ['simulate', '--trace', one.path, '--frontier', '--output', output];
  if (options.policies !== '') args.push('--policies', options.policies);
  for (const [option, value] of one.options) args.push(`--${option}`, value);
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'src/main.ts'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => void child.kill('SIGTERM');
  stop.signal.addEventListener('abort', end, { once: true });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  stop.signal.removeEventListener('abort', end);
  if (code !== 0) throw new Error(said.trim() || `ended with code ${code}`);
  const { policies, frontier } = JSON.parse(await readFile(output, 'utf8')) as Pick<Result, 'policies' | 'frontier'>;
  const seconds = (performance.now() - startedMs) / 1000;
  return { of: one, policies, frontier, seconds, scored: await scoredPart(one) };
}

async function simulateAll(cases: readonly Case[], folder: string) {
  const limit = pLimit(Math.max(1, Number(options.jobs)));
  const failures: { name: string; message: string }[] = [];
  const all = cases.map((one) =>
    limit(async () => {
      if (stop.signal.aborted) return undefined;
      try {
        const result = await simulate(one, folder);
        process.stderr.write(`${one.name}: ${result.frontier.rows} steps in ${Math.round(result.seconds)} s\n`);
        return result;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (!stop.signal.aborted) process.stderr.write(`${one.name}: ${message}\n`);
        failures.push({ name: one.name, message });
        return undefined;
      }
    }),
  );
  const results = (await Promise.all(all)).filter((result) => result !== undefined);
  if (stop.signal.aborted) throw new Error('stopped. Nothing was written.');
  return { results, failures };
}

function commandLine(path: string): string {
  const more = [
    ...(options.only === undefined ? [] : [`--only ${options.only}`]),
    ...(options.policies === peerLadders ? [] : [`--policies '${options.policies}'`]),
  ];
  return ['npm run proof -- --cases', basename(path), ...more].join(' ');
}

async function prove(): Promise<void> {
  if (options.cases === undefined) throw new Error('expected --cases FILE.csv');
  const cases = await readCases(options.cases, options.only?.split(','));
  const folder = await mkdtemp(join(tmpdir(), 'forescale-proof-'));
  try {
    const { results, failures } = await simulateAll(cases, folder);
    const text = formatProof(results, {
      command: commandLine(options.cases),
      version: packageJson.version,
      node: process.versions.node,
      machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? process.arch}`,
      pictures: PICTURES,
      failures,
    });
    const pictures = results.map(({ of, policies }) => ({
      path: join(options.output, PICTURES, `${of.name}.svg`),
      text: svgFile(frontierPicture(policies, `cost over the oracle against violations, ${of.name}`)),
    }));
    await writeFiles([{ path: join(options.output, 'proof.md'), text }, ...pictures], stop.signal);
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await prove();
} catch (error) {
  process.stderr.write(`proof: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
