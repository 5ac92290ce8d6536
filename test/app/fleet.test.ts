/** What the daemon does with what its workloads share: from disk, from what is shipped, learned in the night. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Book, newEntry } from '../../src/app/book.ts';
import { learnFleet, loadFleet } from '../../src/app/fleet.ts';
import type { LoopState, World } from '../../src/app/world.ts';
import type { FleetFit, FleetModel, FleetRequest, SharedModel } from '../../src/domain/fleet.ts';
import type { FittedSeries } from '../../src/domain/forecast.ts';
import type { StoredFleet } from '../../src/domain/ports.ts';
import { endMs } from '../../src/domain/time-series.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { MINUTE_MS, shopLoad } from '../forecast/made-series.ts';
import { template } from '../observe/fixtures.ts';
import { refOf, specOf } from '../pipeline/facts.ts';

const history = shopLoad(20, 1440, 0.1);
const nowMs = endMs(history);
const never = new AbortController().signal;
const model = (trainedThroughMs: number): SharedModel => ({ trainedThroughMs, parameters: {} });
const shipped: FleetModel = { experts: { 'global-lstm': model(Number.NEGATIVE_INFINITY) } };

interface Given {
  readonly experts?: readonly string[];
  readonly stored?: StoredFleet;
  readonly fitFleet?: (request: FleetRequest) => Promise<FleetFit>;
}

function stage({ experts = ['boosted-trees', 'global-lstm'], stored = { kind: 'none' }, fitFleet }: Given) {
  const names = ['web', 'cart', 'weekly'];
  const book: Book = new Map(
    names.map((name) => {
      const entry = newEntry({ ...specOf(name, { signals: { requests: template } }), startUpMs: 4 * MINUTE_MS });
      entry.series.set('requests', history);
      return [workloadKey(refOf(name)), entry];
    }),
  );
  const odd = book.get(workloadKey(refOf('weekly')))!;
  odd.spec = { ...odd.spec, seasonsMs: [7 * 1440 * MINUTE_MS] };
  const [asked, told, saved]: [FleetRequest[], string[], FleetModel[]] = [[], [], []];
  const say = (message: string, { error }: { error?: unknown } = {}) =>
    void told.push(error instanceof Error ? `${message}: ${error.message}` : message);
  const metrics = createMetrics();
  const world = {
    now: () => nowMs,
    metrics,
    log: { debug: () => {}, info: say, warn: say, error: say },
    shippedFleet: () => Promise.resolve(shipped),
    models: {
      loadFleet: () => Promise.resolve(stored),
      saveFleet: async (fleet: FleetModel) => void saved.push(fleet),
    },
    trainer: {
      fitFleet: (request: FleetRequest) => {
        asked.push(request);
        return fitFleet!(request);
      },
    },
  } as unknown as World;
  const forecast = { seed: 3, experts, candidates: ['aggregate'] };
  const loop = { book, settings: { forecast } } as unknown as LoopState;
  const count = async (expert: string, result: string) =>
    (await metrics.fleet_fits_total.get()).values.find(
      ({ labels }) => labels['expert'] === expert && labels['result'] === result,
    )?.value ?? 0;
  return { world, loop, book, asked, told, saved, count };
}

const learned: FleetFit = {
  fleet: { experts: { 'boosted-trees': model(nowMs), 'global-lstm': model(5) } },
  notes: [
    { expert: 'boosted-trees', learned: true, message: 'learned from 2 of 2 workloads' },
    { expert: 'global-lstm', learned: false, message: 'the backend is gone' },
  ],
};

describe('the fleet of a daemon', () => {
  it('is what was learned here over what is shipped', async () => {
    const stored = { kind: 'loaded', fleet: { experts: { 'boosted-trees': model(7000) } } } as const;
    const { world, loop } = stage({ stored });
    await loadFleet(world, loop);
    assert.deepEqual(loop.fleet, { experts: { ...shipped.experts, ...stored.fleet.experts } });
    const ages = (await world.metrics.fleet_trained_timestamp_seconds.get()).values;
    assert.deepEqual(ages, [{ labels: { expert: 'boosted-trees' }, value: 7 }]);
  });

  it('shows its trainings from the start, so that the first that fails is an increase', async () => {
    const { world, loop } = stage({});
    await loadFleet(world, loop);
    const counts = (await world.metrics.fleet_fits_total.get()).values;
    assert.deepEqual(
      counts.map(({ labels, value }) => [labels['expert'], labels['result'], value]),
      ['boosted-trees', 'global-lstm'].flatMap((expert) => ['ok', 'failed'].map((result) => [expert, result, 0])),
    );
  });

  it('is what is shipped where the stored one is damaged: counted and logged with the reason', async () => {
    const { world, loop, told } = stage({ stored: { kind: 'set-aside', message: 'checksum' } });
    await loadFleet(world, loop);
    assert.equal(loop.fleet?.experts['global-lstm'], shipped.experts['global-lstm']);
    assert.deepEqual(told, ['stored fleet set aside: checksum']);
    assert.equal((await world.metrics.models_set_aside_total.get()).values[0]!.value, 1);
  });

  it('is not looked for, nor learned, where no setting names an expert that needs it', async () => {
    const { world, loop, asked } = stage({ experts: ['regression'], fitFleet: () => Promise.resolve(learned) });
    await loadFleet(world, loop);
    await learnFleet(world, loop, never);
    assert.equal(loop.fleet, undefined);
    assert.deepEqual(asked, []);
  });

  it('is learned from the newest 14 days of all workloads of the commonest seasons, on what served before', async () => {
    const { world, loop, asked } = stage({ fitFleet: () => Promise.resolve(learned) });
    loop.fleet = shipped;
    await learnFleet(world, loop, never);
    const [{ histories, ...request }] = asked as [FleetRequest];
    assert.deepEqual(
      histories.map(({ id, series }) => [id, series.values.length, endMs(series)]),
      ['cart', 'web'].map((name) => [`shop/Deployment/${name}`, 14 * 1440, nowMs]),
    );
    assert.deepEqual(request, {
      experts: ['boosted-trees', 'global-lstm'],
      seasonLengths: [1440, 10_080],
      horizonSteps: 15,
      seed: 3,
      before: shipped,
    });
  });

  it('is learned from workloads without any season where most have none, an hour ahead for a start of half an hour', async () => {
    const { world, loop, book, asked } = stage({ fitFleet: () => Promise.resolve(learned) });
    for (const entry of book.values()) entry.spec = { ...entry.spec, seasonsMs: [], startUpMs: 30 * MINUTE_MS };
    await learnFleet(world, loop, never);
    assert.deepEqual(
      asked.map(({ seasonLengths, horizonSteps, histories }) => [seasonLengths, horizonSteps, histories.length]),
      [[[], 60, 3]],
    );
  });

  it('serves as learned where it cannot be stored: told, and no training counts as failed', async () => {
    const { world, loop, told, count } = stage({ fitFleet: () => Promise.resolve(learned) });
    world.models.saveFleet = () => Promise.reject(new Error('no space left'));
    await learnFleet(world, loop, never);
    assert.equal(loop.fleet, learned.fleet);
    assert.equal(told.at(-1), 'the fleet was learned but cannot be stored: no space left');
    assert.deepEqual([await count('boosted-trees', 'ok'), await count('boosted-trees', 'failed')], [1, 0]);
  });

  it('takes effect at once: every forecaster is started anew on it, and it is stored', async () => {
    const { world, loop, book, saved, told, count } = stage({ fitFleet: () => Promise.resolve(learned) });
    const entry = book.get(workloadKey(refOf('web')))!;
    entry.fitted = { acting: 'aggregate', fleet: shipped } as unknown as FittedSeries;
    entry.following = { throughMs: nowMs } as NonNullable<typeof entry.following>;
    await learnFleet(world, loop, never);
    assert.equal(entry.fitted.fleet, learned.fleet);
    assert.equal(entry.following, undefined);
    assert.deepEqual(saved, [learned.fleet]);
    assert.deepEqual(told, [
      'the fleet is learned from 2 workloads',
      'boosted-trees of the fleet: learned from 2 of 2 workloads',
      'global-lstm of the fleet was not learned; what served before goes on: the backend is gone',
    ]);
    assert.deepEqual([await count('boosted-trees', 'ok'), await count('global-lstm', 'failed')], [1, 1]);
  });

  it('stays what it was when the training is lost: logged, counted for each expert, nothing stored', async () => {
    const { world, loop, saved, told, count } = stage({ fitFleet: () => Promise.reject(new Error('out of memory')) });
    loop.fleet = shipped;
    await learnFleet(world, loop, never);
    assert.equal(loop.fleet, shipped);
    assert.deepEqual(saved, []);
    assert.equal(told.at(-1), 'the fleet was not learned; what served before goes on: out of memory');
    assert.equal(await count('boosted-trees', 'failed'), 1);
  });

  it('is silent about a training that ended because the daemon ends', async () => {
    const stop = new AbortController();
    const fitFleet = () => {
      stop.abort();
      return Promise.reject(new Error('it was aborted'));
    };
    const { world, loop, told } = stage({ fitFleet });
    await learnFleet(world, loop, stop.signal);
    assert.deepEqual(told, ['the fleet is learned from 2 workloads']);
  });

  it('is not begun behind a refit that was ended', async () => {
    const { world, loop, told, asked } = stage({ fitFleet: () => Promise.resolve(learned) });
    await learnFleet(world, loop, AbortSignal.abort());
    assert.deepEqual([told, asked], [[], []]);
  });
});
