/** What the daemon gives a young workload of the history of another one, when, and what it says of it. */
import assert from 'node:assert/strict';
import { type Book, type Entry, loadOf, newEntry } from '../../src/app/book.ts';
import { borrowFor, mayBeginToBorrow } from '../../src/app/borrow.ts';
import { follow } from '../../src/app/follow.ts';
import { fitDue } from '../../src/app/refit.ts';
import type { LoopState, World } from '../../src/app/world.ts';
import type { FitRequest } from '../../src/domain/forecast.ts';
import type { LoadAnswer } from '../../src/domain/ports.ts';
import { sinceFirstSample, type TimeSeries } from '../../src/domain/time-series.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { fitAndReplay } from '../../src/pipeline/fit.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { enginesWith, idleLstm } from '../forecast/engines.ts';
import { MINUTE_MS, normal } from '../forecast/made-series.ts';
import { template } from '../observe/fixtures.ts';
import { day, hour, refOf, specOf } from '../pipeline/facts.ts';

const STEP_MS = 5 * MINUTE_MS;
const WINDOW = (21 * day) / STEP_MS;
const startMs = Date.UTC(2026, 0, 1);
const never = new AbortController().signal;

function load(seed: number, level: number): Float64Array {
  const noise = normal(seed);
  return Float64Array.from({ length: WINDOW }, (_, t) => {
    return level * (1 - 0.6 * Math.cos((2 * Math.PI * t * STEP_MS) / day)) * Math.exp(0.05 * noise());
  });
}

/** The window of a workload that began so long before its end: the steps before are missing, as the source gives them. */
function youngSeries(ageMs: number): TimeSeries {
  const values = load(2, 37);
  values.fill(Number.NaN, 0, WINDOW - Math.round(ageMs / STEP_MS));
  return { startMs, stepMs: STEP_MS, values };
}

interface Given {
  readonly ageMs: number;
  readonly donor?: 'followed' | 'gone' | 'without samples';
  /** What the source answers for one that is not followed. */
  readonly answer?: LoadAnswer;
}

function stage({ ageMs, donor = 'followed', answer }: Given) {
  const green = newEntry(specOf('green', { signals: { requests: template }, like: refOf('blue') }));
  const book: Book = new Map([[workloadKey(refOf('green')), green]]);
  if (donor !== 'gone') {
    const blue = newEntry(specOf('blue', { signals: { requests: template } }));
    if (donor === 'followed') blue.series.set('requests', { startMs, stepMs: STEP_MS, values: load(1, 100) });
    book.set(workloadKey(refOf('blue')), blue);
  }
  const [told, requests, asked]: [string[], FitRequest[], string[]] = [[], [], []];
  const log = {
    debug() {},
    info: (message: string) => void told.push(message),
    warn: (message: string) => void told.push(message),
  };
  let nowMs = startMs + WINDOW * STEP_MS;
  const engines = enginesWith(idleLstm);
  const world = {
    now: () => nowMs,
    stop: never,
    log,
    metrics: createMetrics(),
    models: { save: async () => {} },
    trainer: {
      fit(request: FitRequest) {
        requests.push(request);
        return fitAndReplay(request, engines);
      },
    },
    source: {
      read: async (_: unknown, refs: readonly { readonly name: string }[]) => {
        asked.push(...refs.map(({ name }) => name));
        return answer;
      },
    },
  } as unknown as World;
  const forecast = {
    seed: 1,
    candidates: ['seasonal-naive', 'holt-winters', 'aggregate'],
    experts: ['persistence', 'day-shape'],
  };
  const settings = {
    forecast,
    stepMs: STEP_MS,
    loopMs: 30_000,
    decide: { holdMs: 0 },
    history: { windowMs: WINDOW * STEP_MS, maxGapShare: 0.2, staleAfterMs: hour },
  };
  const loop = { book, settings } as unknown as LoopState;
  green.series.set('requests', youngSeries(ageMs));
  const ask = () =>
    borrowFor(world, loop, green, { ...loadOf(green)!, series: sinceFirstSample(loadOf(green)!.series) });
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { world, loop, green, told, requests, asked, ask, advance };
}

/** Fits of the entry alone are asked for; the donor has a model already. */
function onlyGreen({ loop }: { readonly loop: LoopState }): void {
  for (const [key, entry] of loop.book) if (!key.endsWith('green')) entry.fitBegunMs = Number.POSITIVE_INFINITY;
}

