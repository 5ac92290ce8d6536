/**
 * What the global networks are worth on recorded load: mean absolute error on z of the shipped prior (LSTM, mixer, mean of both) and,
 * with `--iterations`, of an LSTM that went on from the prior on the pooled older parts of the same cases.
 *
 *   node src/launch.mjs --script test/bench/forecast/networks.ts --cases FILE.csv [--only a,b] [--ahead 15m,1h,4h] [--models models] [--iterations 200]
 *
 * FILE.csv is that of `npm run proof`. Only the part up to the end of the warm-up is read: its first 60 % are for
 * transforms, yardsticks and pooled training, the rest is scored. Prints a table in Markdown and, at its end, the geometric mean of
 * the errors relative to each yardstick and to the better of the two in hindsight.
 */
import { resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { loadNetworks } from '../../../src/adapters/model-store/networks.ts';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createQuantileEngine } from '../../../src/adapters/tensorflow/quantile-engine.ts';
import { readTextFile } from '../../../src/cli/text-file.ts';
import { parseDuration } from '../../../src/config/durations.ts';
import type { StartExpert } from '../../../src/forecast/experts/expert.ts';
import type { FleetSeries } from '../../../src/forecast/global/cut-windows.ts';
import { lstmForm, shareLstm, startGlobalLstm } from '../../../src/forecast/global/global-lstm.ts';
import { collectLessons } from '../../../src/forecast/global/lessons.ts';
import { type GlobalNetworks, globalExperts, readNetworks } from '../../../src/forecast/global/networks.ts';
import { trainGlobalLstm } from '../../../src/forecast/global/train-global.ts';
import { fitTransform, transformValues } from '../../../src/forecast/transform.ts';
import { parseTrace } from '../../../src/simulate/parse-trace.ts';
import { compare, type Errors } from '../../prior/compare.ts';
import { type Case, readCases } from '../../proof/cases.ts';

const OLDER_SHARE = 0.6;
const DAY_MS = 86_400_000;
const POOLED_WINDOWS_EACH = 60;
/** Forecasts are judged every five minutes or so: neighbours tell the same. */
const JUDGED_MS = 420_000;

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    only: { type: 'string' },
    ahead: { type: 'string', default: '15m,1h,4h' },
    models: { type: 'string', default: 'models' },
    iterations: { type: 'string', default: '0' },
  },
});
if (!options.cases) throw new Error('--cases: expected the list of cases');

async function seriesOf({ path, options: list }: Case): Promise<FleetSeries> {
  const option = new Map(list);
  const answer = parseTrace(await readTextFile(path), option.get('column')!);
  if (answer.kind === 'bad') throw new Error(`${path}: ${answer.problem}`);
  const { startMs, stepMs, values } = answer.trace;
  const known = values.subarray(0, Math.round(parseDuration(option.get('warm-up')!)! / stepMs));
  const seasons = [DAY_MS / stepMs, (7 * DAY_MS) / stepMs];
  const transform = fitTransform(known.subarray(0, Math.floor(OLDER_SHARE * known.length)), seasons);
  return { z: transformValues(transform, known), firstStep: Math.round(startMs / stepMs), stepMs, seasons };
}

/** Half of one, half of the other. */
function meanOf(a: StartExpert, b: StartExpert): StartExpert {
  return (settings) => {
    const parts = [a(settings), b(settings)];
    const said = new Float64Array(settings.horizons.length);
    return {
      observe: () => {
        for (const part of parts) part.observe();
      },
      predict(out) {
        out.fill(0);
        for (const part of parts) {
          part.predict(said);
          for (let i = 0; i < out.length; i++) out[i]! += said[i]! / parts.length;
        }
      },
      save: () => ({}),
    };
  };
}

async function pooledLstm(all: readonly FleetSeries[], prior: GlobalNetworks): Promise<StartExpert> {
  await loadBackend('wasm');
  const lessons = collectLessons(lstmForm, POOLED_WINDOWS_EACH, 1);
  for (const one of all) lessons.add({ ...one, z: one.z.subarray(0, Math.floor(OLDER_SHARE * one.z.length)) });
  const training = { seed: 1, iterations: Number(options.iterations), initial: prior.lstm };
  const { weights, heldOutLoss, iterations } = await trainGlobalLstm(lessons, createQuantileEngine(), training);
  process.stderr.write(`pooled: loss ${heldOutLoss.toFixed(4)} after ${iterations} steps\n`);
  const shared = shareLstm(weights);
  return (settings, saved) => startGlobalLstm(shared, settings, saved);
}

const found = await loadNetworks(resolve(options.models), 'prior', readNetworks);
if (found.kind !== 'loaded') throw new Error(found.kind === 'none' ? 'there is no prior' : found.message);
const cases = await readCases(options.cases, options.only?.split(','));
const series = await Promise.all(cases.map(seriesOf));
const prior = globalExperts(found.content.networks);
const experts: [string, StartExpert][] = [
  ['LSTM', prior.lstm],
  ['mixer', prior.mixer],
  ['mean of both', meanOf(prior.lstm, prior.mixer)],
];
if (Number(options.iterations) > 0) experts.push(['LSTM pooled', await pooledLstm(series, found.content.networks)]);

const names = ['seasonal naive', 'Holt-Winters', 'persistence', ...experts.map(([name]) => name)];
const errorsOf = (row: Errors) => [row.seasonalNaive, row.holtWinters, row.persistence, ...row.experts];
const print = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
print(['case', 'ahead', ...names]);
print(['---', '---', ...names.map(() => '---')]);
const rows = new Map<string, Errors[]>();
for (const [i, one] of series.entries()) {
  const steps = options.ahead.split(',').map((text) => Math.round(parseDuration(text)! / one.stepMs));
  const from = Math.floor(OLDER_SHARE * one.z.length);
  const every = Math.max(1, Math.round(JUDGED_MS / one.stepMs));
  const starts = experts.map(([, start]) => start);
  for (const [k, row] of compare(one, starts, steps, { from, until: one.z.length, every }).entries()) {
    const ahead = options.ahead.split(',')[k]!;
    rows.set(ahead, [...(rows.get(ahead) ?? []), row]);
    print([cases[i]!.name, ahead, ...errorsOf(row).map((error) => error.toFixed(4))]);
  }
}
const against: readonly (readonly [string, (row: Errors) => number])[] = [
  ['seasonal naive', (row) => row.seasonalNaive],
  ['Holt-Winters', (row) => row.holtWinters],
  ['the better of the two', (row) => Math.min(row.seasonalNaive, row.holtWinters)],
];
for (const [what, yardstick] of against) {
  for (const [ahead, list] of rows) {
    const ratios = names.map((_, k) => {
      const logs = list.map((row) => Math.log(errorsOf(row)[k]! / yardstick(row)));
      return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length).toFixed(3);
    });
    print([`relative to ${what}`, ahead, ...ratios]);
  }
}
