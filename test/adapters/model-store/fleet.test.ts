import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { createModelStore } from '../../../src/adapters/model-store/store.ts';
import type { FleetModel } from '../../../src/domain/fleet.ts';
import { lstmParameters } from '../../../src/forecast/global/network.ts';
import { checkFleet } from '../../../src/forecast/shared/experts.ts';
import { learnFleet } from '../../../src/forecast/shared/learn-fleet.ts';
import { madeNetwork } from '../../forecast/global/made.ts';
import { shopLoad } from '../../forecast/made-series.ts';
import { noQuantiles } from '../../forecast/shared/engine.ts';

const histories = [{ id: 'shop', series: shopLoad(8, 96, 0.1) }];
const request = { experts: ['boosted-trees'], histories, seasonLengths: [96], horizonSteps: 4, seed: 1 } as const;
const parameters = lstmParameters(madeNetwork());
const facts = { trainedOn: '12 workloads', seed: 7 };

describe('a fleet on disk', () => {
  let folder: string;
  let fleet: FleetModel;
  before(async () => {
    const trees = (await learnFleet(request, noQuantiles)).fleet;
    fleet = { experts: { ...trees.experts, 'global-lstm': { trainedThroughMs: 1_790_000_000_000, parameters } } };
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forescale-fleet-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is none before it was saved', async () => {
    assert.deepEqual(await createModelStore(folder).loadFleet(checkFleet), { kind: 'none' });
  });

  it('comes back to the last bit, with the end of what each expert was learned from', async () => {
    const store = createModelStore(folder);
    await store.saveFleet(fleet, facts);
    assert.deepEqual(await store.loadFleet(checkFleet), { kind: 'loaded', fleet });
  });

  it('holds nothing that was shipped: that of a newer release has to be read instead', async () => {
    const store = createModelStore(folder);
    const shipped = { 'patch-mixer': { trainedThroughMs: Number.NEGATIVE_INFINITY, parameters } };
    await store.saveFleet({ experts: shipped }, facts);
    assert.deepEqual(await store.loadFleet(checkFleet), { kind: 'none' });
    await store.saveFleet({ experts: { ...fleet.experts, ...shipped } }, facts);
    assert.deepEqual(await store.loadFleet(checkFleet), { kind: 'loaded', fleet });
  });

  it('says in its manifest what it was learned from', async () => {
    await createModelStore(folder).saveFleet(fleet, facts);
    const { trainedOn, trainedThrough, seed } = JSON.parse(await readFile(join(folder, 'fleet/manifest.json'), 'utf8'));
    assert.deepEqual([trainedOn, trainedThrough, seed], ['12 workloads', '2026-09-21T14:13:20.000Z', 7]);
  });

  const edits: readonly [string, (text: string) => string, RegExp][] = [
    ['an expert of another version', (text) => text.replace('"boosted-trees"', '"oracle"'), /expected one of boosted-/],
    [
      'an expert without its time',
      (text) => text.replaceAll('trainedThroughMs', 'through'),
      /expected a number, found/,
    ],
    ['a network for other inputs', (text) => text.replace('"surprise ', '"other '), /inputs of the network/],
    [
      'trees that are not all there',
      (text) => text.replaceAll('"near.', '"other.').replaceAll('"far.', '"other.'),
      /at least one, found none/,
    ],
    ['a manifest that was cut', (text) => text.slice(0, 100), /JSON/],
  ];
  for (const [what, edit, reason] of edits) {
    it(`is set aside with the reason: ${what}`, async () => {
      const store = createModelStore(folder);
      await store.saveFleet(fleet, facts);
      const path = join(folder, 'fleet/manifest.json');
      const text = await readFile(path, 'utf8');
      assert.notEqual(edit(text), text);
      await writeFile(path, edit(text));
      const found = await store.loadFleet(checkFleet);
      assert.equal(found.kind, 'set-aside');
      assert.match(found.kind === 'set-aside' ? found.message : '', reason);
      assert.deepEqual(await store.loadFleet(checkFleet), { kind: 'none' });
    });
  }
});
