import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadResult } from '../../src/config/load.ts';
import { watchSettings } from '../../src/config/watch.ts';

const EVERY_MS = 10;

const text = (max: number) => `
prometheus: { url: "http://prometheus:9090" }
workloads: [{ namespace: shop, name: checkout, replicas: { max: ${max} } }]
`;

describe('watchSettings', () => {
  let folder: string;
  let path: string;
  let results: LoadResult[];
  let watch: ReturnType<typeof watchSettings> | undefined;

  const start = () => {
    watch = watchSettings(path, (result) => results.push(result), EVERY_MS);
  };
  /** The maximum of each result, or `invalid`. */
  const told = () =>
    results.map((result) => (result.kind === 'loaded' ? result.settings.workloads[0]?.maxReplicas : 'invalid'));
  const toldAfter = async (count: number) => {
    for (let waited = 0; results.length < count && waited < 2_000; waited += EVERY_MS) await sleep(EVERY_MS);
    // A second message for the same change would come within the next looks.
    await sleep(5 * EVERY_MS);
    return told();
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-watch-'));
    path = join(folder, 'forescale.yaml');
    results = [];
    writeFileSync(path, text(1));
  });
  afterEach(() => {
    watch?.stop();
    rmSync(folder, { recursive: true });
  });

  it('tells of a change once, and not of the file as it was', async () => {
    start();
    await sleep(5 * EVERY_MS);
    assert.deepEqual(told(), []);
    writeFileSync(path, text(2));
    assert.deepEqual(await toldAfter(1), [2]);
  });

  it('notices a ConfigMap mount, where a symbolic link two levels up is swapped', async () => {
    for (const [name, max] of [
      ['..1', 1],
      ['..2', 2],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'forescale.yaml'), text(max));
    }
    unlinkSync(path);
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync(join('..data', 'forescale.yaml'), path);
    start();
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    assert.deepEqual(await toldAfter(1), [2]);
  });

  it('says nothing of a file that is written again with the same text', async () => {
    start();
    unlinkSync(path);
    writeFileSync(path, text(1));
    await sleep(5 * EVERY_MS);
    assert.deepEqual(told(), []);
  });

  it('tells of a bad file, of its absence, and of the good one that follows', async () => {
    start();
    writeFileSync(path, 'mode: perhaps');
    assert.deepEqual(await toldAfter(1), ['invalid']);
    unlinkSync(path);
    assert.deepEqual(await toldAfter(2), ['invalid', 'invalid']);
    writeFileSync(path, text(3));
    assert.deepEqual(await toldAfter(3), ['invalid', 'invalid', 3]);
  });

  it('reads at once on reload, also when nothing changed, and does not tell of it again', async () => {
    start();
    watch?.reload();
    assert.deepEqual(told(), [1]);
    writeFileSync(path, text(2));
    watch?.reload();
    assert.deepEqual(told(), [1, 2]);
    assert.deepEqual(await toldAfter(2), [1, 2]);
  });

  it('is silent after stop', async () => {
    start();
    watch?.stop();
    writeFileSync(path, text(2));
    await sleep(5 * EVERY_MS);
    assert.deepEqual(told(), []);
  });
});
