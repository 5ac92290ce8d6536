/** Fits of single workloads while the fleet is learned. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { constants, getPriority, platform } from 'node:os';
import { afterEach, describe, it } from 'mocha';
import { createTrainerWithFleetApart } from '../../../src/app/training/fleet-apart.ts';
import type { TrainerOptions } from '../../../src/app/training/trainer.ts';
import type { FleetRequest } from '../../../src/domain/fleet.ts';
import type { FitRequest } from '../../../src/domain/forecast.ts';
import { shopLoad } from '../../forecast/made-series.ts';
import { waitUntil } from '../../rig/rig.ts';

const DAY = 96;
const load = shopLoad(10, DAY, 0.1);
const program = new URL('./misbehaving-worker.ts', import.meta.url);
const fitRequest: FitRequest = {
  id: 'young',
  history: load,
  seasonLengths: [DAY],
  levels: [0.5, 0.9],
  horizonSteps: 4,
  seed: 1,
  candidates: ['seasonal-naive', 'holt-winters'],
};
const fleetRequest = (id: string): FleetRequest => ({
  experts: ['boosted-trees'],
  histories: [{ id, series: load }],
  seasonLengths: [DAY],
  horizonSteps: 4,
  seed: 1,
});

/** Lowered priorities of the threads of this process, as the kernel knows them. */
async function loweredThreads(): Promise<readonly number[]> {
  const tasks = await readdir('/proc/self/task');
  const stats = await Promise.all(tasks.map((id) => readFile(`/proc/self/task/${id}/stat`, 'utf8').catch(() => '')));
  // Field 19 of proc_pid_stat(5), counted behind the name, which may hold spaces.
  const nices = stats.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
  return nices.filter((nice) => nice > getPriority());
}

describe('training with the fleet apart', () => {
  let trainer: ReturnType<typeof createTrainerWithFleetApart>;
  const open = (changes: Partial<TrainerOptions> = {}) => {
    trainer = createTrainerWithFleetApart({
      workers: 1,
      timeoutMs: 120_000,
      backend: 'wasm',
      log: () => {},
      ...changes,
    });
    return trainer;
  };
  afterEach(() => trainer.close());

  it('fits a workload on the one worker there is, while a training of the fleet never ends', async () => {
    const stop = new AbortController();
    const training = open({ program }).fitFleet(fleetRequest('hang always'), stop.signal);
    const ended = assert.rejects(training, { name: 'AbortError' });
    assert.equal((await trainer.fit(fitRequest)).trainedThroughMs, load.values.length);
    stop.abort();
    await ended;
  });

  it('trains one fleet at a time: the second finds a worker when the first was given up', async () => {
    const stop = new AbortController();
    const first = assert.rejects(open({ program }).fitFleet(fleetRequest('hang always'), stop.signal));
    const second = trainer.fitFleet(fleetRequest('well'));
    stop.abort();
    await first;
    assert.deepEqual((await second).notes, [{ expert: 'boosted-trees', learned: true, message: 'well' }]);
  });

  it('chooses the backend of both once, so that both train by the same one', async () => {
    const said: string[] = [];
    open({ program, log: (_, message) => said.push(message) });
    await trainer.fit(fitRequest);
    await trainer.fitFleet(fleetRequest('well'));
    assert.deepEqual(said, ['training backend: wasm, as configured']);
  });

  it('ends both with their reason when it is closed', async () => {
    open({ program });
    await trainer.close();
    await assert.rejects(trainer.fit(fitRequest), /young: training was closed/);
    await assert.rejects(trainer.fitFleet(fleetRequest('well')), /fleet: training was closed/);
  });

  (platform() === 'linux' && getPriority() < constants.priority.PRIORITY_LOW ? it : it.skip)(
    'learns the fleet in a thread of lower priority than all others (Linux, and not where there is no lower one)',
    async () => {
      const before = await loweredThreads();
      await open().fit(fitRequest);
      assert.deepEqual(await loweredThreads(), before);
      const training = trainer.fitFleet(fleetRequest('shop'));
      await waitUntil('a thread that yields', async () => (await loweredThreads()).length > before.length, {
        timeoutMs: 120_000,
      });
      const { notes } = await training;
      assert.equal(notes[0]!.learned, true);
    },
  );
});
