import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { forecastBatch } from '../../../src/app/batch/forecast-batch.ts';
import { readPrior } from '../../../src/app/batch/prior.ts';
import type { GlobalNetworks } from '../../../src/forecast/global/networks.ts';
import { weightsIn } from '../../adapters/model-store/files.ts';
import { shopLoad } from '../../forecast/made-series.ts';

describe('readPrior', () => {
  let models: string;
  let said: string[];
  beforeEach(async () => {
    said = [];
    models = await mkdtemp(join(tmpdir(), 'forescale-models-'));
    // What cannot be read is moved aside; that must not happen to the prior in the checkout.
    await cp(new URL('../../../models/prior', import.meta.url), join(models, 'prior'), { recursive: true });
  });
  afterEach(() => rm(models, { recursive: true }));

  const read = () => readPrior(models, (message) => said.push(message));
  const manifest = () => join(models, 'prior/manifest.json');
  const replace = async (old: string, by: string) =>
    writeFile(manifest(), (await readFile(manifest(), 'utf8')).replaceAll(old, by));

  it('reads the shipped networks and says nothing', async () => {
    const networks = await read();
    assert.ok(networks && networks.lstm.head.length > 0 && networks.mixer.head.length > 0);
    assert.deepEqual(said, []);
  });

  it('says where it looked when there is none', async () => {
    await rm(join(models, 'prior'), { recursive: true });
    assert.equal(await read(), undefined);
    assert.deepEqual(said, [`forecast without the prior: there is none in ${models}`]);
  });

  const damages: readonly [string, () => Promise<void>, RegExp][] = [
    [
      'other weights',
      async () => writeFile(await weightsIn(join(models, 'prior')), 'x'),
      /checksum of weights-.*: expected/,
    ],
    ['another version', () => replace('"version": 2', '"version": 7'), /version: expected 2, found 7/],
    ['the model of a workload', () => replace('forescale-network', 'forescale-model'), /format: expected/],
    ['other inputs', () => replace('surprise over-level', 'phase of the moon'), /inputs of the network: expected/],
    ['half a manifest', () => writeFile(manifest(), '{"format"'), /JSON/],
  ];
  for (const [what, damage, reason] of damages) {
    it(`does without a prior with ${what}, and says why`, async () => {
      await damage();
      assert.equal(await read(), undefined);
      assert.equal(said.length, 1);
      assert.match(said[0]!, /^forecast without the prior: networks prior: /);
      assert.match(said[0]!, reason);
    });
  }
});

describe('forecastBatch with a prior', () => {
  const series = [1, 2, 3].map((seed) => ({ id: `shop ${seed}`, series: shopLoad(14, 24, 0.05, seed) }));

  async function run(workers: number, changes: { horizonSteps?: number; prior?: GlobalNetworks } = {}) {
    const said: string[] = [];
    const request = {
      series,
      horizonSteps: 24,
      seasonLengths: [24, 168],
      levels: [0.1, 0.5, 0.9],
      seed: 1,
      ...changes,
    };
    const forecasts = await forecastBatch(request, {
      workers,
      timeoutMs: 300_000,
      warn: (message) => said.push(message),
      progress: () => {},
      signal: new AbortController().signal,
    });
    return { forecasts, said };
  }

  let prior: GlobalNetworks;
  beforeEach(async () => {
    const models = await mkdtemp(join(tmpdir(), 'forescale-models-'));
    await cp(new URL('../../../models/prior', import.meta.url), join(models, 'prior'), { recursive: true });
    prior = (await readPrior(models, assert.fail))!;
    await rm(models, { recursive: true });
  });

  it('gives the same bytes on 1 and on 3 threads, and others than without it', async () => {
    const one = await run(1, { prior });
    assert.deepEqual((await run(3, { prior })).forecasts, one.forecasts);
    assert.deepEqual(one.said, []);
    assert.notDeepEqual((await run(1)).forecasts, one.forecasts);
  });

  it('is that without it 60 steps ahead, which the networks cannot see, and says so', async () => {
    const { forecasts, said } = await run(2, { prior, horizonSteps: 60 });
    assert.deepEqual(forecasts, (await run(2, { horizonSteps: 60 })).forecasts);
    assert.deepEqual(said, [
      'member prior-lstm has nothing to say: it sees 48 steps ahead, not 60',
      'member prior-mixer has nothing to say: it sees 48 steps ahead, not 60',
    ]);
  });
});
