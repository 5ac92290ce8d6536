/**
 * What a forecaster costs while it runs, and how fast it recovers:
 *
 *   npm run online [-- --step 60s] [--model aggregate] [--series 200] [--seeds 40]
 *
 * Prints one JSON object: time of one sample taken in and forecast at all horizons to 24 h, also by part and as a ratio to
 * a bare pass of seasonal naive over the same horizons, of one series that has the machine to itself and of each of a fleet
 * that is served in turn; memory of each series of that fleet: the state itself, what it takes in the process with its
 * objects, and beside what all of them share; and after a threefold level shift the number of samples from which on the
 * central 90 % band holds again, in every window of ten. Ratios carry over to other machines, microseconds do not.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createArimaEngine } from '../../../src/adapters/arima/engine.ts';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createLstmEngine } from '../../../src/adapters/tensorflow/engine.ts';
import { parseDuration } from '../../../src/config/durations.ts';
import { defaultCandidates, type FittedModel, type ForecasterName } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { fitSeries } from '../../../src/forecast/fit.ts';
import { startForecaster } from '../../../src/forecast/start.ts';
import { normalAt } from '../../../src/simulate/random.ts';
import { type Memory, startFleet, used, weigh } from './online-fleet.ts';

const { values: options } = parseArgs({
  options: {
    step: { type: 'string', default: '60s' },
    model: { type: 'string', default: 'aggregate' },
    series: { type: 'string', default: '200' },
    seeds: { type: 'string', default: '40' },
  },
});

const DAY_MS = 86_400_000;
const stepMs = parseDuration(options.step)!;
const day = DAY_MS / stepMs;
const model = options.model as ForecasterName;
const HISTORY_DAYS = 14;
const levels = [0.05, 0.5, 0.9, 0.95, 0.99, 0.999];
const engines = { arima: createArimaEngine(), lstm: createLstmEngine() };

/** Days and a week in waves with noise of a tenth; from `shiftAt` on three times as much. */
function load(steps: number, seed: number, shiftAt = Number.POSITIVE_INFINITY): Float64Array {
  return Float64Array.from({ length: steps }, (_, i) => {
    const shape = 1 + 0.5 * Math.sin((2 * Math.PI * i) / day) + 0.1 * Math.sin((2 * Math.PI * i) / (7 * day));
    const noise = Math.max(0, 1 + 0.1 * normalAt(seed, i));
    return 1000 * shape * noise * (i >= shiftAt ? 3 : 1);
  });
}

function seriesOf(values: Float64Array): TimeSeries {
  return { startMs: 1_600_000_000_000 - (1_600_000_000_000 % DAY_MS), stepMs, values };
}

async function learn(values: Float64Array): Promise<FittedModel> {
  const request = {
    id: 'bench',
    history: seriesOf(values),
    seasonLengths: [day, 7 * day],
    levels,
    horizonSteps: Math.max(1, Math.round(3_600_000 / stepMs)),
    seed: 1,
    candidates: defaultCandidates,
  };
  const fitted = (await fitSeries(request, engines)).models[model];
  if (!fitted) throw new Error(`${model} could not be fitted`);
  return fitted;
}

const BLOCK = 10;

/** Microseconds per call in an undisturbed block of ten: what else the machine does stops a long one now and then. */
function microseconds(blocks: number, work: (i: number) => void): number {
  const blockUs = Float64Array.from({ length: blocks }, (_, block) => {
    const startedMs = performance.now();
    for (let k = 0; k < BLOCK; k++) work(block * BLOCK + k);
    return ((performance.now() - startedMs) * 1000) / BLOCK;
  });
  return blockUs.sort()[Math.floor(blocks / 100)]!;
}

interface Speed {
  readonly observeUs: number;
  readonly forecastUs: number;
  readonly bothUs: number;
  readonly naiveUs: number;
}

function speed(fitted: FittedModel, values: Float64Array): Speed {
  const BLOCKS = 800;
  const fresh = load(BLOCKS * BLOCK, 99);
  const forecaster = startForecaster(fitted, seriesOf(values));
  const both = (i: number) => {
    forecaster.observe(fresh[i]!);
    forecaster.forecast(day, levels);
  };
  const bothUs = microseconds(BLOCKS, both);
  const observeUs = microseconds(BLOCKS, (i) => forecaster.observe(fresh[i]!));
  const forecastUs = microseconds(BLOCKS, () => forecaster.forecast(day, levels));
  const ring = values.slice(-day);
  const out = new Float64Array(day);
  const naiveUs = microseconds(BLOCKS, (i) => {
    ring[i % day] = fresh[i]!;
    for (let h = 0; h < day; h++) out[h] = ring[(i + 1 + h) % day]!;
  });
  return { observeUs, forecastUs, bothUs, naiveUs };
}

