/** Whoever reads a model while it is written, or after a writer was killed, finds the old one or the new one. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { loadNetworks, type NetworkFile, saveNetworks } from '../../../src/adapters/model-store/networks.ts';
import { weightsIn } from './files.ts';
import { beforeReading, dieAtCall, failAtCall } from './mortal.ts';

/** Weights of 40 KB that differ with the seed, and say which it was. */
const networksOf = (seed: number): NetworkFile => ({
  facts: { trainedThrough: '2026-01-01T00:00:00.000Z', trainedOn: 'nothing', seed, scores: {} },
  networks: { lstm: { kernel: Float32Array.from({ length: 10_000 }, (_, i) => i + seed) } },
});

describe('a stored model', () => {
  let folder: string;
  const save = (seed: number) => saveNetworks(folder, 'fleet', networksOf(seed));
  /** The seed of what is there; what was read must be of one piece. */
  const load = async (): Promise<number | string> => {
    const found = await loadNetworks(folder, 'fleet', (networks) => networks);
    if (found.kind !== 'loaded') return found.kind === 'none' ? 'none' : found.message;
    const { seed } = found.content.facts;
    assert.deepEqual(found.content.networks, networksOf(seed).networks);
    return seed;
  };
  const files = () => readdir(join(folder, 'fleet'));
  const anHourLater = async () => {
    const then = new Date(Date.now() - 3_601_000);
    for (const name of await files()) await utimes(join(folder, 'fleet', name), then, then);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forescale-crash-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Breaks at each call in turn, always with the same before it. @returns what was found after each */
  async function dieEverywhere(before: () => Promise<unknown>, found: () => Promise<unknown>, breakAt = dieAtCall) {
    const after: (readonly [diedAt: string, found: unknown])[] = [];
    for (let n = 1; n < 100; n++) {
      await rm(join(folder, 'fleet'), { recursive: true, force: true });
      await before();
      const diedAt = await breakAt(n, () => save(2));
      if (diedAt === undefined) return after;
      after.push([diedAt, await found()]);
    }
    return assert.fail('a save takes more than 100 calls');
  }

  it('is the old one or the new one after a kill at any of the calls of a save, never none', async () => {
    const deaths = await dieEverywhere(() => save(1), load);
    const found = deaths.map(([, seed]) => seed);
    const seen = `${deaths.length} deaths: ${deaths.map((death) => death.join(' ')).join(', ')}`;
    assert.ok(deaths.length >= 12 && ['writeFile', 'rename', 'sync'].every((at) => seen.includes(at)), seen);
    const firstNew = found.indexOf(2);
    assert.deepEqual(found, [...Array(firstNew).fill(1), ...Array(found.length - firstNew).fill(2)], seen);
    // The rename of the manifest is where it changes.
    assert.deepEqual(
      deaths.filter(([at]) => at === 'rename').map(([, seed]) => seed),
      [1, 1],
      seen,
    );
    assert.equal(deaths.slice(0, firstNew).at(-1)![0], 'rename', seen);
  });

  it('is the old one or the new one, without half a file beside it, where any one call fails, as on a full disk', async () => {
    const failures = await dieEverywhere(
      () => save(1),
      async () => [await load(), (await files()).filter((name) => name.endsWith('.tmp'))],
      failAtCall,
    );
    for (const [failedAt, after] of failures) assert.deepEqual(after, [(after as [number])[0], []], failedAt);
    assert.deepEqual(new Set(failures.map(([, after]) => (after as [number])[0])), new Set([1, 2]));
  });

  it('is none, and nothing to warn of, after a kill in the first save of all', async () => {
    const deaths = await dieEverywhere(async () => undefined, load);
    assert.deepEqual(new Set(deaths.map(([, seed]) => seed)), new Set(['none', 2]));
  });

  it('is saved again after a kill at any call, and an hour later nothing is left of the dead', async () => {
    const deaths = await dieEverywhere(
      () => save(1),
      async () => {
        await anHourLater();
        await save(3);
        return [await load(), (await files()).length];
      },
    );
    for (const [diedAt, after] of deaths) assert.deepEqual(after, [3, 2], diedAt);
  });

  it('is found in each of at least 200 reads, while two writers replace it as fast as they can', async () => {
    await save(1);
    let writing = true;
    const writer = async (seed: number) => {
      while (writing) await save(seed);
    };
    const writers = [writer(1), writer(2)];
    const found = new Set<unknown>();
    for (let i = 0; i < 200 || found.size < 2; i++) found.add(await load());
    writing = false;
    await Promise.all(writers);
    assert.deepEqual([...found].sort(), [1, 2]);
  });

  it('is read anew where its weights are swept away between manifest and weights', async () => {
    await save(1);
    await anHourLater();
    const old = await weightsIn(join(folder, 'fleet'));
    const found = await beforeReading('weights-', () => save(2), load);
    assert.equal((await files()).includes(basename(old)), false);
    assert.equal(found, 2);
  });

  it('keeps what another writer has laid down for its own manifest within the last hour', async () => {
    await save(1);
    await writeFile(join(folder, 'fleet', 'weights-0123456789abcdef.bin'), 'on its way');
    await save(2);
    assert.ok((await files()).includes('weights-0123456789abcdef.bin'));
    await anHourLater();
    await save(3);
    assert.ok(!(await files()).includes('weights-0123456789abcdef.bin'));
  });
});
