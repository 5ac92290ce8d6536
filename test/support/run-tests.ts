/**
 * All tests, in two processes side by side: those with real servers mostly wait, the others mostly compute. What the second
 * process says comes when both have ended, because lines of two would be read by nobody.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { mocha, testsIn, withServers } from './mocha.ts';

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function start(args: readonly string[], out: 'inherit' | 'pipe'): Promise<Ended> {
  const child = spawn(process.execPath, [...mocha, ...args], { stdio: ['ignore', out, out] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said: Buffer.concat(said).toString() }));
  });
}

const without = withServers.flatMap((folder) => ['--ignore', join(folder, '**')]);
const [served, computed] = await Promise.all([
  start(withServers.map(testsIn), 'inherit'),
  start([testsIn('test'), ...without], 'pipe'),
]);
process.stdout.write(computed.said);
process.exitCode = served.code === 0 && computed.code === 0 ? 0 : 1;
