/** What of a fit stays in the memory of the daemon. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { newEntry } from '../../src/app/book.ts';
import { adopt } from '../../src/app/refit.ts';
import type { FittedSeries, ForecasterName } from '../../src/domain/forecast.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { enginesWith, idleLstm } from '../forecast/engines.ts';
import { shopLoad } from '../forecast/made-series.ts';
import { template } from '../observe/fixtures.ts';
import { specOf } from '../pipeline/facts.ts';

const yardsticks: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters'];

async function fittedWith(candidates: readonly ForecasterName[]): Promise<FittedSeries> {
  const request = {
    id: 'shop',
    history: shopLoad(21, 24, 0.1),
    seasonLengths: [24, 168],
    levels: [0.5],
    horizonSteps: 2,
    seed: 1,
  };
  return fitSeries({ ...request, candidates }, enginesWith(idleLstm));
}

function keptOf(fitted: FittedSeries): readonly string[] {
  const entry = newEntry(specOf('shop', { signals: { requests: template } }));
  adopt(entry, fitted, {});
  return Object.keys(entry.fitted!.models);
}

describe('adopt', () => {
  it('keeps the aggregate alone of three models, with all that was said of the others', async () => {
    const fitted = await fittedWith([...yardsticks, 'aggregate']);
    assert.equal(Object.keys(fitted.models).length, 3);
    assert.deepEqual(keptOf(fitted), ['aggregate']);
  });

  it('keeps the model that acts where there is no aggregate', async () => {
    const fitted = await fittedWith(yardsticks);
    assert.deepEqual(keptOf(fitted), [fitted.acting]);
  });
});
