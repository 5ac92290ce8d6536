/**
 * The runtime stage of the Dockerfile played in a folder, for machines without a container engine: its COPYs are carried
 * out, with the production dependencies of the lock file, pruned as in the build. Files are hard links, so it takes no
 * space; programs run as the image's own user where the test may change users, else as the present one on folders
 * that are read-only.
 */
import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { copiesOf, environmentOf, isInContext, lastOf, type Stage } from './dockerfile.ts';
import { root } from './files.ts';

export interface PlayedImage {
  /** A path of the image on this machine. */
  readonly at: (path: string) => string;
  readonly run: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Ended>;
  readonly start: (args: readonly string[], env?: NodeJS.ProcessEnv) => ReturnType<typeof spawn>;
  readonly remove: () => void;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function link(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target); // another file system
  }
}

function linkTree(source: string, target: string, skip: (path: string) => boolean = () => false): void {
  if (!statSync(source).isDirectory()) {
    link(source, target);
    return;
  }
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const path = join(source, entry.name);
    if (!skip(path) && !entry.isSymbolicLink()) linkTree(path, join(target, entry.name));
  }
}

interface Lock {
  readonly packages: { readonly [path: string]: { readonly dev?: boolean; readonly optional?: boolean } };
}

/** What `npm ci --omit=dev --omit=optional` leaves, by the lock file. */
function linkDependencies(target: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const kept = Object.entries(packages).filter(([path, { dev, optional }]) => path !== '' && !dev && !optional);
  // A package nested in another one has an entry of its own.
  const isNested = (path: string) => basename(path) === 'node_modules';
  for (const [path] of kept) linkTree(join(root, path), join(target, path.slice('node_modules/'.length)), isNested);
  execFileSync(process.execPath, [join(root, 'deploy', 'image', 'prune.mjs'), target]);
}

function copyContext(stage: Stage, folder: string): void {
  const ignore = readFileSync(join(root, '.dockerignore'), 'utf8');
  for (const { from, sources, destination } of copiesOf(stage)) {
    if (from !== undefined) linkDependencies(join(folder, destination));
    else
      for (const source of sources) {
        const isTree = statSync(join(root, source)).isDirectory();
        const target = isTree || !destination.endsWith('/') ? destination : join(destination, basename(source));
        const filter = (path: string) => isInContext(ignore, path.slice(root.length + 1));
        cpSync(join(root, source), join(folder, target), { recursive: true, filter });
      }
  }
}

function folders(folder: string): readonly string[] {
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inside.flatMap(({ name }) => folders(join(folder, name)))];
}

/** The user of the image, where this process may become it. */
function imageUser(stage: Stage): Pick<SpawnOptions, 'uid' | 'gid'> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = lastOf(stage, 'USER')!.split(':').map(Number);
  return { uid: uid!, gid: gid! };
}

function prepare(stage: Stage, folder: string): void {
  mkdirSync(join(folder, 'tmp'));
  copyContext(stage, folder);
  const wrapper = join(folder, 'usr/local/bin/forescale');
  // The one absolute path that a played image cannot have.
  writeFileSync(wrapper, readFileSync(wrapper, 'utf8').replaceAll('/opt/forescale', join(folder, 'opt/forescale')));
  const data = join(folder, 'var/lib/forescale');
  mkdirSync(data, { recursive: true });
  for (const each of folders(folder)) chmodSync(each, 0o555);
  const { uid, gid } = imageUser(stage);
  for (const volume of [data, join(folder, 'tmp')]) {
    chmodSync(volume, 0o755);
    if (uid !== undefined && gid !== undefined) chownSync(volume, uid, gid);
  }
}

export function playImage(stage: Stage): PlayedImage {
  const folder = mkdtempSync(join(tmpdir(), 'forescale-image-'));
  prepare(stage, folder);
  const at = (path: string) => join(folder, path);
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawn(process.execPath, args, {
      ...imageUser(stage),
      cwd: at(lastOf(stage, 'WORKDIR')!),
      // Node hands the folder of the coverage on by itself, and this user may not write there.
      env: { NODE_V8_COVERAGE: '', ...environmentOf(stage), TMPDIR: at('tmp'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const run = (args: readonly string[], env?: NodeJS.ProcessEnv) =>
    new Promise<Ended>((resolve) => {
      const child = start(args, env);
      let output = '';
      const take = (chunk: Buffer) => {
        output += chunk;
      };
      child.stdout?.on('data', take);
      child.stderr?.on('data', take);
      child.once('close', (code) => resolve({ code, output }));
    });
  const remove = () => {
    for (const each of folders(folder)) chmodSync(each, 0o755);
    rmSync(folder, { recursive: true, force: true });
  };
  return { at, run, start, remove };
}
