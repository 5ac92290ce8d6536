import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, it } from 'mocha';
import type { BackendChoice } from '../../../src/adapters/tensorflow/choose-backend.ts';
import { createTrainer, type TrainerOptions } from '../../../src/app/training/trainer.ts';
import { type FitRequest, forecasterNames } from '../../../src/domain/forecast.ts';
import { cut, shopLoad } from '../../forecast/made-series.ts';

const load = shopLoad(21, 24, 0.1);

function requestFor(id: string, changes: Partial<FitRequest> = {}): FitRequest {
  return {
    id,
    history: load,
    seasonLengths: [24, 168],
    levels: [0.5, 0.9],
    horizonSteps: 3,
    seed: 1,
    candidates: forecasterNames,
    ...changes,
  };
}

describe('trainer', () => {
  let trainer: ReturnType<typeof createTrainer>;
  let said: string[];

  function open(changes: Partial<TrainerOptions> = {}): typeof trainer {
    said = [];
    trainer = createTrainer({
      workers: 1,
      timeoutMs: 120_000,
      backend: 'wasm',
      log: (level, message) => said.push(`${level}: ${message}`),
      ...changes,
    });
    return trainer;
  }

  /** A trainer whose workers misbehave as the id of a request says. */
  function openMisbehaving(changes: Partial<TrainerOptions> = {}): typeof trainer {
    return open({ program: new URL('./misbehaving-worker.ts', import.meta.url), ...changes });
  }

  afterEach(() => trainer.close());

  it('fits all forecasters of a series in a worker, equal on 1 and on 2 workers, and never blocks for a quarter of the time', async () => {
    const startedMs = performance.now();
    let [last, gap] = [startedMs, 0];
    const pulse = setInterval(() => {
      gap = Math.max(gap, performance.now() - last);
      last = performance.now();
    }, 5);
    const one = await open().fit(requestFor('shop'));
    await trainer.close();
    open({ workers: 2 });
    const [two] = await Promise.all(['shop', 'other'].map((id) => trainer.fit(requestFor(id))));
    clearInterval(pulse);
    const fittingMs = last - startedMs;
    assert.deepEqual(two, one);
    assert.deepEqual(Object.keys(one.models).sort(), [...forecasterNames].sort());
    assert.ok(4 * gap < fittingMs, `${gap.toFixed(0)} of ${fittingMs.toFixed(0)} ms`);
  });

  it('announces its backend once, however many fits there are', async () => {
    const cheap = { candidates: ['seasonal-naive'] as const };
    open({ workers: 2 });
    await Promise.all([1, 2, 3].map((i) => trainer.fit(requestFor(`s${i}`, cheap))));
    assert.deepEqual(said, ['info: training backend: wasm, as configured']);
  });

  it('begins no fit that was stopped, or whose trainer was closed, while the backend was chosen', async () => {
    const chosen = Promise.withResolvers<BackendChoice>();
    const asked = Promise.withResolvers<void>();
    const stop = new AbortController();
    const choose = () => {
      asked.resolve();
      return chosen.promise;
    };
    openMisbehaving({ workers: 2, choose });
    const stopped = assert.rejects(trainer.fit(requestFor('hang always'), stop.signal), { name: 'AbortError' });
    const closed = assert.rejects(trainer.fit(requestFor('die always')), /die always: training was closed/);
    await asked.promise;
    stop.abort();
    await trainer.close();
    chosen.resolve({ backend: 'wasm', message: '' });
    await Promise.all([stopped, closed]);
  });

  it('rejects with the name of the series when there is nothing to learn from', async () => {
    const empty = { ...load, values: new Float64Array(50).fill(Number.NaN) };
    await assert.rejects(open().fit(requestFor('shop/x', { history: empty })), /shop\/x: nothing to learn from/);
  });

  it('ends a worker that hangs after 300 ms and fits once more without networks', async () => {
    const fitted = await openMisbehaving({ timeoutMs: 300 }).fit(requestFor('hang on networks'));
    assert.equal(fitted.verdict, 'seasonal-naive holt-winters arima aggregate');
    assert.deepEqual(said.slice(1), [
      'warn: fit of hang on networks: it did not end within 300 ms; once more without lstm and hybrid',
    ]);
  });

  it('gives up on a series that hangs again, and goes on with the next one', async () => {
    const hung = openMisbehaving({ timeoutMs: 300 }).fit(requestFor('hang always'));
    const next = trainer.fit(requestFor('good'));
    await assert.rejects(hung, /fit of hang always failed: it did not end within 300 ms/);
    assert.equal((await next).verdict, forecasterNames.join(' '));
  });

  it('replaces a worker that dies, and says how it ended when it dies again', async () => {
    openMisbehaving();
    assert.equal(
      (await trainer.fit(requestFor('die on networks'))).verdict,
      'seasonal-naive holt-winters arima aggregate',
    );
    await assert.rejects(
      trainer.fit(requestFor('die always')),
      /fit of die always failed: its worker ended with code 7/,
    );
    await assert.rejects(
      trainer.fit(requestFor('throw', { candidates: ['arima'] })),
      /fit of throw failed: its worker died: out of luck/,
    );
    assert.equal((await trainer.fit(requestFor('good'))).verdict, forecasterNames.join(' '));
  });

  it('hands a failure of the fit on and keeps the worker', async () => {
    await assert.rejects(openMisbehaving().fit(requestFor('fail')), /^Error: fail: no data$/);
    assert.equal((await trainer.fit(requestFor('good'))).trainedThroughMs, load.values.length);
  });

  it('stops a running fit that would never end when it is aborted, and one that waits when its turn comes', async () => {
    openMisbehaving();
    const controller = new AbortController();
    const running = trainer.fit(requestFor('hang always'), controller.signal);
    const waiting = trainer.fit(requestFor('good'), controller.signal);
    await sleep(150);
    controller.abort(new Error('stopping'));
    await assert.rejects(running, /stopping/);
    await assert.rejects(waiting, /stopping/);
  });

  it('close ends a hanging fit with a reason and takes no more', async () => {
    const hung = openMisbehaving().fit(requestFor('hang always'));
    const settled = assert.rejects(hung, /fit of hang always failed/);
    await sleep(150);
    await trainer.close();
    await settled;
    await assert.rejects(trainer.fit(requestFor('good')), /good: training was closed/);
  });

  it('ends idle workers and opens new ones when they are needed again', async () => {
    openMisbehaving({ idleMs: 20 });
    for (let i = 0; i < 2; i++) {
      await trainer.fit(requestFor('good'));
      await sleep(120);
    }
    assert.equal((await trainer.fit(requestFor('good'))).trainedThroughMs, load.values.length);
  });

  it('queues 20 fits on 2 workers and answers each with its own series', async () => {
    openMisbehaving({ workers: 2 });
    const lengths = Array.from({ length: 20 }, (_, i) => 100 + i);
    const fitted = await Promise.all(lengths.map((n) => trainer.fit(requestFor(`s${n}`, { history: cut(load, n) }))));
    assert.deepEqual(
      fitted.map((f) => f.trainedThroughMs),
      lengths,
    );
  });
});