/** Loads that the series of a fleet are like: each like one of them, and with noise of its own since it was fitted. */
const KINDS = 8;
const OWN_STEPS = 60;

interface FleetCost {
  readonly turnUs: number;
  readonly observeUs: number;
  readonly forecastUs: number;
  readonly bytes: Memory;
}

/** All take in a sample and forecast in turn; then all take one in before all forecast. */
async function fleetCost(count: number): Promise<FleetCost> {
  const length = HISTORY_DAYS * day;
  const models = await inTurn(KINDS, (kind) => learn(load(length, 1 + kind)));
  const before = await used();
  const forecasters = startFleet(count, (i) => {
    const values = new Float64Array(length + OWN_STEPS);
    values.set(load(length, 1 + (i % KINDS)));
    values.set(load(OWN_STEPS, 100 + i), length);
    return { fitted: models[i % KINDS]!, history: seriesOf(values) };
  });
  const observe = (i: number) => forecasters[i % count]!.observe(1000 + (i % 100));
  const forecast = (i: number) => void forecasters[i % count]!.forecast(day, levels);
  const turnUs = microseconds(400, (i) => {
    observe(i);
    forecast(i);
  });
  const [observeUs, forecastUs] = [microseconds(400, observe), microseconds(400, forecast)];
  return { turnUs, observeUs, forecastUs, bytes: await weigh(forecasters, before) };
}

async function inTurn<T>(count: number, make: (i: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(await make(made.length));
  return made;
}

/** Share of outcomes inside the central 90 % band, by samples since the shift, over many seeds. */
async function recovery(seeds: number): Promise<{ readonly samples: number; readonly shares: readonly number[] }> {
  const WATCHED = 120;
  const WINDOW = 10;
  const inside = new Float64Array(WATCHED);
  const at = Math.round((HISTORY_DAYS - 0.5) * day);
  const fitted = await learn(load(at, 1));
  for (let seed = 1; seed <= seeds; seed++) {
    const forecaster = startForecaster(fitted, seriesOf(load(at, 1)));
    const after = load(at + seed * 7 + WATCHED, seed, at + seed * 7).subarray(at);
    for (const [i, y] of after.entries()) {
      const forecast = forecaster.forecast(1, [0.05, 0.95]);
      const since = i - seed * 7;
      if (since >= 0 && y >= forecast.quantiles[0]![0]! && y <= forecast.quantiles[1]![0]!) inside[since]! += 1;
      forecaster.observe(y);
    }
  }
  const shares = Array.from({ length: WATCHED - WINDOW }, (_, i) => {
    const hits = inside.subarray(i, i + WINDOW).reduce((sum, x) => sum + x, 0);
    return hits / (WINDOW * seeds);
  });
  // Twice the sampling error of a share of 90 %.
  const enough = 0.9 - 2 * Math.sqrt(0.09 / (WINDOW * seeds));
  return { samples: shares.findLastIndex((share) => share < enough) + 1, shares: shares.slice(0, 40) };
}

await loadBackend('wasm');
const values = load(HISTORY_DAYS * day, 1);
const fitted = await learn(values);
const { observeUs, forecastUs, bothUs, naiveUs } = speed(fitted, values);
const round = (value: number) => Number(value.toPrecision(3));
const fleet = await fleetCost(Number(options.series));
const shift = await recovery(Number(options.seeds));
process.stdout.write(
  `${JSON.stringify({
    model,
    step: options.step,
    updateAndForecastUs: round(bothUs),
    updateUs: round(observeUs),
    forecastUs: round(forecastUs),
    overSeasonalNaive: round(bothUs / naiveUs),
    fleet: {
      series: Number(options.series),
      updateAndForecastUs: round(fleet.turnUs),
      updateUs: round(fleet.observeUs),
      forecastUs: round(fleet.forecastUs),
      stateBytes: fleet.bytes.state,
      bytesPerSeries: Math.round(fleet.bytes.buffers + fleet.bytes.heap),
      bufferBytes: Math.round(fleet.bytes.buffers),
      heapBytes: Math.round(fleet.bytes.heap),
      sharedBytes: Math.round(fleet.bytes.shared),
    },
    samplesToRecover: shift.samples,
    coverageAfterShift: shift.shares.map(round),
  })}\n`,
);
