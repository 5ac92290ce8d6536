/** A trainer, a backend or a stored model that is of no use: what acted before or something simpler forecasts, with a reason. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createModelStore } from '../../src/adapters/model-store/store.ts';
import { type Book, type Entry, loadOf, newEntry } from '../../src/app/book.ts';
import { follow } from '../../src/app/follow.ts';
import { adopt, fitDue, loadModels } from '../../src/app/refit.ts';
import { createTrainer } from '../../src/app/training/trainer.ts';
import type { LoopState, World } from '../../src/app/world.ts';
import type { FitRequest, FittedSeries, Trainer } from '../../src/domain/forecast.ts';
import { endMs } from '../../src/domain/time-series.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { fitSeries } from '../../src/forecast/fit.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { enginesWith, idleLstm } from '../forecast/engines.ts';
import { shopLoad } from '../forecast/made-series.ts';
import { template } from '../observe/fixtures.ts';
import { specOf } from '../pipeline/facts.ts';
import { requestOf, usable } from './support.ts';

const history = shopLoad(7, 96, 0.05);
const nowMs = endMs(history);
const key = workloadKey(specOf('web').ref);
const cheap = { candidates: ['seasonal-naive', 'holt-winters'] as const };

const working: Trainer = { fit: (request) => fitSeries({ ...request, ...cheap }, enginesWith(idleLstm)) };

interface Stage {
  readonly world: World;
  readonly loop: LoopState;
  readonly entry: Entry;
  readonly told: string[];
  readonly failures: () => Promise<number>;
}

/** A daemon between two rounds, as far as fits and models go. */
function stage(trainer: Trainer, folder: string): Stage {
  const entry = newEntry(specOf('web', { signals: { requests: template } }));
  entry.series.set('requests', history);
  const book: Book = new Map([[key, entry]]);
  const told: string[] = [];
  const say = (message: string, { error }: { error?: unknown } = {}) =>
    void told.push(error instanceof Error ? `${message}: ${error.message}` : message);
  const metrics = createMetrics();
  const log = { debug: () => {}, info: () => {}, warn: say, error: say };
  const world = { now: () => nowMs, log, metrics, trainer, models: createModelStore(folder) } as unknown as World;
  const settings = { forecast: { seed: 1, ...cheap }, loopMs: 60_000, decide: { holdMs: 0 } };
  const failures = async () =>
    (await metrics.fits_total.get()).values.find(({ labels }) => labels['result'] === 'failed')?.value ?? 0;
  return { world, loop: { book, settings } as unknown as LoopState, entry, told, failures };
}

const never = new AbortController().signal;

