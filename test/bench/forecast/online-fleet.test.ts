/** What is said of the memory of forecasters is held to here. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { enginesWith, idleLstm } from '../../forecast/engines.ts';
import { cut, shopLoad } from '../../forecast/made-series.ts';
import { type Followed, type Memory, startFleet, used, weigh } from './online-fleet.ts';

const candidates = ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'] as const;

/** An aggregate that was fitted on two weeks, and one sample more. */
async function followed(slotsPerDay: number): Promise<Followed> {
  const fittedSteps = 14 * slotsPerDay;
  const load = shopLoad(15, slotsPerDay, 0.1);
  const request = { id: 'shop', history: cut(load, fittedSteps), seasonLengths: [slotsPerDay, 7 * slotsPerDay] };
  const { models } = await fitSeries(
    { ...request, levels: [0.5, 0.9], horizonSteps: slotsPerDay / 24, seed: 1, candidates },
    enginesWith(idleLstm),
  );
  return { fitted: models.aggregate!, history: cut(load, fittedSteps + 1) };
}

async function weighed(series: Followed, count: number): Promise<Memory> {
  const unused = await used();
  const forecasters = startFleet(count, () => series);
  for (const forecaster of forecasters) forecaster.forecast(24, [0.5, 0.99]);
  return weigh(forecasters, unused);
}

describe('forecasters of one process', () => {
  for (const [step, slotsPerDay, most] of [
    ['an hour', 24, 16_384],
    ['a minute', 1440, 32_768],
  ] as const) {
    it(`take at most ${most} bytes each at steps of ${step}, 1 KB of it in objects: what 150 free when they go`, async () => {
      const series = await followed(slotsPerDay);
      // Machine code is made for the first.
      await weighed(series, 20);
      // What else the process keeps now and then comes on top, up to 500 bytes each: the least of eight is what they take.
      const weights: Memory[] = [];
      for (let k = 0; k < 8; k++) weights.push(await weighed(series, 151));
      const { state, buffers, heap } = weights.reduce((least, one) => (one.heap < least.heap ? one : least));
      assert.ok(Math.abs(buffers - state) < 100, `${buffers} bytes of buffers for ${state} of state`);
      assert.ok(heap > 0 && heap < 1024, `${heap} bytes of objects`);
      assert.ok(buffers + heap <= most, `${buffers + heap} bytes`);
    });
  }
});
