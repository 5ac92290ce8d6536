/** What is said of the memory of forecasters is held to here, on hours instead of minutes. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { FittedModel } from '../../../src/domain/forecast.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { enginesWith, idleLstm } from '../../forecast/engines.ts';
import { cut, shopLoad } from '../../forecast/made-series.ts';
import { type Memory, startFleet, used, weigh } from './online-fleet.ts';

const DAY = 24;
const FITTED = 14 * DAY;
const load = shopLoad(15, DAY, 0.1);

describe('forecasters of one process', function () {
  this.timeout(60_000);
  let fitted: FittedModel;
  before(async () => {
    const request = { id: 'shop', history: cut(load, FITTED), seasonLengths: [DAY, 7 * DAY], levels: [0.5, 0.9] };
    const { models } = await fitSeries(
      { ...request, horizonSteps: 2, seed: 1, candidates: ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'] },
      enginesWith(idleLstm),
    );
    fitted = models.aggregate!;
  });

  async function weighed(count: number): Promise<Memory> {
    const unused = await used();
    const forecasters = startFleet(count, () => ({ fitted, history: load }));
    for (const forecaster of forecasters) forecaster.forecast(DAY, [0.5, 0.99]);
    return weigh(forecasters, unused);
  }

  it('take their state and at most 1 KB of objects each: so much is free again when 300 of them have gone', async () => {
    await weighed(50);
    const { state, buffers, heap } = await weighed(301);
    assert.ok(state > 8000, `${state} bytes of state`);
    assert.ok(Math.abs(buffers - state) < 100, `${buffers} bytes of buffers for ${state} of state`);
    assert.ok(heap > 0 && heap < 1024, `${heap} bytes of objects`);
  });
});
