/** An aggregate that was begun with what its fleet has shown. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FleetPrior } from '../../../src/domain/fleet.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { arrayIn } from '../../../src/forecast/parameters.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { cut, shopLoad } from '../made-series.ts';

const load = shopLoad(10, 96, 0.1);
// At night, where the ceiling of the noon before is far.
const young = cut(load, 94);
const heavy = { shape: 0.4, scale: 3 };

async function begun(prior?: FleetPrior) {
  const request = {
    id: 'shop',
    history: young,
    seasonLengths: [96, 672],
    levels: [0.5, 0.9],
    horizonSteps: 4,
    seed: 1,
  };
  const candidates = ['aggregate'] as const;
  const fitted = await fitSeries({ ...request, candidates, ...(prior && { prior }) }, enginesWith(idleLstm));
  return fitted.models.aggregate!;
}

const highest = (forecaster: ReturnType<typeof startForecaster>) =>
  forecaster.forecast(4, [0.5, 0.9, 0.995]).quantiles.map((row) => row[3]!);

describe('an aggregate of a fleet', () => {
  it('reaches further out where the fleet did: a tenth at least at 0.995, and not at all at 0.9', async () => {
    const [alone, together] = [await begun(), await begun({ credit: 1, tail: heavy })];
    const [a, b] = [alone, together].map((model) => highest(startForecaster(model, young)));
    assert.deepEqual(a!.slice(0, 2), b!.slice(0, 2));
    assert.ok(b![2]! > 1.1 * a![2]!, `${b} against ${a}`);
  });

  it('begins its bets for the aggregate with the credit of the fleet, and those against it with 1', async () => {
    const model = await begun({ credit: 1.5 });
    const bets = arrayIn(model.parameters, 'state.gate.bets');
    const fresh = arrayIn((await begun()).parameters, 'state.gate.bets');
    assert.ok(Math.abs(bets[0]! / fresh[0]! - 1.5) < 1e-9 && Math.abs(bets[8]! / fresh[8]! - 1) < 1e-9, `${bets}`);
  });

  it('knows the tail again behind a restart: the same bytes from a model that was stored in between', async () => {
    const model = await begun({ credit: 1.5, tail: heavy });
    const [a, b] = [startForecaster(model, young), startForecaster(structuredClone(model), young)];
    for (let t = 94; t < 300; t++) for (const one of [a, b]) one.observe(load.values[t]!);
    assert.deepEqual(highest(a), highest(b));
    assert.deepEqual(Array.from(arrayIn(model.parameters, 'fleetTail')), [0.4, 3]);
  });
});
