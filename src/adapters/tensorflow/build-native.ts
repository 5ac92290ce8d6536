/**
 * `npm run native`: gets the native TensorFlow addon of tfjs-node. forescale works without it (wasm trains).
 *
 * First the package's own installer, which downloads library and addon. Where that network is out of reach the addon is
 * compiled against the library inside PyPI's tensorflow-cpu wheel (207 MB; needs python3 with pip, and a C++ compiler).
 * At the end a child process proves that the addon loads and computes, because a mismatched one ends the process.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { chooseBackend } from './choose-backend.ts';

/** The newest TensorFlow whose C API still has every symbol that tfjs-node 4.22.0 needs. */
const WHEEL = 'tensorflow-cpu==2.15.1';
const WHEEL_PLATFORMS: { readonly [arch: string]: string } = {
  x64: 'manylinux_2_17_x86_64',
  arm64: 'manylinux_2_17_aarch64',
};
/** The installer waits for ever behind a firewall that drops packets. */
const INSTALLER_TIMEOUT_MS = 5 * 60_000;
const BUILD_TIMEOUT_MS = 30 * 60_000;
const NAPI = '8';

const require = createRequire(import.meta.url);

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** @throws Error with the command and the end of its output */
function run(
  command: string,
  args: readonly string[],
  cwd: string,
  timeoutMs: number,
  env: NodeJS.ProcessEnv = {},
): void {
  const done = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...env },
  });
  if (done.status === 0) return;
  const reason = done.error?.message ?? `exit code ${done.status ?? done.signal}`;
  const output = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${command} ${args.join(' ')}: ${reason}\n${output}`);
}

function install(folder: string): void {
  run(process.execPath, ['scripts/install.js'], folder, INSTALLER_TIMEOUT_MS, {
    // node-pre-gyp and node-gyp stand in the project's node_modules
    PATH: `${join(dirname(dirname(folder)), '.bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  });
}

/** Puts library and headers where the package's build looks for them, then compiles (12 s). */
function compile(folder: string): void {
  const platform = WHEEL_PLATFORMS[process.arch];
  if (process.platform !== 'linux' || !platform) {
    throw new Error(`no wheel for ${process.platform}-${process.arch}: only Linux x64 and arm64 can be built from one`);
  }
  const gyp = nodeGyp();
  const work = mkdtempSync(join(tmpdir(), 'forescale-native-'));
  try {
    say(`downloading ${WHEEL} …`);
    const wheel = ['download', '--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--platform', platform];
    run('python3', ['-m', 'pip', ...wheel, '-d', work, WHEEL], work, BUILD_TIMEOUT_MS);
    const file = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (!file) throw new Error(`pip left no wheel in ${work}`);
    run('python3', ['-m', 'zipfile', '-e', file, 'unpacked'], work, BUILD_TIMEOUT_MS);
    layOut(join(work, 'unpacked', 'tensorflow'), join(folder, 'deps'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say('compiling the addon …');
  const include = join(folder, 'deps', 'include');
  const options = [
    `--nodedir=${dirname(dirname(process.execPath))}`,
    '--module_name=tfjs_binding',
    `--module_path=${join(folder, 'lib', `napi-v${NAPI}`)}`,
    '--napi_version=9',
    `--napi_build_version=${NAPI}`,
  ];
  run(process.execPath, [gyp, 'rebuild', ...options], folder, BUILD_TIMEOUT_MS, {
    CXXFLAGS: `-I${include}/external/local_tsl -I${include}/external/local_xla`,
  });
}

/** node-gyp comes with npm. */
function nodeGyp(): string {
  const npm = process.env['npm_execpath'];
  const path = npm ? join(dirname(dirname(npm)), 'node_modules', 'node-gyp', 'bin', 'node-gyp.js') : '';
  if (!existsSync(path)) throw new Error('node-gyp was not found beside npm; start this as: npm run native');
  return path;
}

function layOut(unpacked: string, deps: string): void {
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  move(join(unpacked, 'include'), join(deps, 'include'));
  for (const library of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    move(join(unpacked, library), join(deps, 'lib', library));
  }
  for (const name of ['libtensorflow.so', 'libtensorflow.so.2.9.1'])
    symlinkSync('libtensorflow_cc.so.2', join(deps, 'lib', name));
  symlinkSync('libtensorflow_framework.so.2', join(deps, 'lib', 'libtensorflow_framework.so'));
}

/** `rename` does not cross file systems, and the work folder may lie on another one. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    run('cp', ['-R', from, to], dirname(from), BUILD_TIMEOUT_MS);
  }
}

async function works(): Promise<boolean> {
  const { backend, message } = await chooseBackend('tensorflow');
  say(`backend: ${message}`);
  return backend === 'tensorflow';
}

async function main(): Promise<void> {
  const folder = dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
  if (await works()) return;
  for (const [what, attempt] of [
    ["the package's own installer", install],
    ['a build from the wheel', compile],
  ] as const) {
    say(`trying ${what} …`);
    try {
      attempt(folder);
      if (await works()) return;
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error('the native addon could not be installed; forescale goes on with wasm');
}

try {
  await main();
} catch (error) {
  say(`forescale: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