describe('bad trainers, backends and models', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-bad-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A fitted series of the entry's own source. */
  async function fittedFor(entry: Entry): Promise<FittedSeries> {
    return { ...(await working.fit(requestOf(history))), source: loadOf(entry)!.source };
  }

  for (const [what, message] of [
    ['hangs', 'fit of web failed: it did not end within 300 ms'],
    ['dies', 'fit of web failed: its worker ended with code 7'],
  ] as const) {
    it(`a worker that ${what} for good: what acted before goes on forecasting, counted and logged`, async () => {
      const { world, loop, entry, told, failures } = stage({ fit: () => Promise.reject(new Error(message)) }, folder);
      const half = history.startMs + (endMs(history) - history.startMs) / 2;
      adopt(entry, { ...(await fittedFor(entry)), trainedThroughMs: half }, loop);
      const before = entry.fitted;
      await fitDue(world, loop, never);
      assert.equal(entry.fitted, before);
      assert.equal(await failures(), 1);
      assert.deepEqual(told, [`fit failed; what acted before goes on: ${message}`]);
      follow(entry, nowMs);
      usable(entry.following!.forecaster, 4);
    });
  }

  it('a worker that hangs on networks only: fitted again without them, within twice the time limit', async () => {
    const said: string[] = [];
    const trainer = createTrainer({
      workers: 1,
      timeoutMs: 3_000,
      backend: 'wasm',
      log: (_, message) => said.push(message),
      program: new URL('../app/training/misbehaving-worker.ts', import.meta.url),
    });
    const { verdict } = await trainer.fit({ ...requestOf(history), id: 'hang on networks' } satisfies FitRequest);
    await trainer.close();
    assert.doesNotMatch(verdict, /lstm|hybrid/);
    assert.match(said.at(-1)!, /it did not end within 3000 ms; once more without/);
  });

  it('bad histories through a real worker: the same models, verdicts and reasons as without one', async () => {
    const trainer = createTrainer({ workers: 1, timeoutMs: 120_000, backend: 'wasm', log: () => {} });
    const short = { ...history, values: history.values.slice(0, 3) };
    const spiked = { ...history, values: history.values.map((y, t) => (t === 300 ? 1e6 * y : y)) };
    const holed = { ...history, values: history.values.map((y, t) => (t % 2 ? Number.NaN : y)) };
    const flat = { ...history, values: history.values.map(() => 0) };
    const candidates = ['seasonal-naive', 'holt-winters', 'arima'] as const;
    try {
      for (const bad of [short, spiked, holed, flat]) {
        const request = requestOf(bad, { candidates });
        assert.deepEqual(await trainer.fit(request), await fitSeries(request, enginesWith(idleLstm)));
      }
      const empty = { ...history, values: history.values.map(() => Number.NaN) };
      await assert.rejects(trainer.fit(requestOf(empty)), /shop\/Deployment\/checkout: nothing to learn from/);
    } finally {
      await trainer.close();
    }
  });

  it('no model at all and a trainer that is away: no forecast, no exception, and a retry after 10 minutes', async () => {
    const { world, loop, entry, failures } = stage({ fit: () => Promise.reject(new Error('away')) }, folder);
    for (const atMs of [nowMs, nowMs + 60_000, nowMs + 660_000]) {
      Object.assign(world, { now: () => atMs });
      await fitDue(world, loop, never);
      follow(entry, atMs);
      assert.equal(entry.following, undefined);
    }
    assert.equal(await failures(), 2);
  });

  it('a fit that waits 11 minutes for a worker: asked for once, and again after it failed', async () => {
    const asked: ((error: Error) => void)[] = [];
    const fit = () => new Promise<never>((_, reject) => asked.push(reject));
    const { world, loop, failures } = stage({ fit }, folder);
    const first = fitDue(world, loop, never);
    await setImmediate();
    for (const minutes of [11, 22]) {
      Object.assign(world, { now: () => nowMs + minutes * 60_000 });
      await fitDue(world, loop, never);
    }
    assert.equal(asked.length, 1);
    asked[0]!(new Error('away'));
    await first;
    const second = fitDue(world, loop, never);
    await setImmediate();
    assert.deepEqual([asked.length, await failures()], [2, 1]);
    asked[1]!(new Error('away'));
    await second;
  });

  it('a model that cannot be stored: it acts all the same, told, and no fit counts as failed', async () => {
    const { world, loop, entry, told, failures } = stage(working, folder);
    Object.assign(world, { models: { ...world.models, save: () => Promise.reject(new Error('no space left')) } });
    await fitDue(world, loop, never);
    follow(entry, nowMs);
    usable(entry.following!.forecaster, 4);
    assert.deepEqual(told, ['the model was fitted but cannot be stored: no space left']);
    assert.equal(await failures(), 0);
  });

  it('a stored model of another version: set aside with the reason, and fitted anew at once', async () => {
    const { world, loop, entry, told } = stage(working, folder);
    await world.models.save(key, await fittedFor(entry));
    const manifest = join(folder, readdirSync(folder)[0]!, 'manifest.json');
    const now = JSON.parse(readFileSync(manifest, 'utf8')) as { version: number };
    writeFileSync(manifest, JSON.stringify({ ...now, version: now.version + 1 }));
    await loadModels(world, loop);
    assert.equal(entry.fitted, undefined);
    assert.match(told[0]!, /^stored model set aside: .*version: expected \d+, found \d+/);
    await fitDue(world, loop, never);
    follow(entry, nowMs);
    usable(entry.following!.forecaster, 4);
  });

  it('a stored model of another step or another query: not used, and fitted anew', async () => {
    for (const foreign of [{ stepMs: 60_000 }, { source: 'cpu-0123456789ab' }]) {
      const { world, loop, entry } = stage(working, folder);
      adopt(entry, { ...(await fittedFor(entry)), ...foreign }, loop);
      follow(entry, nowMs);
      assert.equal(entry.fitted, undefined);
      await fitDue(world, loop, never);
      follow(entry, nowMs);
      usable(entry.following!.forecaster, 4);
    }
  });
});
