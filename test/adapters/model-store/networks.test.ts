import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { loadNetworks, type NetworkFile, saveNetworks } from '../../../src/adapters/model-store/networks.ts';
import { lstmParameters, readLstm } from '../../../src/forecast/global/network.ts';
import { madeNetwork } from '../../forecast/global/made.ts';
import { weightsIn } from './files.ts';

const network = madeNetwork();
const file: NetworkFile = {
  facts: { trainedThrough: '2026-11-21T00:00:00.000Z', trainedOn: 'made load', seed: 7, scores: { pinball: 0.25 } },
  networks: { lstm: lstmParameters(network) },
};
const understand = (networks: NetworkFile['networks']) => readLstm(networks['lstm'] ?? {});

describe('networks on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forescale-networks-'));
    await saveNetworks(folder, 'fleet', file);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const manifest = async () => JSON.parse(await readFile(join(folder, 'fleet/manifest.json'), 'utf8'));
  const edit = async (changes: object) =>
    writeFile(join(folder, 'fleet/manifest.json'), JSON.stringify({ ...(await manifest()), ...changes }));

  it('come back to the last bit, with their facts', async () => {
    const found = await loadNetworks(folder, 'fleet', understand);
    assert.deepEqual(found, { kind: 'loaded', content: { facts: file.facts, networks: network } });
  });

  it('lie as little-endian single precision, so that any backend and machine reads them', async () => {
    const bytes = await readFile(await weightsIn(join(folder, 'fleet')));
    const { offset, length, array } = (await manifest()).features.lstm.kernel;
    assert.equal(array, 'float32');
    assert.equal(length, network.kernel.length);
    assert.equal(bytes.readFloatLE(offset + 4 * 3), network.kernel[3]);
  });

  it('are none where none were saved', async () => {
    assert.deepEqual(await loadNetworks(folder, 'other', understand), { kind: 'none' });
  });

  const damages: readonly [string, () => Promise<void>, RegExp][] = [
    [
      'a model of another version',
      () => edit({ version: 1 }),
      /networks fleet: version: expected 2, found 1; moved to/,
    ],
    ['the model of a single series', () => edit({ format: 'forescale-model' }), /format: expected forescale-network/],
    ['networks without their seed', () => edit({ seed: undefined }), /seed: expected number, found undefined/],
    ['a copy under another name', () => edit({ name: 'prior' }), /name: expected fleet, found prior/],
    ['a cut manifest', () => writeFile(join(folder, 'fleet/manifest.json'), '{"form'), /JSON/],
    ['other weights', async () => writeFile(await weightsIn(join(folder, 'fleet')), 'x'), /checksum of weights-/],
    ['a network that is not in it', () => edit({ features: {} }), /model parameter inputs: expected text/],
    [
      'a network for other inputs',
      async () => {
        const { features } = await manifest();
        await edit({ features: { lstm: { ...features.lstm, inputs: { text: 'level' } } } });
      },
      /inputs of the network: expected .* found level/,
    ],
  ];
  for (const [what, damage, reason] of damages) {
    it(`are set aside, with the reason: ${what}`, async () => {
      await damage();
      const found = await loadNetworks(folder, 'fleet', understand);
      assert.equal(found.kind, 'set-aside');
      assert.match(found.kind === 'set-aside' ? found.message : '', reason);
      assert.ok(existsSync(join(folder, 'fleet.set-aside')));
      assert.deepEqual(await loadNetworks(folder, 'fleet', understand), { kind: 'none' });
    });
  }

  it('are left in place, unused, where the folder may not be written (not for root, who may write anywhere)', async function () {
    if (process.getuid?.() === 0) return this.skip();
    await edit({ version: 1 });
    await chmod(folder, 0o500);
    const found = await loadNetworks(folder, 'fleet', understand);
    await chmod(folder, 0o700);
    assert.match(found.kind === 'set-aside' ? found.message : '', /not used, left at/);
  });
});
