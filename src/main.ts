import process from 'node:process';
import { runCommandLine } from './cli/program.ts';

const stop = new AbortController();
// Not `once`: a terminal and the launcher both deliver Ctrl-C, and the second must not cut the clean end short.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(signal));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads (`| head`) has seen enough.
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`forescale: standard output cannot be written: ${error.message}\n`);
  process.exit(1);
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  // A log on a full disk must not end a daemon, and there is nowhere else to say so.
});
process.exitCode = await runCommandLine(process.argv.slice(2), stop.signal);
