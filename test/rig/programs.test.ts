import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from './process.ts';
import { cacheFolder, cacheRoot, findPrograms, GROUPS, missingGroups, PROGRAMS, unavailableFile } from './programs.ts';

const GOOD: Readonly<Record<string, string>> = {
  etcd: 'etcd Version: 3.6.5',
  'kube-apiserver': 'Kubernetes v1.35.4',
  'kube-controller-manager': 'Kubernetes v1.35.4',
  kubectl: 'Client Version: v1.35.4',
  prometheus: 'prometheus, version 3.15.0',
  promtool: 'promtool, version 3.15.0',
};

describe('findPrograms', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  /** Programs that only tell a version, in a sub-folder; `says` replaces what some of them tell. */
  function place(name: string, says: Readonly<Record<string, string>> = {}, programs: readonly string[] = PROGRAMS) {
    const path = join(folder.path, name);
    mkdirSync(path, { recursive: true });
    for (const program of programs) {
      const text = says[program] ?? GOOD[program];
      writeFileSync(join(path, program), `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });
    }
    return path;
  }
  const environment = (more: Readonly<Record<string, string>>) => ({ XDG_CACHE_HOME: folder.path, ...more });

  it('takes FORESCALE_RIG_BIN before KUBEBUILDER_ASSETS before PATH', () => {
    const [mine, assets, path] = [place('mine', {}, ['etcd']), place('assets', {}, ['etcd', 'kubectl']), place('path')];
    const env = environment({ FORESCALE_RIG_BIN: mine, KUBEBUILDER_ASSETS: assets, PATH: path });
    const rig = findPrograms(env);
    assert.equal(rig.kind, 'found');
    assert.equal(rig.bin.etcd, join(mine, 'etcd'));
    assert.equal(rig.bin.kubectl, join(assets, 'kubectl'));
    assert.equal(rig.bin.promtool, join(path, 'promtool'));
  });

  it('takes the cache without asking for versions, before PATH', () => {
    const env = environment({ PATH: place('path') });
    for (const group of GROUPS) {
      mkdirSync(cacheFolder(group, env), { recursive: true });
      for (const program of group.programs) writeFileSync(join(cacheFolder(group, env), program), '', { mode: 0o755 });
    }
    const rig = findPrograms(env);
    assert.equal(rig.kind, 'found');
    for (const path of Object.values(rig.bin)) assert.ok(path.startsWith(cacheRoot(env)), path);
  });

  it('passes over a kubectl 1.32 and a Prometheus 2, and says which versions it needs', () => {
    const old = { kubectl: 'Client Version: v1.32.4-dispatcher', prometheus: 'prometheus, version 2.42.0+ds' };
    const rig = findPrograms(environment({ PATH: place('old', old) }));
    assert.deepEqual(rig, {
      kind: 'missing',
      reason:
        'no kubectl (PATH has 1.32.4; needed 1.34 to 1.36), no prometheus (PATH has 2.42.0; needed 3 or newer). ' +
        '`npm run rig` builds what is missing.',
    });
  });

  it('builds only the group that lacks a program', () => {
    const path = place('path', {}, ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl', 'prometheus']);
    const missing = missingGroups(environment({ PATH: path }));
    assert.deepEqual(
      missing.map(({ name }) => name),
      ['prometheus'],
    );
  });

  it('repeats the reason that a failed build has left', () => {
    const env = environment({ PATH: '' });
    mkdirSync(cacheRoot(env), { recursive: true });
    writeFileSync(unavailableFile(env), 'The rig is unavailable: there is no Go on PATH.\n');
    const rig = findPrograms(env);
    assert.equal(rig.kind, 'missing');
    assert.match(rig.reason, /no promtool\. The rig is unavailable: there is no Go on PATH\.$/);
  });
});
