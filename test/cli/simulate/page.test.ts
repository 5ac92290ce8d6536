import assert from 'node:assert/strict';
import type { Context } from '../../../src/cli/context.ts';
import type { Material } from '../../../src/cli/simulate/material.ts';
import { formatPage } from '../../../src/cli/simulate/page.ts';
import { type Outcome, runSimulation } from '../../../src/cli/simulate/run.ts';
import type { SimulateSettings } from '../../../src/cli/simulate/settings.ts';

const minuteMs = 60_000;
const context: Context = { stop: new AbortController().signal, print: () => {}, say: () => {}, exit: () => {} };
const settings: SimulateSettings = {
  source: { kind: 'file', path: 't.csv', column: 'requests' },
  seed: 1,
  refitEveryMs: 86_400_000,
  prices: { perReplicaHour: 0.04, perChange: 0.01 },
};

/** Waves of a day with noise that changes the need nearly every minute. */
function material(minutes: number): Material {
  const values = Float64Array.from({ length: minutes }, (_, i) => {
    const noise = Math.sin(i * 12.9898) * Math.cos(i * 78.233);
    return 400 * (1 + 0.7 * Math.sin((2 * Math.PI * i) / 1440)) * (1 + 0.2 * noise);
  });
  return {
    source: 'requests in <t>.csv',
    trace: { startMs: 0, stepMs: minuteMs, values },
    unit: 'requests per second',
    perReplica: 10,
    startUp: { kind: 'fixed', ms: 2 * minuteMs },
    notes: [],
  };
}

function simulate(minutes: number, frontier: boolean): Promise<Outcome> {
  const policies = 'hpa:0.5,hpa:0.3,static,recent-max:1d,oracle';
  return runSimulation(async () => material(minutes), settings, { policies, frontier, forecasts: true }, context);
}

describe('formatPage', () => {
  it('sets what equal violations cost above the scores, with a table for each of the 3 levels', async () => {
    const page = formatPage(await simulate(10 * 1440, true));
    assert.match(
      page,
      /<h1>Simulation of requests in &lt;t&gt;\.csv<\/h1>\n<p>At 1\u00a0% forescale did not take part\./,
    );
    assert.match(page, /<h2>What equal violations cost<\/h2>/);
    assert.equal([...page.matchAll(/<h3>[\d.]+ % of the time in violation \(\d+ of 7200 steps\)<\/h3>/g)].length, 3);
    assert.match(page, /<dt>prices<\/dt><dd>0\.04 per replica-hour, 0\.01 per replica started or stopped<\/dd>/);
    assert.match(page, /<dt>warm-up, unscored<\/dt><dd>until 1970-01-06T00:00:00Z<\/dd>/);
    assert.doesNotMatch(page, /Forecast against truth/, 'nothing forecast');
  });

  it('says in its first lines what each policy cost and missed where there is no frontier', async () => {
    const page = formatPage(await simulate(4 * 1440, false));
    assert.match(
      page,
      /Cost over perfect foresight, .*: hpa:0\.5 \d\.\d\d\u00a0× at [\d.]+\u00a0%; hpa:0\.3 .*oracle 1\.00\u00a0× at 0\.000\u00a0%\./,
    );
    assert.doesNotMatch(page, /<h3>/);
  });

  it('has each policy drawn over time, zoomable, and stays under 3 MB with 60 days of minutes', async () => {
    const outcome = await simulate(60 * 1440, false);
    const page = formatPage(outcome);
    assert.ok(page.length < 3_000_000, `${page.length} bytes`);
    assert.equal([...page.matchAll(/data-zoom="time"/g)].length, 4);
    assert.match(page, /Each point stands for \dm: the largest need in it and the fewest replicas/);
  });

  it('draws the band of forecasts against what came', async () => {
    const outcome = await simulate(4 * 1440, false);
    const steps = Array.from({ length: 100 }, (_, i) => 2 * 1440 + i);
    const quantiles = [300, 400, 500, 700].map((height) => steps.map(() => height));
    const page = formatPage({ ...outcome, forecasts: { leadSteps: 3, steps, quantiles } });
    assert.match(page, /<h2>Forecast against truth<\/h2>/);
    assert.match(page, /<figcaption>Forecast 3 steps ahead/);
    for (const name of ['90 % interval', '99.9 % quantile', 'median', 'truth'])
      assert.ok(page.includes(`</i>${name}</li>`), name);
  });
});