describe('borrowFor', () => {
  it('gives 14 days of the donor at 0.37 of its level, and says so', async () => {
    const { ask, told } = stage({ ageMs: 3 * hour });
    const { from, ratio, pastMs, past, marks, record } = (await ask())!;
    assert.deepEqual([from, pastMs, record], ['shop/Deployment/blue', 14 * day, undefined]);
    assert.ok(Math.abs(ratio / 0.37 - 1) < 0.02, `${ratio}`);
    assert.equal(marks.length, past.values.length);
    assert.equal(told.length, 1);
    assert.match(
      told[0]!,
      /^history of shop\/Deployment\/blue stands for the past: 14\.0 d at 0\.3[67]\d? times its level, give or take \d %$/,
    );
  });

  it('gives nothing, and says nothing, where no donor is declared or both have less than two hours', async () => {
    const early = stage({ ageMs: 1.9 * hour });
    assert.equal(await early.ask(), undefined);
    const without = stage({ ageMs: 5 * hour });
    const { like: _, ...spec } = without.green.spec;
    without.green.spec = spec;
    assert.equal(await without.ask(), undefined);
    assert.deepEqual([early.told, without.told], [[], []]);
  });

  it('asks for no donor, and says nothing, before there is a sample of its own', async () => {
    const { ask, asked, told } = stage({ ageMs: 0, donor: 'gone' });
    assert.equal(await ask(), undefined);
    assert.deepEqual([asked, told], [[], []]);
  });

  it('goes on as without one, and says once, that the donor has no samples', async () => {
    const { ask, told } = stage({ ageMs: 5 * hour, donor: 'without samples' });
    assert.equal(await ask(), undefined);
    assert.equal(await ask(), undefined);
    assert.deepEqual(told, ['nothing is borrowed from shop/Deployment/blue: it has no samples of requests']);
  });

  it('asks the source for a donor that is not followed, as a Deployment of an earlier name', async () => {
    const values = [...load(1, 100)].slice(0, WINDOW - 60);
    const labels = { ns: 'shop', app: 'blue' };
    const timesMs = values.map((_, i) => startMs + (i + 1) * STEP_MS);
    const answer: LoadAnswer = { kind: 'answered', series: [{ labels, timesMs, values }], warnings: [], queries: 1 };
    const { ask, asked } = stage({ ageMs: 5 * hour, donor: 'gone', answer });
    const { ratio } = (await ask())!;
    assert.ok(Math.abs(ratio / 0.37 - 1) < 0.02, `${ratio}`);
    assert.deepEqual(asked, ['blue']);
  });

  it('says why when the source fails: that is not a donor without samples', async () => {
    const { ask, told } = stage({
      ageMs: 5 * hour,
      donor: 'gone',
      answer: { kind: 'failed', message: 'away', queries: 1 },
    });
    assert.equal(await ask(), undefined);
    assert.deepEqual(told, ['nothing is borrowed from shop/Deployment/blue: it cannot be read: away']);
  });

  it('ends with two weeks of own history, and at three days where it is not listened to', async () => {
    const grown = stage({ ageMs: 14 * day });
    assert.equal(await grown.ask(), undefined);
    assert.match(grown.told[0]!, /two weeks of its own are there$/);
    const tried = stage({ ageMs: 3 * day });
    onlyGreen(tried);
    await fitDue(tried.world, tried.loop, never);
    assert.equal(tried.requests[0]!.borrowed?.from, 'shop/Deployment/blue', 'one that was never fitted still may');
    follow(tried.green, tried.world.now());
    assert.equal(tried.green.following!.forecaster.status!().borrowed!.acting, false);
    assert.equal(await tried.ask(), undefined);
    assert.match(tried.told.at(-1)!, /its own history forecasts better$/);
  });

  it('ends where the own history fills a window of two days, which no workload outgrows', async () => {
    const { ask, loop, told } = stage({ ageMs: 1.95 * day });
    Object.assign(loop.settings.history, { windowMs: 2 * day });
    assert.equal(await ask(), undefined);
    assert.match(told[0]!, /its own history fills the window$/);
  });

  it('keeps the past that it has, when the donor cannot be read any more', async () => {
    const given = stage({ ageMs: 5 * hour });
    onlyGreen(given);
    await fitDue(given.world, given.loop, never);
    const { ratio } = given.requests[0]!.borrowed!;
    given.loop.book.get(workloadKey(refOf('blue')))!.series.clear();
    const borrowed = (await given.ask())!;
    assert.deepEqual([borrowed.ratio, borrowed.past.values.length], [ratio, 0]);
    assert.ok(!given.told.some((message) => message.startsWith('nothing is borrowed')));
    delete given.green.fitBegunMs;
    given.green.fitted = { ...given.green.fitted!, trainedThroughMs: 0 };
    await fitDue(given.world, given.loop, never);
    follow(given.green, given.world.now());
    assert.equal(given.green.following!.forecaster.status!().borrowed!.ratio, ratio);
  });

  it('hands on how the two have compared so far, and nothing of that to another donor', async () => {
    const given = stage({ ageMs: 5 * hour });
    const { ask, green, loop } = given;
    onlyGreen(given);
    await fitDue(given.world, loop, never);
    const record = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
    green.following = { forecaster: { status: () => ({ borrowed: { record } }) } as never, throughMs: 0 };
    assert.equal((await ask())!.record, record);
    loop.book.set(workloadKey(refOf('red')), loop.book.get(workloadKey(refOf('blue')))!);
    green.spec = { ...green.spec, like: refOf('red') };
    const other = (await ask())!;
    assert.deepEqual([other.from, other.record], ['shop/Deployment/red', undefined]);
  });

  it('leaves the past of another donor where the one that is declared now has none', async () => {
    const given = stage({ ageMs: 5 * hour });
    onlyGreen(given);
    await fitDue(given.world, given.loop, never);
    given.loop.book.set(workloadKey(refOf('red')), newEntry(specOf('red', { signals: { requests: template } })));
    given.green.spec = { ...given.green.spec, like: refOf('red') };
    assert.equal(await given.ask(), undefined);
    assert.equal(given.told.at(-1), 'nothing is borrowed from shop/Deployment/red: it has no samples of requests');
  });
});

