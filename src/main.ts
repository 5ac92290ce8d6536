import process from 'node:process';
import { runCommandLine } from './cli/program.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));
process.exitCode = await runCommandLine(process.argv.slice(2), stop.signal);
