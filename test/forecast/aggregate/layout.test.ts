/** A saved state is only good for the layout it was saved from: another one needs another version of the stored models. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it } from 'mocha';
import { VERSION } from '../../../src/adapters/model-store/manifest.ts';
import { expertNames } from '../../../src/domain/fleet.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { shopLoad } from '../made-series.ts';

const golden = join(import.meta.dirname, 'layout.json');

describe('the layout of a saved aggregate', () => {
  // FORESCALE_LAYOUT=write makes the file anew, behind a change of VERSION.
  it('is that of layout.json for this version of stored models: else raise VERSION in manifest.ts', async () => {
    const { models } = await fitSeries(
      {
        id: 'shop',
        history: shopLoad(10, 288, 0.1),
        seasonLengths: [288, 2016],
        levels: [0.5, 0.9],
        horizonSteps: 6,
        seed: 1,
        candidates: ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'],
        experts: expertNames,
      },
      enginesWith(idleLstm),
    );
    const { parameters } = models.aggregate!;
    const layout = Object.entries(parameters)
      .map(([name, value]) => `${name} ${typeof value === 'object' ? value.length : typeof value}`)
      .sort();
    if (process.env['FORESCALE_LAYOUT'] === 'write')
      writeFileSync(golden, `${JSON.stringify({ version: VERSION, layout }, null, 2)}\n`);
    assert.deepEqual({ version: VERSION, layout }, JSON.parse(readFileSync(golden, 'utf8')));
  });
});
