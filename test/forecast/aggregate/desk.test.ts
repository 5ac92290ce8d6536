/** Many series on one desk: each goes on with the bits that it would have alone. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { shippedFleet } from '../../../src/app/shipped-fleet.ts';
import type { FleetModel, SharedExpertName } from '../../../src/domain/fleet.ts';
import type { FitRequest, FittedModel, Mark } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { shareDesk } from '../../../src/forecast/aggregate/desk.ts';
import { type RunningAggregate, restoreAggregate } from '../../../src/forecast/aggregate/running.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { learnFleet } from '../../../src/forecast/shared/learn-fleet.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { requestOf } from '../../bad-input/support.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { autoregression, cut, shopLoad, uniform } from '../made-series.ts';
import { noQuantiles } from '../shared/engine.ts';

const DAY = 96;
const STEPS = 14 * DAY;
const LEVELS = [0.001, 0.05, 0.5, 0.9, 0.99, 0.999];
const engines = enginesWith(idleLstm);
const shop = shopLoad(28, DAY, 0.1);

/** Loads that differ in what a series has of its own: scale, transform, order of the ARMA, tail of the fleet. */
function loads(): readonly { readonly series: TimeSeries; readonly changes?: Partial<FitRequest> }[] {
  const wanders = autoregression(28 * DAY, 0.97, 7);
  const jumps = uniform(3);
  const made = (of: (y: number, t: number) => number) => ({ ...shop, values: shop.values.map(of) });
  return [
    { series: shop },
    { series: made((y, t) => 4000 * y * Math.exp(0.1 * wanders[t]!)) },
    { series: made((y) => y - 60) },
    {
      series: made((y) => (jumps() < 0.02 ? 6 * y : y)),
      changes: { prior: { credit: 1.4, tail: { shape: 0.3, scale: 1.1 } } },
    },
  ];
}

function requestFor(history: TimeSeries, changes: Partial<FitRequest> = {}): FitRequest {
  return requestOf(history, { candidates: ['seasonal-naive', 'holt-winters', 'arima', 'aggregate'], ...changes });
}

async function modelOf(history: TimeSeries, changes?: Partial<FitRequest>): Promise<FittedModel> {
  return (await fitSeries(requestFor(history, changes), engines)).models.aggregate!;
}

const markAt = (t: number): Mark => (t % 31 === 5 ? 'censored' : t % 37 === 3 ? 'excluded' : 'ok');
const sampleAt = ({ values }: TimeSeries, t: number) => (t % 90 > 75 ? Number.NaN : values[t]!);

/** One series twice: on the desk that it shares, and alone. */
interface Pair {
  readonly shared: () => RunningAggregate;
  readonly alone: RunningAggregate;
  readonly series: TimeSeries;
  step: number;
}

function pairOf(model: FittedModel, series: TimeSeries, fleet?: FleetModel): Pair {
  const shared = shareDesk(restoreAggregate(model.parameters, fleet), fleet);
  return { shared, alone: restoreAggregate(model.parameters, fleet), series, step: STEPS };
}

function observe(pair: Pair): void {
  const [y, mark] = [sampleAt(pair.series, pair.step), markAt(pair.step)];
  pair.shared().observe(y, mark);
  pair.alone.observe(y, mark);
  pair.step += 1;
}

const actions = {
  observe,
  forecast: ({ shared, alone }: Pair) => assert.deepEqual(shared().forecast(30, LEVELS), alone.forecast(30, LEVELS)),
  status: ({ shared, alone }: Pair) => assert.deepEqual(shared().status(), alone.status()),
  save: ({ shared, alone }: Pair) => assert.deepEqual(shared().save(), alone.save()),
};

function compareInTurn(pairs: readonly Pair[], samples: number): void {
  for (let i = 0; i < samples; i++) {
    for (const pair of pairs) {
      observe(pair);
      actions.forecast(pair);
    }
  }
  for (const pair of pairs) for (const compare of [actions.save, actions.status]) compare(pair);
}