describe('fits of a young workload', () => {
  it('begin with its first sample, not with the window', async () => {
    const given = stage({ ageMs: 5 * hour });
    onlyGreen(given);
    await fitDue(given.world, given.loop, never);
    const { history, marks, prior } = given.requests[0]!;
    assert.deepEqual([history.values.length, marks!.length], [60, 60]);
    assert.ok(prior, 'what the fleet has for the young');
  });

  it('are made anew when the history has doubled, also behind a restart', async () => {
    const given = stage({ ageMs: 5 * hour });
    onlyGreen(given);
    await fitDue(given.world, given.loop, never);
    for (const [ageMs, fits] of [
      [9.9 * hour, 1],
      [10 * hour, 2],
    ] as const) {
      delete given.green.fitBegunMs;
      given.green.series.set('requests', youngSeries(ageMs));
      const trained = given.requests[0]!.history.values.length * STEP_MS;
      const first = given.green.series.get('requests')!;
      given.green.fitted = { ...given.green.fitted!, trainedThroughMs: sinceFirstSample(first).startMs + trained };
      await fitDue(given.world, given.loop, never);
      assert.equal(given.requests.length, fits, `at ${ageMs / hour} h`);
    }
  });

  it('do not wait for that where the donor is taken back: within ten minutes it stands on its own history, once', async () => {
    const given = stage({ ageMs: 5 * hour });
    const { green, world, loop, requests } = given;
    onlyGreen(given);
    await fitDue(world, loop, never);
    follow(green, world.now());
    assert.ok(green.following!.forecaster.status!().borrowed);
    const { like: _, ...spec } = green.spec;
    green.spec = spec;
    for (const fits of [2, 2]) {
      given.advance(10 * MINUTE_MS);
      await fitDue(world, loop, never);
      assert.equal(requests.length, fits);
    }
    follow(green, world.now());
    assert.equal(green.following!.forecaster.status!().borrowed, undefined);
  });

  it('do not wait for that where it may begin to borrow: at two hours, once', () => {
    const { green } = stage({ ageMs: 2 * hour });
    const own = sinceFirstSample(loadOf(green)!.series);
    assert.equal(mayBeginToBorrow(green, own), false, 'without any fit one is due anyway');
    green.fitted = { models: {} } as Entry['fitted'] & object;
    assert.equal(mayBeginToBorrow(green, own), true);
    assert.equal(mayBeginToBorrow(green, { ...own, values: own.values.subarray(1) }), false);
    green.saidOfDonor = 'something';
    assert.equal(mayBeginToBorrow(green, own), false);
  });

  it('fits on its own history alone where that of the donor cannot be learned, and says so', async () => {
    const given = stage({ ageMs: 5 * hour });
    const { trainer } = given.world;
    const plain = trainer.fit;
    const failed = Promise.reject(new Error('no memory left'));
    Object.assign(trainer, { fit: (request: FitRequest) => (request.borrowed ? failed : plain(request)) });
    onlyGreen(given);
    await fitDue(given.world, given.loop, never);
    assert.equal(given.green.fitted?.acting, 'aggregate');
    assert.ok(given.told.some((line) => line.startsWith('the history of shop/Deployment/blue could not be learned')));
  });
});
