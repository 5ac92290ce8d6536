/**
 * Outlives the test process by a moment, to stop its servers and remove its folders.
 *
 * Exit handlers do not run after `kill -9`, a crash of the engine or a closed terminal; the end of a
 * pipe is seen in every case. The test process writes one line for each thing it starts and for each
 * it has itself put away; what is still on the list when the pipe ends is put away here.
 *
 *   +pid 4711   -pid 4711   +dir /tmp/x   -dir /tmp/x
 */

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 1_000;

const groups = new Set<number>();
const folders = new Set<string>();

/** The servers lead process groups of their own, so a negative id reaches their children too. */
function signalAll(signal: NodeJS.Signals): void {
  for (const id of groups) {
    try {
      process.kill(-id, signal);
    } catch {
      groups.delete(id); // gone already
    }
  }
}

// Ctrl-C goes to everybody on the terminal; the list ends with the pipe and not before.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [kind, value] = [line.slice(0, 4), line.slice(5)];
  if (kind === '+pid') groups.add(Number(value));
  if (kind === '-pid') groups.delete(Number(value));
  if (kind === '+dir') folders.add(value);
  if (kind === '-dir') folders.delete(value);
}

signalAll('SIGCONT');
signalAll('SIGTERM');
if (groups.size > 0) await sleep(GRACE_MS);
signalAll('SIGKILL');
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