describe('series that share a desk', () => {
  let models: readonly FittedModel[];
  before(async () => {
    models = await Promise.all(loads().map(({ series, changes }) => modelOf(cut(series, STEPS), changes)));
  });
  const pairs = () => loads().map(({ series }, i) => pairOf(models[i]!, series));

  it('differ in transform, order of the ARMA and tail of the fleet, and still have one set of objects', () => {
    const running = pairs().map(({ shared }) => shared());
    assert.equal(new Set(running).size, 1);
    const different = (name: string) => new Set(models.map(({ parameters }) => String(parameters[name]))).size;
    for (const name of ['transform.kind', 'state.expert.arima.arma.order', 'fleetTail']) {
      assert.ok(different(name) > 1, name);
    }
  });

  it('forecast with the same bytes as each alone: 150 samples of 4 in turn, gaps and marks among them', () => {
    compareInTurn(pairs(), 150);
  });

  it('do so in whatever order they are fed, asked and saved', () => {
    const turn = fc.tuple(fc.nat(3), fc.constantFrom(...(Object.keys(actions) as (keyof typeof actions)[])));
    fc.assert(
      fc.property(fc.array(turn, { minLength: 20, maxLength: 60 }), (turns) => {
        const all = pairs();
        for (const [i, action] of turns) actions[action](all[i]!);
        for (const pair of all) actions.save(pair);
      }),
      { numRuns: 15 },
    );
  });

  it('go on through a refit of one of them, and through a restart of all', async () => {
    const [first, second] = loads();
    const forecasters = [first!, second!].map(({ series }, i) => startForecaster(models[i]!, cut(series, STEPS)));
    for (let t = STEPS; t < STEPS + 60; t++) {
      for (const [i, { series }] of [first!, second!].entries()) forecasters[i]!.observe(series.values[t]!);
    }
    const previous = await fitSeries(requestFor(cut(first!.series, STEPS)), engines);
    const refit = await modelOf(cut(first!.series, STEPS + 60), { previous });
    forecasters[0] = startForecaster(refit, cut(first!.series, STEPS + 60));
    for (let t = STEPS + 60; t < STEPS + 120; t++) {
      for (const [i, { series }] of [first!, second!].entries()) forecasters[i]!.observe(series.values[t]!);
    }
    const restarted = [refit, models[1]!].map((model, i) =>
      startForecaster(model, cut([first!, second!][i]!.series, STEPS + 120)),
    );
    for (const [i, forecaster] of forecasters.entries()) {
      assert.deepEqual(forecaster.forecast(DAY, LEVELS), restarted[i]!.forecast(DAY, LEVELS));
      assert.deepEqual(forecaster.status!(), restarted[i]!.status!());
    }
  });

  it('say what was noticed in their own load, not in that of who was served before', () => {
    const [steady, shifted] = pairs();
    for (let i = 0; i < 40; i++) {
      observe(steady!);
      shifted!.shared().observe(40 * shifted!.series.values[STEPS + i]!, 'ok');
    }
    assert.equal(shifted!.shared().status().lastAlarm?.kind, 'level-up');
    assert.deepEqual(steady!.shared().status().lastAlarm, steady!.alone.status().lastAlarm);
    assert.notDeepEqual(steady!.alone.status().lastAlarm, shifted!.shared().status().lastAlarm);
  });

  it('say as their bytes what is kept of them at rest: 8 for each double, 4 and 2 for the rest, and no object', () => {
    const [pair] = pairs();
    const live = pair!.shared().memory();
    const bytes = live.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const { stateBytes } = pair!.shared().status();
    assert.ok(stateBytes > bytes && stateBytes < bytes + 2048, `${stateBytes} of which ${bytes} live`);
  });
});

