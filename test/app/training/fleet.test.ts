/** What the fleet shares, learned in real worker threads; and series that are a fleet of their own. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { withOwnFleet } from '../../../src/app/training/own-fleet.ts';
import { createTrainer, type TrainerOptions } from '../../../src/app/training/trainer.ts';
import type { FleetModel, FleetRequest, FleetTrainer } from '../../../src/domain/fleet.ts';
import type { FitRequest, Mark } from '../../../src/domain/forecast.ts';
import { endMs } from '../../../src/domain/time-series.ts';
import { cut, shopLoad } from '../../forecast/made-series.ts';

const DAY = 96;
const load = shopLoad(10, DAY, 0.1);
const fleetRequest: FleetRequest = {
  experts: ['boosted-trees'],
  histories: [{ id: 'shop', series: load }],
  seasonLengths: [DAY, 7 * DAY],
  horizonSteps: 4,
  seed: 1,
};
const fitRequest: FitRequest = {
  id: 'shop',
  history: cut(load, 8 * DAY),
  seasonLengths: [DAY, 7 * DAY],
  levels: [0.5, 0.9],
  horizonSteps: 4,
  seed: 1,
  candidates: ['seasonal-naive', 'holt-winters', 'aggregate'],
  experts: ['regression', 'boosted-trees'],
};

describe('training of a fleet', () => {
  let trainer: ReturnType<typeof createTrainer>;
  const open = (changes: Partial<TrainerOptions> = {}) => {
    trainer = createTrainer({ workers: 1, timeoutMs: 120_000, backend: 'wasm', log: () => {}, ...changes });
    return trainer;
  };
  afterEach(() => trainer.close());

  it('runs in a worker, and what it gives is no other for having travelled', async () => {
    const [one, two] = [await open().fitFleet(fleetRequest), await trainer.fitFleet(fleetRequest)];
    assert.deepEqual(one, two);
    assert.deepEqual(
      one.notes.map(({ message }) => message),
      ['learned from 1 of 1 workloads'],
    );
    assert.equal(one.fleet.experts['boosted-trees']!.trainedThroughMs, endMs(load));
  });

  describe('whose worker dies', () => {
    const program = new URL('./misbehaving-worker.ts', import.meta.url);

    it('rejects, and the next fit finds another worker', async () => {
      open({ program });
      const histories = [{ id: 'die always', series: load }];
      await assert.rejects(
        trainer.fitFleet({ ...fleetRequest, histories }),
        /training of the fleet failed: its worker ended with code 7/,
      );
      assert.equal((await trainer.fit({ ...fitRequest, id: 'well' })).trainedThroughMs, 8 * DAY);
    });

    it('is tried once more without the networks, which are said to be lost', async () => {
      const told: string[] = [];
      open({ program, log: (level, message) => void (level === 'warn' && told.push(message)) });
      const { notes } = await trainer.fitFleet({ ...fleetRequest, experts: ['boosted-trees', 'global-lstm'] });
      assert.deepEqual(notes, [
        { expert: 'boosted-trees', learned: true, message: 'well' },
        { expert: 'global-lstm', learned: false, message: 'its worker ended with code 7' },
      ]);
      assert.deepEqual(told, ['training of the fleet: its worker ended with code 7; once more without global-lstm']);
    });

    it('rejects at once where there are only networks to learn', async () => {
      open({ program });
      await assert.rejects(trainer.fitFleet({ ...fleetRequest, experts: ['global-lstm'] }), /ended with code 7/);
    });
  });

  it('knows each doubt about a sample on the other side: what is doubted is not learned from', async () => {
    const doubted = load.values.map((y, i) => (i % DAY < 8 ? 9 * y : y));
    const marks = Array.from(doubted, (_, i): Mark => (i % DAY < 8 ? 'excluded' : 'ok'));
    const histories = [{ id: 'shop', series: { ...load, values: doubted } }];
    const plain = await open().fitFleet({ ...fleetRequest, histories });
    const marked = await trainer.fitFleet({ ...fleetRequest, histories: [{ ...histories[0]!, marks }] });
    assert.notDeepEqual(plain.fleet.experts, marked.fleet.experts);
  });

  it('rejects as aborted, and after the trainer was closed', async () => {
    await assert.rejects(open().fitFleet(fleetRequest, AbortSignal.abort()), { name: 'AbortError' });
    await trainer.close();
    await assert.rejects(trainer.fitFleet(fleetRequest), /fleet: training was closed/);
  });

  it('a fitted series holds the very fleet that it was asked to stand on, not a copy', async () => {
    const { fleet } = await open().fitFleet(fleetRequest);
    assert.equal((await trainer.fit({ ...fitRequest, fleet })).fleet, fleet);
  });

  describe('of one series', () => {
    const none: FleetModel = { experts: {} };
    const throughOf = (fleet?: FleetModel) => fleet?.experts['boosted-trees']?.trainedThroughMs;

    it('learns behind each fit, through what was known by then, and judges the next fit on it', async () => {
      const own = withOwnFleet(open(), assert.fail, assert.fail);
      const first = await own.fit(fitRequest);
      assert.equal(throughOf(first.fleet), endMs(fitRequest.history));
      assert.ok(!String(first.models.aggregate!.parameters['experts']).includes('boosted-trees'));
      const history = cut(load, 9 * DAY);
      const second = await own.fit({ ...fitRequest, history, previous: first });
      assert.equal(throughOf(second.fleet), endMs(history));
      assert.ok(String(second.models.aggregate!.parameters['experts']).includes('boosted-trees'));
    });

    it('keeps a fit where the fleet behind it is lost, on what served before, and says so', async () => {
      const said: string[] = [];
      const lost: FleetTrainer = { fitFleet: () => Promise.reject(new Error('out of memory')) };
      const own = withOwnFleet({ fit: open().fit, ...lost }, assert.fail, (message) => said.push(message));
      const fitted = await own.fit(fitRequest);
      assert.deepEqual(fitted.fleet, none);
      assert.deepEqual(said, ['shop: out of memory; what served before goes on']);
      const silent = withOwnFleet(trainer, assert.fail, (message) => said.push(message));
      const still = { ...load, values: load.values.map(() => 7) };
      await silent.fit({ ...fitRequest, history: still });
      assert.match(said[1]!, /^shop: boosted-trees was not learned: the load does not move/);
    });

    it('learns nothing where no expert needs it, and reads the shipped networks once where one does', async () => {
      let read = 0;
      const shipped = () => {
        read += 1;
        return Promise.resolve(none);
      };
      const own = withOwnFleet(open(), shipped, assert.fail);
      assert.deepEqual((await own.fit({ ...fitRequest, experts: ['regression'] })).fleet, none);
      assert.equal(read, 0);
      await own.fit({ ...fitRequest, experts: ['global-lstm'] });
      await own.fit({ ...fitRequest, experts: ['patch-mixer'] });
      assert.equal(read, 1);
    });
  });
});
