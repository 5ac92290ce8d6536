import process from 'node:process';
import { runCommandLine } from './cli/program.ts';

const stop = new AbortController();
// Not `once`: a terminal and the launcher both deliver Ctrl-C, and the second must not cut the clean end short.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(signal));
// Whoever reads (`| head`) has seen enough.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
process.exitCode = await runCommandLine(process.argv.slice(2), stop.signal);