describe('a desk', () => {
  const fitted = (changes?: Partial<FitRequest>) => modelOf(cut(shop, STEPS), changes);
  const share = ({ parameters }: FittedModel, fleet?: FleetModel) =>
    shareDesk(restoreAggregate(parameters, fleet), fleet);

  it('is another one for other seasons, horizons, experts or time zones', async () => {
    const clock = { zone: 'Europe/Berlin', transitions: [{ fromMs: 0, offsetMs: 3_600_000 }] };
    const models = await Promise.all(
      [{}, { seasonLengths: [DAY] }, { horizonSteps: 5 }, { experts: ['persistence'] as const }, { clock }].map(fitted),
    );
    const desks = models.map((model) => share(model));
    assert.equal(new Set(desks.map((running) => running())).size, models.length);
    assert.equal(share(models[4]!)(), desks[4]!());
  });

  it('serves series with experts that a fleet shares, trees and networks, with the same bytes as alone', async () => {
    const learned: readonly SharedExpertName[] = ['boosted-trees', 'linear-svr'];
    const experts = [...learned, 'global-lstm', 'patch-mixer'] as const;
    const histories = [2, 3].map((seed) => ({ id: `${seed}`, series: cut(shopLoad(14, DAY, 0.1, seed), 12 * DAY) }));
    const { fleet } = await learnFleet(
      {
        experts: learned,
        histories,
        seasonLengths: [DAY, 7 * DAY],
        horizonSteps: 4,
        seed: 1,
        before: await shippedFleet(assert.fail),
      },
      noQuantiles,
    );
    const both = loads().slice(0, 2);
    const models = await Promise.all(both.map(({ series }) => modelOf(cut(series, STEPS), { fleet, experts })));
    const pairs = both.map(({ series }, i) => pairOf(models[i]!, series, fleet));
    assert.equal(pairs[0]!.shared(), pairs[1]!.shared());
    assert.notEqual(share(models[0]!, structuredClone(fleet))(), pairs[0]!.shared());
    compareInTurn(pairs, 40);
  });

  it('serves series with a network of their own, alone and on errors of ARIMA, with the same bytes as alone', async () => {
    const candidates = ['seasonal-naive', 'holt-winters', 'lstm', 'hybrid', 'aggregate'] as const;
    const both = loads().slice(0, 2);
    const models = await Promise.all(both.map(({ series }) => modelOf(cut(series, STEPS), { candidates })));
    const pairs = both.map(({ series }, i) => pairOf(models[i]!, series));
    compareInTurn(pairs, 40);
    assert.ok(Object.keys(pairs[0]!.shared().status().blocks[0]!.weights).includes('hybrid'));
  });
});

describe('a desk, when something is wrong with one series', () => {
  /** As much of an aggregate as a desk needs: one live number, and what it saves. */
  function made(layout: string, live: number, saved: () => Float64Array) {
    const memory = Float64Array.of(live);
    return {
      settings: { stepMs: 1, seasons: [], horizonSteps: 1, experts: [{ name: layout }] },
      memory: () => [memory],
      own: () => ({ lastAlarm: undefined }),
      saveOthers: () => ({ others: saved() }),
      wake: () => undefined,
      observe: () => memory.set([memory[0]! + 1]),
      next: () => memory[0]!,
    } as unknown as RunningAggregate;
  }

  it('says which part of it changed its form, and serves the others', () => {
    let length = 1;
    const [broken, sound] = [
      made('one', 7, () => new Float64Array(length)),
      made('one', 80, () => new Float64Array(1)),
    ];
    const [a, b] = [broken, sound].map((running) => shareDesk(running, undefined));
    assert.equal(b!().next(), 80);
    a!().observe(0, 'ok');
    length = 2;
    assert.throws(() => b!(), /state others is of another form/);
    length = 1;
    assert.equal(b!().next(), 80);
    assert.equal(a!().next(), 7, 'as it was put aside last');
  });
});
