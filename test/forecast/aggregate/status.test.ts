/** How an aggregate says that it stands. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { expertNames } from '../../../src/domain/fleet.ts';
import { yardstickNames } from '../../../src/domain/forecast.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { cut, shopLoad } from '../made-series.ts';

const HOURS_PER_DAY = 24;
const load = shopLoad(28, HOURS_PER_DAY, 0.1);

async function forecasterFrom(days: number) {
  const history = cut(load, days * HOURS_PER_DAY);
  const request = { id: 'shop', history, seasonLengths: [24, 168], levels: [0.5, 0.9], horizonSteps: 2, seed: 1 };
  const fitted = await fitSeries({ ...request, candidates: ['aggregate'] }, enginesWith(idleLstm));
  return startForecaster(fitted.models.aggregate!, history);
}

describe('status of an aggregate', () => {
  it('counts the bytes that it counted at first through three weeks more: nothing in it grows', async () => {
    const [young, old] = [await forecasterFrom(7), await forecasterFrom(7)];
    const atFirst = young.status!().stateBytes;
    for (let t = 7 * HOURS_PER_DAY; t < load.values.length; t++) old.observe(load.values[t]!);
    assert.equal(old.status!().stateBytes, atFirst);
    assert.ok(atFirst > 1000 && atFirst <= 32_768, `${atFirst}`);
  });

  it('gives weights that sum to 1 in each block, to experts that are awake and known', async () => {
    const { blocks } = (await forecasterFrom(14)).status!();
    assert.ok(blocks.length > 1);
    const known: readonly string[] = [...yardstickNames, ...expertNames];
    for (const { weights, tailWeights } of blocks) {
      for (const row of [weights, tailWeights]) {
        const sum = Object.values(row).reduce((total, weight) => total + weight, 0);
        assert.ok(Math.abs(sum - 1) < 1e-6, `${sum}`);
        for (const name of Object.keys(row)) assert.ok(known.includes(name), name);
      }
    }
  });
});
