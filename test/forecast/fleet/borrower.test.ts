/** A young workload that was declared to be like another one: what is fitted, what is said, and who is listened to. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModelStore } from '../../../src/adapters/model-store/store.ts';
import type { BorrowedPast, FitRequest, FittedSeries, OnlineForecaster } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { borrowedIn } from '../../../src/forecast/fleet/borrowed-model.ts';
import { borrowPast } from '../../../src/forecast/fleet/borrowed-past.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { fitAndReplay } from '../../../src/pipeline/fit.ts';
import { enginesWith, idleLstm } from '../engines.ts';
import { MINUTE_MS, normal } from '../made-series.ts';

const STEP_MS = 5 * MINUTE_MS;
const HOUR = 12;
const DAY = 24 * HOUR;
const START = 10.3 * DAY;
const FIRST = Math.round(START);
const engines = enginesWith(idleLstm);

function load(seed: number, level: number, phase: number): TimeSeries {
  const noise = normal(seed);
  let lasting = 0;
  const values = Float64Array.from({ length: 14 * DAY }, (_, t) => {
    lasting = 0.97 * lasting + 0.02 * noise();
    return level * (1 - 0.6 * Math.cos((2 * Math.PI * (t + phase)) / DAY)) * Math.exp(lasting + 0.05 * noise());
  });
  return { startMs: 0, stepMs: STEP_MS, values };
}

const donor = load(1, 100, 0);
const alike = load(2, 37, 0);
const unlike = load(3, 37, DAY / 2);

const part = (series: TimeSeries, from: number, to: number): TimeSeries => ({
  ...series,
  startMs: from * STEP_MS,
  values: series.values.slice(from, to),
});

function pastFor(own: TimeSeries, record?: Float64Array): BorrowedPast {
  const now = own.startMs / STEP_MS + own.values.length;
  const answer = borrowPast(own, { series: part(donor, 0, now), marks: [] });
  assert.ok(answer.kind === 'borrowed');
  return { ...answer.past, from: 'shop/Deployment/blue', ...(record && { record }) };
}

function requestFor(history: TimeSeries, more: Partial<FitRequest> = {}): FitRequest {
  return {
    id: 'green',
    history,
    seasonLengths: [DAY, 7 * DAY],
    levels: [0.5, 0.99],
    horizonSteps: 3,
    seed: 1,
    candidates: ['seasonal-naive', 'holt-winters', 'aggregate'],
    ...more,
  };
}

const learn = (history: TimeSeries, more: Partial<FitRequest> = {}) => fitAndReplay(requestFor(history, more), engines);
const start = (fitted: FittedSeries, history: TimeSeries) => startForecaster(fitted.models.aggregate!, history);

/** Fitted with its past after `hours`, and followed until `until`. */
async function followed(own: TimeSeries, hours: number, until: number) {
  const young = part(own, FIRST, FIRST + hours * HOUR);
  const fitted = await learn(young, { borrowed: pastFor(young) });
  const forecaster = start(fitted, part(own, FIRST, FIRST + until * HOUR));
  return { fitted, forecaster, young };
}

const median = (forecaster: OnlineForecaster, ahead: number) =>
  forecaster.forecast(ahead, [0.5]).quantiles[0]![ahead - 1]!;

