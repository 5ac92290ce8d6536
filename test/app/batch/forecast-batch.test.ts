import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type BatchRequest, type BatchSurroundings, forecastBatch } from '../../../src/app/batch/forecast-batch.ts';
import type { Forecast } from '../../../src/domain/forecast.ts';
import { seriesOf, shopLoad } from '../../forecast/made-series.ts';
import { DIE_LOCAL, HANG_ALL, HANG_POOLED, THROW_POOLED } from './misbehaving-worker.ts';

const twenty = Array.from({ length: 20 }, (_, i) => ({ id: `shop ${i}`, series: shopLoad(21, 24, 0.05, i + 1) }));
/** One short of the windows that the networks need, so that a batch is quick. */
const shops = twenty.slice(0, 19);

const request: BatchRequest = {
  series: shops,
  horizonSteps: 24,
  seasonLengths: [24, 168],
  levels: [0.1, 0.5, 0.9],
  seed: 9,
};
const misbehaving = new URL('./misbehaving-worker.ts', import.meta.url);

interface Seen {
  readonly forecasts: readonly Forecast[];
  readonly said: readonly string[];
  readonly shares: readonly number[];
}

async function run(changes: Partial<BatchRequest> = {}, surroundings: Partial<BatchSurroundings> = {}): Promise<Seen> {
  const said: string[] = [];
  const shares: number[] = [];
  const forecasts = await forecastBatch(
    { ...request, ...changes },
    {
      workers: 2,
      timeoutMs: 300_000,
      warn: (message) => said.push(message),
      progress: (share) => shares.push(share),
      signal: new AbortController().signal,
      ...surroundings,
    },
  );
  return { forecasts, said, shares };
}

describe('forecastBatch', () => {
  it('gives the same bytes on 1 and on 3 threads with all networks, and says nothing when all goes well', async () => {
    const one = await run({ series: twenty }, { workers: 1 });
    const three = await run({ series: twenty }, { workers: 3 });
    assert.deepEqual(three.forecasts, one.forecasts);
    assert.deepEqual(three.said, []);
  });

  it('goes on where each series ends, in the order of the series, with levels as asked', async () => {
    const { forecasts, shares } = await run({ series: shops.slice(0, 3) });
    assert.equal(forecasts.length, 3);
    for (const { startMs, stepMs, mean, quantiles, levels } of forecasts) {
      assert.deepEqual([startMs, stepMs], [21 * 86_400_000, 3_600_000]);
      assert.deepEqual([mean.length, quantiles.length, levels], [24, 3, [0.1, 0.5, 0.9]]);
    }
    assert.ok(shares.every((share, i) => share >= (shares[i - 1] ?? 0)));
    assert.ok(Math.abs(shares.at(-1)! - 1) < 1e-9);
  });

  it('forecasts a large batch in groups of a bounded size: 3 series, 80,000 steps each', async () => {
    const series = [1, 2, 3].map((i) => ({
      id: `${i}`,
      series: seriesOf(Array.from({ length: 30 }, (_, t) => i + (t % 3))),
    }));
    const { forecasts } = await run({ series, seasonLengths: [3], horizonSteps: 80_000 });
    assert.deepEqual(
      forecasts.map(({ mean }) => Math.round(mean[79_999]!)),
      [2, 3, 4],
    );
  });

  it('tells which series was cut and which has wild values', async () => {
    const long = Float64Array.from({ length: 21_000 }, (_, t) => 10 + (t % 24));
    const wild = Float64Array.from({ length: 100 }, (_, t) => 10 + (t % 24)).with(50, 1e9);
    const series = [
      { id: 'long', series: seriesOf(long) },
      { id: 'wild', series: seriesOf(wild) },
    ];
    const { said } = await run({ series, seasonLengths: [1], horizonSteps: 2 });
    assert.deepEqual(said, [
      'series long has more than 20160 points: forecast from the newest 20160',
      'series wild has values far out of the range of all others: taken as missing',
    ]);
  });

  it('leaves out a member whose worker hangs twice for 10 s, and says so', async () => {
    // A week, because the members that work have to end within that time on any machine, and some take the cube of it.
    const week = { id: 'week', series: shopLoad(7, 24, 0.05) };
    const { forecasts, said } = await run(
      { series: [week], seed: HANG_POOLED },
      { program: misbehaving, timeoutMs: 10_000 },
    );
    assert.equal(forecasts.length, 1);
    assert.deepEqual(said, ['member pooled-change is left out: it did not end within 10000 ms']);
  });

  it('leaves out a member whose worker throws, and says why', async () => {
    const { said } = await run({ seed: THROW_POOLED }, { program: misbehaving });
    assert.deepEqual(said, ['member pooled-change is left out: its worker died: out of luck']);
  });

  it('forecasts 16 series by the simplest members when their worker dies twice, and the other 3 as ever', async () => {
    const good = await run({ seed: DIE_LOCAL });
    const { forecasts, said } = await run({ seed: DIE_LOCAL }, { program: misbehaving });
    assert.deepEqual(said, ['series 1 to 16 are forecast by the simplest members: its worker ended with code 7']);
    for (const [i, { mean }] of forecasts.entries()) {
      const usual = good.forecasts[i]!.mean;
      for (const [h, value] of mean.entries()) assert.ok(Math.abs(value / usual[h]! - 1) < 0.35, `${i}, ${h}`);
      if (i < 16) assert.notDeepEqual(mean, usual);
      else assert.deepEqual(mean, usual);
    }
  });

  it('stops at once when it is told to, even while every worker hangs', async () => {
    const stop = new AbortController();
    const running = run({ seed: HANG_ALL }, { program: misbehaving, signal: stop.signal });
    setTimeout(() => stop.abort(), 300);
    await assert.rejects(running, /^Error: stopped\. Nothing was written\.$/);
    await assert.rejects(run({}, { signal: stop.signal }), /stopped/);
  });
});
