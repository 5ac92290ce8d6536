import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createModelStore } from '../../../src/adapters/model-store/store.ts';
import { type FittedSeries, type Forecast, forecasterNames } from '../../../src/domain/forecast.ts';
import type { StoredModel } from '../../../src/domain/ports.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { enginesWith, idleLstm } from '../../forecast/engines.ts';
import { shopLoad } from '../../forecast/made-series.ts';
import { weightsIn } from './files.ts';

const KEY = 'shop/Deployment/checkout';
const history = shopLoad(21, 24, 0.1);

function message(stored: StoredModel): string {
  assert.equal(stored.kind, 'set-aside');
  return stored.kind === 'set-aside' ? stored.message : '';
}

describe('model store', () => {
  let folder: string;
  let fitted: FittedSeries;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'forescale-models-'));
    fitted ??= await fitSeries(
      {
        id: KEY,
        history,
        seasonLengths: [24, 168],
        levels: [0.9],
        horizonSteps: 6,
        seed: 7,
        candidates: forecasterNames,
      },
      enginesWith(idleLstm),
    );
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** The folder of the only model. */
  async function modelFolder(): Promise<string> {
    const names = await readdir(folder);
    assert.equal(names.length, 1, names.join(' '));
    return join(folder, names[0]!);
  }

  it('gives back what was saved, to the last bit of 5 models', async () => {
    const store = createModelStore(folder);
    const replay = { steps: 900, missRates: [0.001, 0.1], shortShares: [0.0011, 0.05] };
    const whole = { ...fitted, source: 'requests-0123456789ab', replay };
    await store.save(KEY, whole);
    const stored = await store.load(KEY);
    assert.deepEqual(stored, { kind: 'loaded', fitted: whole });
  });

  it('forecasts of a stored model are identical to those before', async () => {
    const store = createModelStore(folder);
    await store.save(KEY, fitted);
    const stored = await store.load(KEY);
    if (stored.kind !== 'loaded') assert.fail(stored.kind);
    for (const name of forecasterNames) {
      const [a, b]: Forecast[] = [fitted, stored.fitted].map(({ models }) =>
        startForecaster(models[name]!, history).forecast(12, [0.1, 0.999]),
      );
      assert.deepEqual(a, b);
    }
  });

  it('knows nothing of a key that was never saved', async () => {
    assert.deepEqual(await createModelStore(folder).load(KEY), { kind: 'none' });
    assert.deepEqual(await createModelStore(join(folder, 'not-there')).load(KEY), { kind: 'none' });
  });

  it('writes a manifest that a person can read: format, version, key, trained through, scores, verdict, checksum', async () => {
    await createModelStore(folder).save(KEY, fitted);
    const manifest = JSON.parse(await readFile(join(await modelFolder(), 'manifest.json'), 'utf8'));
    assert.equal(manifest.format, 'forescale-model');
    assert.equal(manifest.version, 7);
    assert.equal(manifest.key, KEY);
    assert.equal(manifest.trainedThrough, new Date(fitted.trainedThroughMs).toISOString());
    assert.equal(manifest.seed, 7);
    assert.equal(manifest.acting, fitted.acting);
    assert.equal(manifest.scores.length, forecasterNames.length);
    assert.match(manifest.checksum, /^[0-9a-f]{64}$/);
  });

  it('keeps scores that are not numbers: a failed model loads with NaN and its reason', async () => {
    const store = createModelStore(folder);
    const score = {
      ...fitted.scores[0]!,
      model: 'arima' as const,
      mase: Number.NaN,
      failure: 'the series is constant',
    };
    await store.save(KEY, { ...fitted, scores: [score] });
    const stored = await store.load(KEY);
    if (stored.kind !== 'loaded') assert.fail(stored.kind);
    assert.deepEqual(stored.fitted.scores, [score]);
  });

  it('replaces an older model, and keeps two keys apart that differ in one character', async () => {
    const store = createModelStore(folder);
    await store.save(KEY, fitted);
    await store.save(KEY, { ...fitted, seed: 8 });
    await store.save('shop/Deployment.checkout', { ...fitted, seed: 9 });
    const seeds = [];
    for (const key of [KEY, 'shop/Deployment.checkout']) {
      const stored = await store.load(key);
      if (stored.kind === 'loaded') seeds.push(stored.fitted.seed);
    }
    assert.deepEqual(seeds, [8, 9]);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('takes a key of 400 characters, dots and slashes without leaving its folder', async () => {
    const store = createModelStore(folder);
    for (const key of ['x'.repeat(400), '../../etc', '..']) {
      await store.save(key, fitted);
      assert.equal((await store.load(key)).kind, 'loaded');
    }
    assert.equal((await readdir(folder)).length, 3);
  });

  const damages: readonly [string, (path: string) => Promise<void>, RegExp][] = [
    [
      'one flipped byte of the weights',
      async (path) => {
        const file = await weightsIn(path);
        const bytes = await readFile(file);
        bytes[100]! ^= 1;
        await writeFile(file, bytes);
      },
      /checksum of weights-[0-9a-f]{16}\.bin: expected [0-9a-f]{64}, found/,
    ],
    ['weights cut short', async (path) => writeFile(await weightsIn(path), 'x'), /checksum of weights-/],
    ['weights missing', async (path) => rm(await weightsIn(path)), /ENOENT.*weights-/],
    ['a manifest cut short', (path) => writeFile(join(path, 'manifest.json'), '{"format":'), /manifest\.json: .*JSON/],
    [
      'an empty manifest',
      (path) => writeFile(join(path, 'manifest.json'), '{}'),
      /format: expected forescale-model, found undefined/,
    ],
    [
      'a manifest of null',
      (path) => writeFile(join(path, 'manifest.json'), 'null'),
      /manifest\.json: expected an object, found null/,
    ],
    [
      'a time that is text',
      (path) => edit(path, { trainedThroughMs: 'now' }),
      /trainedThroughMs: expected number, found string/,
    ],
    [
      'a manifest without scores',
      (path) => edit(path, { scores: undefined }),
      /scores: expected list, found undefined/,
    ],
    [
      'a manifest without weights to name',
      (path) => edit(path, { checksum: undefined }),
      /checksum: expected 64 .*, found undefined/,
    ],
    ['a checksum that is none', (path) => edit(path, { checksum: 'none' }), /checksum: expected 64 .*, found "none"/],
    ['another version', (path) => edit(path, { version: 1 }), /version: expected 7, found 1/],
    ['a foreign file', (path) => edit(path, { format: 'keras' }), /format: expected forescale-model, found keras/],
    [
      'the model of another workload',
      (path) => edit(path, { key: 'shop/Deployment/cart' }),
      /key: expected shop\/Deployment\/checkout/,
    ],
    ['an acting model that is not there', (path) => edit(path, { acting: 'prophet' }), /acting: expected one of/],
  ];

  async function edit(path: string, changes: object): Promise<void> {
    const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'));
    await writeFile(join(path, 'manifest.json'), JSON.stringify({ ...manifest, ...changes }));
  }

  for (const [what, damage, reason] of damages) {
    it(`sets aside, with the reason: ${what}`, async () => {
      const store = createModelStore(folder);
      await store.save(KEY, fitted);
      const path = await modelFolder();
      await damage(path);
      assert.match(message(await store.load(KEY)), reason);
      assert.ok(existsSync(`${path}.set-aside`) && !existsSync(path));
      assert.deepEqual(await store.load(KEY), { kind: 'none' });
      await store.save(KEY, fitted);
      assert.equal((await store.load(KEY)).kind, 'loaded');
    });
  }
});