describe('a young workload with a donor', () => {
  it('leaves the forecaster on own history as it is, to the byte', async () => {
    const young = part(alike, FIRST, FIRST + 3 * HOUR);
    const [without, beside] = [await learn(young), await learn(young, { borrowed: pastFor(young) })];
    const own = Object.entries(beside.models.aggregate!.parameters).filter(([name]) => !name.startsWith('borrowed.'));
    assert.deepEqual(Object.fromEntries(own), without.models.aggregate!.parameters);
    assert.deepEqual([beside.scores, beside.verdict], [without.scores, without.verdict]);
    assert.equal(borrowedIn(without.models.aggregate!), undefined);
  });

  it('says how much it borrowed from whom, at which level, and with how much doubt', async () => {
    const { forecaster } = await followed(alike, 3, 3);
    const { from, pastMs, ratio, doubt, acting, lossRatio } = forecaster.status!().borrowed!;
    assert.deepEqual([from, pastMs, acting, lossRatio], ['shop/Deployment/blue', FIRST * STEP_MS, false, Number.NaN]);
    assert.ok(Math.abs(ratio / 0.37 - 1) < 0.25, `${ratio}`);
    assert.ok(doubt > 0 && doubt < 0.2, `${doubt}`);
  });

  it('does not listen to it before it was better: at three hours the forecast is that of its own history', async () => {
    const { fitted, forecaster, young } = await followed(alike, 3, 3);
    const alone = startForecaster((await learn(young)).models.aggregate!, young);
    assert.deepEqual(forecaster.forecast(HOUR, [0.5, 0.9]), alone.forecast(HOUR, [0.5, 0.9]));
    assert.ok(borrowedIn(fitted.models.aggregate!));
  });

  it('listens to one of the same shape within 9 hours; then two hours ahead it errs at most half as much', async () => {
    const { fitted, young } = await followed(alike, 3, 3);
    const forecaster = start(fitted, young);
    const alone = startForecaster((await learn(young)).models.aggregate!, young);
    let [own, borrowed, since] = [0, 0, Number.NaN];
    for (let t = FIRST + 3 * HOUR; t < FIRST + 24 * HOUR; t++) {
      if (t >= FIRST + 11 * HOUR) {
        const y = alike.values[t + 2 * HOUR - 1]!;
        borrowed += Math.abs(y - median(forecaster, 2 * HOUR));
        own += Math.abs(y - median(alone, 2 * HOUR));
      }
      for (const one of [forecaster, alone]) one.observe(alike.values[t]!);
      if (Number.isNaN(since) && forecaster.status!().borrowed!.acting) since = (t + 1 - FIRST) / HOUR;
    }
    assert.ok(since <= 9, `listened to after ${since} h`);
    assert.ok(borrowed < 0.5 * own, `${borrowed} against ${own}`);
    assert.equal(forecaster.forecast(1, [0.5]).model, 'aggregate on borrowed history');
    assert.equal(forecaster.model, 'aggregate on borrowed history');
  });

  it('never listens to one whose day is half a day off: each forecast of two days is that of its own history', async () => {
    const { fitted, young } = await followed(unlike, 3, 3);
    const forecaster = start(fitted, young);
    const alone = startForecaster((await learn(young)).models.aggregate!, young);
    for (let t = FIRST + 3 * HOUR; t < FIRST + 51 * HOUR; t++) {
      for (const one of [forecaster, alone]) one.observe(unlike.values[t]!);
      if (t % HOUR === 0) assert.deepEqual(forecaster.forecast(HOUR, [0.5, 0.99]), alone.forecast(HOUR, [0.5, 0.99]));
    }
    assert.ok(forecaster.status!().borrowed!.lossRatio > 1);
  });

  it('counts as outcomes only what was forecast live, and lets nothing of the past speak for its gate', async () => {
    const { fitted, forecaster } = await followed(alike, 3, 3);
    const { parameters } = borrowedIn(fitted.models.aggregate!)!.model;
    assert.equal(parameters['state.recent'], undefined);
    assert.ok((parameters['state.gate.closed'] as Float64Array)[0]! <= 3, 'hours of evidence');
    const rounds = parameters['state.aggregate.rounds'] as Float32Array;
    assert.ok(rounds[0]! <= 3 * HOUR, `${rounds[0]} outcomes of one step`);
    const alone = start(await learn(part(alike, FIRST, FIRST + 3 * HOUR)), part(alike, FIRST, FIRST + 3 * HOUR));
    const { blocks, verdict, acting } = forecaster.status!();
    assert.deepEqual(
      [blocks, verdict, acting],
      [alone.status!().blocks, alone.status!().verdict, alone.status!().acting],
    );
  });

  it('is wider at first: its 99 % quantile lies further out than that of the same model a day later', async () => {
    const young = part(alike, FIRST, FIRST + 2 * HOUR);
    const fitted = await learn(young, { borrowed: pastFor(young) });
    const second = startForecaster(borrowedIn(fitted.models.aggregate!)!.model, young);
    const spread = () => {
      const [middle, high] = second.forecast(3, [0.5, 0.99]).quantiles;
      return Math.log(high![2]! / middle![2]!);
    };
    const before = spread();
    for (let t = FIRST + 2 * HOUR; t < FIRST + 26 * HOUR; t++) second.observe(alike.values[t]!);
    assert.ok(before > 1.1 * spread(), `${before} and ${spread()}`);
  });

  it('forecasts to the byte the same after a restart in between, also when it is listened to', async () => {
    const { fitted, forecaster } = await followed(alike, 3, 20);
    const { borrowed } = forecaster.status!();
    assert.ok(borrowed!.acting);
    const later = start(fitted, part(alike, FIRST, FIRST + 12 * HOUR));
    for (let t = FIRST + 12 * HOUR; t < FIRST + 20 * HOUR; t++) later.observe(alike.values[t]!);
    assert.deepEqual(later.forecast(HOUR, [0.5, 0.9, 0.999]), forecaster.forecast(HOUR, [0.5, 0.9, 0.999]));
    assert.deepEqual(later.status!(), forecaster.status!());
  });

  it('learns from a donor that ended longer ago than a fit looks back: 40,400 steps', async () => {
    const young = part(alike, FIRST, FIRST + 3 * HOUR);
    const values = new Float64Array(40_700).fill(Number.NaN);
    values.set(donor.values.subarray(0, 300));
    const past = { startMs: (FIRST - values.length) * STEP_MS, stepMs: STEP_MS, values };
    const fitted = await learn(young, { borrowed: { ...pastFor(young), past, marks: [] } });
    const { trainedThroughMs } = borrowedIn(fitted.models.aggregate!)!.model.parameters;
    assert.equal(trainedThroughMs, fitted.trainedThroughMs);
  });

  it('goes on at the next fit with the comparison and, while the ratio is within a tenth, with the past it has', async () => {
    const { fitted, forecaster } = await followed(alike, 3, 12);
    const { record, ratio, acting } = forecaster.status!().borrowed!;
    const own = part(alike, FIRST, FIRST + 12 * HOUR);
    const again = await learn(own, { previous: fitted, borrowed: { ...pastFor(own, record), ratio: 1.05 * ratio } });
    const next = start(again, own).status!().borrowed!;
    assert.deepEqual([next.acting, next.ratio, next.record], [acting, ratio, record]);
    const anew = await learn(own, { previous: fitted, borrowed: { ...pastFor(own, record), ratio: 1.2 * ratio } });
    assert.equal(start(anew, own).status!().borrowed!.ratio, 1.2 * ratio);
  });

  it('begins its past anew when it plans further ahead, and has none any more when none is asked for', async () => {
    const { fitted, forecaster } = await followed(alike, 3, 12);
    const { record, ratio } = forecaster.status!().borrowed!;
    const own = part(alike, FIRST, FIRST + 12 * HOUR);
    const borrowed = { ...pastFor(own, record), ratio };
    const further = await learn(own, { previous: fitted, borrowed, horizonSteps: 5 });
    const { parameters } = borrowedIn(further.models.aggregate!)!.model;
    assert.equal(parameters['horizonSteps'], 5);
    const without = await learn(own, { previous: fitted });
    assert.equal(borrowedIn(without.models.aggregate!), undefined);
    assert.equal(start(without, own).status!().borrowed, undefined);
  });

  it('comes back from the model store to the byte, with what is said of it', async () => {
    const { fitted, forecaster } = await followed(alike, 3, 12);
    const folder = mkdtempSync(join(tmpdir(), 'forescale-borrowed-'));
    const store = createModelStore(folder);
    await store.save('shop/Deployment/green', fitted);
    const stored = await store.load('shop/Deployment/green');
    rmSync(folder, { recursive: true });
    assert.ok(stored.kind === 'loaded');
    const again = start(stored.fitted, part(alike, FIRST, FIRST + 12 * HOUR));
    assert.deepEqual(again.forecast(HOUR, [0.5, 0.99]), forecaster.forecast(HOUR, [0.5, 0.99]));
    assert.deepEqual(again.status!(), forecaster.status!());
  });

  it('counts the memory of both', async () => {
    const { forecaster, young } = await followed(alike, 3, 3);
    const alone = start(await learn(young), young).status!().stateBytes;
    assert.ok(forecaster.status!().stateBytes > 1.8 * alone);
  });
});
