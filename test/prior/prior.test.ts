/** The prior as it is shipped: it must load, be small, and be worth on new series what its manifest says. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { loadNetworks } from '../../src/adapters/model-store/networks.ts';
import { type GlobalNetworks, globalExperts, readNetworks } from '../../src/forecast/global/networks.ts';
import { fitTransform, transformValues } from '../../src/forecast/transform.ts';
import { weightsIn } from '../adapters/model-store/files.ts';
import { generateLoad } from './archetypes.ts';
import { compare } from './compare.ts';

const shipped = new URL('../../models/', import.meta.url).pathname;
/** Not the seed that it was trained with. */
const OTHER_SEED = 77;

describe('the shipped prior', () => {
  let folder: string;
  let networks: GlobalNetworks;
  let scores: { readonly [name: string]: number };

  before(async () => {
    // A prior that cannot be read is moved aside; that must not happen to the one in the checkout.
    folder = await mkdtemp(join(tmpdir(), 'forescale-prior-'));
    await cp(join(shipped, 'prior'), join(folder, 'prior'), { recursive: true });
    const found = await loadNetworks(folder, 'prior', readNetworks);
    if (found.kind !== 'loaded') assert.fail(found.kind === 'set-aside' ? found.message : 'there is none');
    networks = found.content.networks;
    scores = found.content.facts.scores;
  });
  after(() => rm(folder, { recursive: true }));

  it('has at most 200 KB of weights, and says that it was trained on generated series', async () => {
    assert.ok((await stat(await weightsIn(join(shipped, 'prior')))).size <= 200_000);
    assert.match(await readFile(join(shipped, 'prior/manifest.json'), 'utf8'), /"trainedOn": "\d+ generated series/);
  });

  it('its manifest claims to beat seasonal naive and persistence at every horizon, and says so for both networks', () => {
    for (const name of ['lstm', 'mixer']) {
      for (const horizon of ['15m', '60m', '480m']) {
        assert.ok(scores[`${name} ${horizon} over seasonal naive`]! < 1, `${name} ${horizon}`);
        assert.ok(scores[`${name} ${horizon} over persistence`]! < 1, `${name} ${horizon}`);
      }
    }
  });

  it('on 8 new series of another seed, an hour ahead, errs less than seasonal naive and persistence', () => {
    const experts = globalExperts(networks);
    for (const start of [experts.lstm, experts.mixer]) {
      let [naive, persistence] = [0, 0];
      for (let i = 0; i < 8; i++) {
        // Every fourth index has steps of five minutes.
        const { series, seasons, calendar } = generateLoad(OTHER_SEED, 4 * i + 1);
        const from = Math.floor(0.6 * series.values.length);
        const z = transformValues(fitTransform(series.values.subarray(0, from), seasons), series.values);
        const firstStep = series.startMs / series.stepMs;
        const one = { z, firstStep, stepMs: series.stepMs, seasons, ...(calendar && { calendar }) };
        const [errors] = compare(one, [start], [12], { from, until: from + 600 });
        naive += Math.log(errors!.experts[0]! / errors!.seasonalNaive) / 8;
        persistence += Math.log(errors!.experts[0]! / errors!.persistence) / 8;
      }
      assert.ok(naive < -0.1, `${Math.exp(naive)} of seasonal naive`);
      assert.ok(persistence < -0.1, `${Math.exp(persistence)} of persistence`);
    }
  });
});
