/**
 * All tests, a folder at a time, two folders side by side: those with real servers mostly wait, the others mostly compute.
 * What a folder says comes when it has ended, because lines of two would be read by nobody.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { mocha, testsIn, withServers } from './mocha.ts';

const AT_ONCE = Math.min(2, availableParallelism());

/** @returns whether all of them passed */
function runOne(pattern: string): Promise<boolean> {
  const child = spawn(process.execPath, [...mocha, pattern], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      process.stdout.write(`\n— ${pattern}\n${Buffer.concat(said)}`);
      resolve(code === 0);
    });
  });
}

/** Those that take longest first, then by how many files they have; files beside the folders last. */
function patterns(): string[] {
  const files = globSync(testsIn('test'));
  const folders = new Map<string, number>();
  for (const file of files) {
    const [, folder] = file.split(/[\\/]/);
    if (folder && !folder.endsWith('.ts')) folders.set(`test/${folder}`, (folders.get(`test/${folder}`) ?? 0) + 1);
  }
  const bySize = [...folders].sort(([, a], [, b]) => b - a).map(([folder]) => folder);
  const ordered = [...withServers, ...bySize.filter((folder) => !withServers.includes(folder))];
  return [...ordered.map(testsIn), 'test/*.test.ts'];
}

const waiting = patterns();
async function runOnes(): Promise<boolean> {
  let isGood = true;
  for (let next = waiting.shift(); next; next = waiting.shift()) isGood = (await runOne(next)) && isGood;
  return isGood;
}

const all = await Promise.all(Array.from({ length: AT_ONCE }, runOnes));
process.exitCode = all.every(Boolean) ? 0 : 1;
