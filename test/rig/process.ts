/**
 * Starting and stopping of real servers: own process group, log in a file, free port, wait until ready.
 *
 * Nothing here may be left behind by a test, however it ends; keeper.ts sees to that.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOG_LINES_IN_ERRORS = 15;

let keeper: ChildProcess | undefined;

function tellKeeper(line: string): void {
  if (!keeper) {
    keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts')], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Neither the keeper nor the pipe to it may keep a finished test run alive.
    keeper.unref();
    (keeper.stdin as Socket | null)?.unref();
    keeper.stdin?.on('error', () => {});
  }
  keeper.stdin?.write(`${line}\n`);
}

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'forescale-rig-'));
  tellKeeper(`+dir ${path}`);
  const remove = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    tellKeeper(`-dir ${path}`);
  };
  return { path, remove };
}

export interface ServerCommand {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
}

export interface Server {
  readonly pid: number;
  readonly hasExited: () => boolean;
  /** the end of its log, for error messages */
  readonly lastLog: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** SIGTERM, then SIGKILL after the grace; resolves when the process is gone */
  readonly stop: (graceMs?: number) => Promise<void>;
}

export function startServer(command: ServerCommand): Server {
  const log = openSync(command.logFile, 'a');
  const child = spawn(command.program, command.args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command.name} does not start: ${command.program}`);
  tellKeeper(`+pid ${pid}`);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      tellKeeper(`-pid ${pid}`);
      resolve();
    });
  });
  const hasExited = () => child.exitCode !== null || child.signalCode !== null;
  const signal = (name: NodeJS.Signals) => {
    if (!hasExited()) process.kill(-pid, name);
  };
  const stop = async (graceMs = 1_000) => {
    child.ref();
    signal('SIGCONT'); // a paused server would keep SIGTERM pending
    signal('SIGTERM');
    const timer = setTimeout(() => signal('SIGKILL'), graceMs);
    if (!hasExited()) await gone;
    clearTimeout(timer);
  };
  return { pid, hasExited, signal, stop, lastLog: () => lastLines(command.logFile) };
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_IN_ERRORS).join('\n');
}

export interface Waiting {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** stop waiting, with the end of its log in the error, as soon as this server has died */
  readonly server?: Server;
}

/** Asks again and again until the answer is truthy, and returns it; an exception counts as "not yet". */
export async function waitUntil<T>(
  what: string,
  check: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 50, server }: Waiting = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let lastProblem: unknown = 'the answer stayed empty';
  while (Date.now() < deadline) {
    if (server?.hasExited()) throw new Error(`${what}: the server has exited.\n${server.lastLog()}`);
    try {
      const answer = await check();
      if (answer) return answer;
    } catch (error) {
      lastProblem = error;
    }
    await sleep(everyMs);
  }
  const problem = lastProblem instanceof Error ? lastProblem.message : String(lastProblem);
  throw new Error(`${what}: not within ${timeoutMs} ms (${problem})\n${server?.lastLog() ?? ''}`);
}

const LOWEST_PORT = 20_000;
const PORTS = 12_000;
const given = new Set<number>();

/**
 * A free port on loopback, never the same twice. It is taken from below the range that outgoing
 * connections are numbered from: between asking and listening one of those would come to sit on it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    if (given.has(port) || !(await canListen(port))) continue;
    given.add(port);
    return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and returns its stdout; a failure's message has the command and its stderr. */
export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { encoding: 'utf8', maxBuffer: 64 << 20, env: { ...process.env, ...options.env } },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${program} ${args.join(' ')}: ${stderr.trim() || error.message}`));
        else resolve(stdout);
      },
    );
    child.stdin?.on('error', () => {}); // it may end without reading all of it
    child.stdin?.end(options.input ?? '');
  });
}
