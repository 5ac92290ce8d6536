/**
 * `npm run rig`: makes the real servers of the acceptance tests available, once a machine.
 *
 * Finds them (programs.ts) or builds the pinned versions with Go into a cache outside the repository.
 * Exit code 0 also without Go: the tests that need the rig are then skipped and name the reason that
 * is left in the cache. Only a build that was tried and failed is an error.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, cacheRoot, findPrograms, type Group, missingGroups, unavailableFile } from './programs.ts';

const HEARTBEAT_MS = 60_000;
const LAST_LINES = 8;
const UNFINISHED = '.building-';
const ABANDONED_AFTER_MS = 3_600_000;

type Go =
  | { readonly kind: 'usable'; readonly version: string }
  | { readonly kind: 'unusable'; readonly reason: string };
type Built = { readonly kind: 'built' } | { readonly kind: 'failed'; readonly reason: string };

async function main(): Promise<number> {
  const missing = missingGroups(process.env);
  for (const group of missing) {
    const go = findGo(group);
    if (go.kind === 'unusable') return leaveReason(`The rig is unavailable, its tests are skipped: ${go.reason}`, 0);
    const built = await build(group, go.version);
    if (built.kind === 'failed') return leaveReason(built.reason, 1);
  }
  rmSync(unavailableFile(process.env), { force: true });
  const rig = findPrograms(process.env);
  if (rig.kind === 'missing') return leaveReason(rig.reason, 1);
  for (const path of Object.values(rig.bin)) say(path);
  return 0;
}

function say(text: string): void {
  process.stderr.write(`rig: ${text}\n`);
}

function leaveReason(reason: string, exitCode: number): number {
  say(reason);
  mkdirSync(cacheRoot(process.env), { recursive: true });
  writeFileSync(unavailableFile(process.env), `${reason}\n`);
  return exitCode;
}

/** Asked in the group's folder: there Go 1.21 and later first fetches the toolchain that go.mod wants, if allowed to. */
function findGo(group: Group): Go {
  const needed = goDirective(group);
  const answer = spawnSync('go', ['env', 'GOVERSION'], { cwd: group.folder, encoding: 'utf8' });
  if (answer.error) return { kind: 'unusable', reason: `Go ${needed} or newer builds it, and there is no Go on PATH.` };
  const version = /go(\d+)\.(\d+)\S*/.exec(answer.stdout);
  if (answer.status !== 0 || !version) {
    const detail = answer.stderr.trim().split('\n').at(-1) ?? '';
    return { kind: 'unusable', reason: `Go ${needed} or newer builds it; the one on PATH says: ${detail}` };
  }
  const [major = 0, minor = 0] = needed.split('.').map(Number);
  const isOld = Number(version[1]) < major || (Number(version[1]) === major && Number(version[2]) < minor);
  if (isOld) return { kind: 'unusable', reason: `Go ${needed} or newer builds it; found ${version[0]}.` };
  return { kind: 'usable', version: version[0] };
}

function goDirective(group: Group): string {
  const text = readFileSync(join(group.folder, 'go.mod'), 'utf8');
  return /^go (\d+\.\d+)/m.exec(text)?.[1] ?? '1.25';
}

/**
 * Builds into a folder of its own and renames it into place, so that a build that is stopped half-way,
 * or two at a time, never leaves a cache folder that looks whole and is not.
 */
async function build(group: Group, goVersion: string): Promise<Built> {
  say(
    `building ${group.name} ${group.version} (${group.programs.join(', ')}) with ${goVersion}; minutes the first time`,
  );
  const start = Date.now();
  mkdirSync(cacheRoot(process.env), { recursive: true });
  removeAbandonedBuilds();
  const folder = mkdtempSync(join(cacheRoot(process.env), `${UNFINISHED}${group.name}-`));
  try {
    const result = await goInstall(group, folder, start);
    if (result.exitCode !== 0) {
      say(result.lastLines);
      return { kind: 'failed', reason: `go install of ${group.name} failed: ${result.lastLines.split('\n').at(-1)}` };
    }
    for (const [from, to] of Object.entries(group.renames)) renameSync(join(folder, from), join(folder, to));
    moveIntoPlace(folder, cacheFolder(group, process.env));
    say(`${group.name} built in ${Math.round((Date.now() - start) / 1000)} s`);
    return { kind: 'built' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a killed build has left; one that is still at work is younger. */
function removeAbandonedBuilds(): void {
  for (const name of readdirSync(cacheRoot(process.env))) {
    const path = join(cacheRoot(process.env), name);
    const isAbandoned = name.startsWith(UNFINISHED) && Date.now() - statSync(path).mtimeMs > ABANDONED_AFTER_MS;
    if (isAbandoned) rmSync(path, { recursive: true, force: true });
  }
}

async function goInstall(
  group: Group,
  folder: string,
  start: number,
): Promise<{ readonly exitCode: number | null; readonly lastLines: string }> {
  const child = spawn('go', ['install', '-mod=readonly', '-trimpath', `-ldflags=${group.ldflags}`, 'tool'], {
    cwd: group.folder,
    env: { ...process.env, GOBIN: folder, GOWORK: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heartbeat = setInterval(() => {
    say(`still building ${group.name}, ${Math.round((Date.now() - start) / 1000)} s`);
  }, HEARTBEAT_MS);
  try {
    return await collect(child);
  } finally {
    clearInterval(heartbeat);
  }
}

/** Go names each module that it downloads; only the last lines are kept, which hold the error if there is one. */
function collect(child: ChildProcess): Promise<{ readonly exitCode: number | null; readonly lastLines: string }> {
  let output = '';
  const keep = (chunk: Buffer) => {
    output = `${output}${chunk}`.split('\n').slice(-LAST_LINES).join('\n');
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ exitCode: null, lastLines: error.message }));
    child.on('close', (exitCode) => resolve({ exitCode, lastLines: output.trim() }));
  });
}

/** Somebody else who finished the same build first has put the same files there. */
function moveIntoPlace(folder: string, target: string): void {
  try {
    renameSync(folder, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

process.exitCode = await main();
