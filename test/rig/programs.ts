/**
 * Which real programs the rig needs, which versions are good enough, and where they are looked for.
 *
 * Looking is kept apart from building (build.ts), because every test run looks and almost none builds.
 * Order: FORESCALE_RIG_BIN, our own cache, KUBEBUILDER_ASSETS, PATH. What lies in the cache is named
 * after the exact pins it was built from, so it is trusted by its name; everything else is asked for
 * its version, because a kubectl or an etcd that happens to be on PATH is often years apart.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'prometheus',
  'promtool',
] as const;

export type Program = (typeof PROGRAMS)[number];

export type Binaries = Readonly<Record<Program, string>>;

export type Rig =
  | { readonly kind: 'found'; readonly bin: Binaries }
  | { readonly kind: 'missing'; readonly reason: string };

/** Programs that one go.mod builds together. Their dependencies clash, so each group has its own. */
export interface Group {
  readonly name: string;
  /** the folder of the group's go.mod */
  readonly folder: string;
  readonly version: string;
  readonly programs: readonly Program[];
  readonly ldflags: string;
  /** programs that `go install` names after their folder instead of what everybody calls them */
  readonly renames: Readonly<Record<string, Program>>;
}

const KUBERNETES_VERSION = '1.35.4';
const VERSION_PACKAGE = 'k8s.io/component-base/version';

export const GROUPS: readonly Group[] = [
  {
    name: 'kubernetes',
    folder: join(import.meta.dirname, 'kubernetes'),
    version: KUBERNETES_VERSION,
    programs: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'],
    // Without these it calls itself v0.0.0-master and clients that check the version refuse it.
    ldflags: [
      '-s -w',
      `-X ${VERSION_PACKAGE}.gitVersion=v${KUBERNETES_VERSION}`,
      `-X ${VERSION_PACKAGE}.gitMajor=1`,
      `-X ${VERSION_PACKAGE}.gitMinor=35`,
    ].join(' '),
    renames: { server: 'etcd' },
  },
  {
    name: 'prometheus',
    folder: join(import.meta.dirname, 'prometheus'),
    version: '3.15',
    programs: ['prometheus', 'promtool'],
    ldflags: '-s -w',
    renames: {},
  },
];

interface Accepts {
  readonly ask: readonly string[];
  readonly expected: string;
  readonly test: (major: number, minor: number) => boolean;
}

const SAME_MINOR: Accepts = {
  ask: ['--version'],
  expected: '1.35',
  test: (major, minor) => major === 1 && minor === 35,
};

const PROMETHEUS_3: Accepts = { ask: ['--version'], expected: '3 or newer', test: (major) => major >= 3 };

/** kubectl may be one minor away from the server (the version skew policy of Kubernetes). */
const ACCEPTED: Readonly<Record<Program, Accepts>> = {
  etcd: {
    ask: ['--version'],
    expected: '3.5 or newer',
    test: (major, minor) => major > 3 || (major === 3 && minor >= 5),
  },
  'kube-apiserver': SAME_MINOR,
  'kube-controller-manager': SAME_MINOR,
  kubectl: {
    ask: ['version', '--client'],
    expected: '1.34 to 1.36',
    test: (major, minor) => major === 1 && minor >= 34 && minor <= 36,
  },
  prometheus: PROMETHEUS_3,
  promtool: PROMETHEUS_3,
};

export type Environment = Readonly<Record<string, string | undefined>>;

export function cacheRoot(env: Environment): string {
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return env['FORESCALE_RIG_CACHE'] || join(base, 'forescale-rig');
}

/** Where a group's programs are kept: any change of pins or flags gives another folder, so none is ever stale. */
export function cacheFolder(group: Group, env: Environment): string {
  const hash = createHash('sha256').update(group.ldflags);
  for (const file of ['go.mod', 'go.sum']) hash.update('\0').update(readFileSync(join(group.folder, file)));
  return join(cacheRoot(env), `${group.name}-${hash.digest('hex').slice(0, 16)}`);
}

/** The file in which build.ts leaves the reason why it could not build, for the titles of skipped suites. */
export function unavailableFile(env: Environment): string {
  return join(cacheRoot(env), 'unavailable.txt');
}

/** Looks for every program, without building anything; under 1 s, and no process at all when all are cached. */
export function findPrograms(env: Environment): Rig {
  const bin: Partial<Record<Program, string>> = {};
  const problems: string[] = [];
  for (const program of PROGRAMS) {
    const found = findProgram(program, env);
    if (found.kind === 'found') bin[program] = found.path;
    else problems.push(found.problem);
  }
  if (problems.length === 0) return { kind: 'found', bin: bin as Binaries };
  return { kind: 'missing', reason: `${problems.join(', ')}. ${hint(env)}` };
}

/** A group is missing as soon as one of its programs is, since building gives all of them at once. */
export function missingGroups(env: Environment): readonly Group[] {
  return GROUPS.filter((group) => group.programs.some((program) => findProgram(program, env).kind === 'missing'));
}

type Search =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly problem: string };

function findProgram(program: Program, env: Environment): Search {
  const rejected: string[] = [];
  for (const folder of searchFolders(program, env)) {
    const path = join(folder.path, program);
    if (!isExecutable(path)) continue;
    if (folder.trusted) return { kind: 'found', path };
    const version = versionOf(program, path);
    if (version.ok) return { kind: 'found', path };
    rejected.push(`${folder.label} has ${version.text}`);
  }
  const detail = rejected.length > 0 ? ` (${rejected.join('; ')}; needed ${ACCEPTED[program].expected})` : '';
  return { kind: 'missing', problem: `no ${program}${detail}` };
}

interface Folder {
  readonly path: string;
  readonly label: string;
  readonly trusted: boolean;
}

function searchFolders(program: Program, env: Environment): readonly Folder[] {
  const group = GROUPS.find((candidate) => candidate.programs.includes(program));
  const folders: Folder[] = [];
  const add = (path: string | undefined, label: string, trusted: boolean) => {
    if (path) folders.push({ path, label, trusted });
  };
  add(env['FORESCALE_RIG_BIN'], 'FORESCALE_RIG_BIN', false);
  if (group) add(cacheFolder(group, env), 'cache', true);
  add(env['KUBEBUILDER_ASSETS'], 'KUBEBUILDER_ASSETS', false);
  for (const path of (env['PATH'] ?? '').split(delimiter)) add(path, 'PATH', false);
  return folders;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const versions = new Map<string, { readonly ok: boolean; readonly text: string }>();

/** Asks a program for its version, once a process: two of the callers ask about the same path. */
function versionOf(program: Program, path: string): { readonly ok: boolean; readonly text: string } {
  const known = versions.get(path);
  if (known) return known;
  const accepts = ACCEPTED[program];
  const answer = spawnSync(path, accepts.ask, { encoding: 'utf8', timeout: 5_000 });
  const match = /(\d+)\.(\d+)(?:\.\d+)?/.exec(`${answer.stdout}${answer.stderr}`);
  const result =
    answer.status === 0 && match
      ? { ok: accepts.test(Number(match[1]), Number(match[2])), text: match[0] }
      : { ok: false, text: 'one that does not tell its version' };
  versions.set(path, result);
  return result;
}

function hint(env: Environment): string {
  try {
    return readFileSync(unavailableFile(env), 'utf8').trim();
  } catch {
    return '`npm run rig` builds what is missing.';
  }
}
