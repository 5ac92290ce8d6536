/**
 * What the global networks cost:
 *
 *   node src/launch.mjs --script test/bench/forecast/lstm.ts [--series 40] [--days 14] [--iterations 400] [--of 1000] [--backend wasm]
 *
 * Prints one JSON object: seconds of the nightly training for so many series of one-minute steps, and, because cutting
 * windows grows with the number of series while the gradient steps do not, what that comes to for `--of` of them; the most
 * memory it held; microseconds of processor time for a sample taken in and answered at all tracked horizons to a day, beside a
 * bare pass of seasonal naive over the same horizons; bytes of state per series.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type BackendName, loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import type { QuantileEngine } from '../../../src/domain/engines.ts';
import type { Expert, StartExpert } from '../../../src/forecast/experts/expert.ts';
import { startPast } from '../../../src/forecast/experts/start-past.ts';
import type { FleetSeries } from '../../../src/forecast/global/cut-windows.ts';
import { globalExperts } from '../../../src/forecast/global/networks.ts';
import { trainFleet } from '../../../src/forecast/global/train-fleet.ts';
import { trackedHorizons } from '../../../src/forecast/horizons.ts';
import { startSeasonalNaive } from '../../../src/forecast/seasonal-naive.ts';
import { normalAt } from '../../../src/simulate/random.ts';

const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '40' },
    days: { type: 'string', default: '14' },
    iterations: { type: 'string', default: '400' },
    of: { type: 'string', default: '1000' },
    backend: { type: 'string', default: 'wasm' },
  },
});
const [series, days, iterations, of] = [options.series, options.days, options.iterations, options.of].map(Number);
const DAY = 1440;
const STEP_MS = 60_000;
const SEASONS = [DAY, 7 * DAY];
const FIRST_STEP = 28_000_000;

function loadOf(seed: number): FleetSeries {
  const z = Float64Array.from({ length: days! * DAY }, (_, t) => {
    const wave = Math.sin((2 * Math.PI * (t + 60 * seed)) / DAY) + 0.2 * Math.sin((2 * Math.PI * t) / (7 * DAY));
    return 5 + 0.6 * wave + 0.1 * normalAt(seed, t);
  });
  return { z, firstStep: FIRST_STEP, stepMs: STEP_MS, seasons: SEASONS };
}

/** Seconds of the wall clock and of processor time, apart for making the load and for gradient steps. */
interface Seconds {
  readonly wall: number;
  readonly processor: number;
}

function clock(): Seconds {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, processor: (user + system) / 1e6 };
}

function since(from: Seconds, before: Seconds = { wall: 0, processor: 0 }): Seconds {
  const now = clock();
  return { wall: before.wall + now.wall - from.wall, processor: before.processor + now.processor - from.processor };
}

const none: Seconds = { wall: 0, processor: 0 };
const spent = { making: none, gradients: none };

function* fleet(): Generator<FleetSeries> {
  for (let i = 0; i < series!; i++) {
    const from = clock();
    const one = loadOf(i);
    spent.making = since(from, spent.making);
    yield one;
  }
}

/** Notes how long the gradient steps alone took. */
function timed(engine: QuantileEngine): QuantileEngine {
  const clocked = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const from = clock();
    const result = await work();
    spent.gradients = since(from, spent.gradients);
    return result;
  };
  return {
    trainLstm: (task) => clocked(() => engine.trainLstm(task)),
    trainMixer: (task) => clocked(() => engine.trainMixer(task)),
  };
}

/** Processor time of this thread per step, in microseconds: the wall clock of a shared machine says little. */
function microseconds(steps: number, work: (t: number) => void): number {
  for (let t = 0; t < steps / 4; t++) work(t);
  const from = process.cpuUsage().user;
  for (let t = 0; t < steps; t++) work(t);
  return (process.cpuUsage().user - from) / steps;
}

const horizons = trackedHorizons(DAY);

function costOf(start: StartExpert): { readonly microseconds: number; readonly bytes: number } {
  const { z } = loadOf(1);
  const past = startPast({ stepMs: STEP_MS, seasons: SEASONS, firstStep: FIRST_STEP });
  const expert: Expert = start({ stepMs: STEP_MS, seasons: SEASONS, horizons, past });
  const out = new Float64Array(horizons.length);
  for (const value of z) {
    past.push(value, 'ok', Number.NaN);
    expert.observe();
  }
  const us = microseconds(8000, (t) => {
    past.push(z[t]!, 'ok', Number.NaN);
    expert.observe();
    expert.predict(out);
  });
  const arrays = Object.values(expert.save()) as (Float32Array | Float64Array)[];
  return { microseconds: rounded(us), bytes: arrays.reduce((sum, list) => sum + list.byteLength, 0) };
}

function naiveCost(): number {
  const { z } = loadOf(1);
  const naive = startSeasonalNaive({ season: DAY });
  const out = new Float64Array(horizons.at(-1)!);
  for (const value of z) naive.observe(value);
  return microseconds(2000, (t) => {
    naive.observe(z[t]!);
    naive.predict(out);
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}

await loadBackend(options.backend as BackendName);
const from = clock();
const trained = await trainFleet(fleet(), timed(createQuantileEngine()), {
  seed: 1,
  size: of!,
  iterations: iterations!,
});
const all = since(from);
/** Cutting windows grows with the number of series, gradient steps do not. */
const forAll = (kind: keyof Seconds): number => {
  const cutting = all[kind] - spent.making[kind] - spent.gradients[kind];
  return rounded(spent.gradients[kind] + (cutting * of!) / series!);
};
const { lstm, mixer } = globalExperts(trained.networks);
const report = {
  backend: options.backend,
  training: {
    series,
    message: trained.message,
    wallSeconds: rounded(all.wall - spent.making.wall),
    gradientWallSeconds: rounded(spent.gradients.wall),
    gradientProcessorSeconds: rounded(spent.gradients.processor),
    [`wallSecondsFor${of}`]: forAll('wall'),
    [`processorSecondsFor${of}`]: forAll('processor'),
    mostMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  },
  perSample: { lstm: costOf(lstm), mixer: costOf(mixer), seasonalNaiveMicroseconds: rounded(naiveCost()) },
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
