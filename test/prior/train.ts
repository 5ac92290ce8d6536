/**
 * Makes the shipped prior: trains the global networks on generated load alone and writes `models/prior`.
 *
 *   npm run prior [-- --series 400 --iterations 700 --seed 1 --scored 48 --output models]
 *
 * Same arguments, same bytes. Scores are of series that no network was trained on; they stand in the manifest.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { loadNetworks, saveNetworks } from '../../src/adapters/model-store/networks.ts';
import { loadBackend } from '../../src/adapters/tensorflow/backend.ts';
import { createQuantileEngine } from '../../src/adapters/tensorflow/quantile-engine.ts';
import type { StartExpert } from '../../src/forecast/experts/expert.ts';
import type { FleetSeries } from '../../src/forecast/global/cut-windows.ts';
import { globalExperts, networkParameters, readNetworks } from '../../src/forecast/global/networks.ts';
import { trainFleet } from '../../src/forecast/global/train-fleet.ts';
import { fitTransform, transformValues } from '../../src/forecast/transform.ts';
import { type Archetype, generateLoad } from './archetypes.ts';
import { compare } from './compare.ts';

const WINDOWS_EACH = { lstm: 20, mixer: 100 } as const;
/** Scalers are fitted on the older part of a series, like those of a workload. */
const OLDER_SHARE = 0.6;
const [QUARTER_MS, HOUR_MS] = [900_000, 3_600_000];
/** What a young workload is judged on: from two hours of history to a day. */
const YOUNG_MS = [2 * HOUR_MS, 24 * HOUR_MS] as const;

const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '400' },
    iterations: { type: 'string', default: '700' },
    seed: { type: 'string', default: '1' },
    scored: { type: 'string', default: '48' },
    output: { type: 'string', default: 'models' },
  },
});
const [series, iterations, seed, scored] = [options.series, options.iterations, options.seed, options.scored].map(
  Number,
);

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function onZ({ series: load, seasons, calendar }: Archetype): FleetSeries {
  const older = load.values.subarray(0, Math.floor(OLDER_SHARE * load.values.length));
  const transform = fitTransform(older, seasons);
  const { startMs, stepMs, values } = load;
  const firstStep = Math.round(startMs / stepMs);
  return { z: transformValues(transform, values), firstStep, stepMs, seasons, ...(calendar && { calendar }) };
}

function geometricMean(ratios: readonly number[]): number {
  const usable = ratios.filter((ratio) => Number.isFinite(ratio) && ratio > 0);
  return Math.exp(usable.reduce((sum, ratio) => sum + Math.log(ratio), 0) / usable.length);
}

/** Errors relative to the yardsticks, as geometric means over the series that were not trained on. */
function scoresOf(name: string, start: StartExpert): { readonly [name: string]: number } {
  const ratios = new Map<string, number[]>();
  const note = (score: string, ratio: number) => ratios.set(score, [...(ratios.get(score) ?? []), ratio]);
  for (let i = 0; i < scored!; i++) {
    const one = onZ(generateLoad(seed!, series! + i));
    const ahead = [QUARTER_MS, HOUR_MS, 8 * HOUR_MS].map((ms) => Math.max(1, Math.round(ms / one.stepMs)));
    const horizons = [...new Set(ahead)];
    for (const errors of compare(one, [start], horizons, {
      from: Math.floor(OLDER_SHARE * one.z.length),
      until: one.z.length,
    })) {
      const label = `${name} ${Math.max(15, (errors.horizon * one.stepMs) / 60_000)}m`;
      note(`${label} over seasonal naive`, errors.experts[0]! / errors.seasonalNaive);
      note(`${label} over Holt-Winters`, errors.experts[0]! / errors.holtWinters);
      note(`${label} over persistence`, errors.experts[0]! / errors.persistence);
    }
    const [from, until] = YOUNG_MS.map((ms) => ms / one.stepMs);
    if (from! < 24) continue;
    for (const errors of compare(one, [start], ahead.slice(0, 2), { from: from!, until: until! })) {
      const label = `${name} ${(errors.horizon * one.stepMs) / 60_000}m on its first day over persistence`;
      note(label, errors.experts[0]! / errors.persistence);
    }
  }
  return Object.fromEntries([...ratios].map(([score, list]) => [score, Number(geometricMean(list).toFixed(4))]));
}

function* fleet(): Generator<FleetSeries> {
  for (let i = 0; i < series!; i++) yield onZ(generateLoad(seed!, i));
}

await loadBackend('wasm');
const trained = await trainFleet(fleet(), createQuantileEngine(), {
  seed: seed!,
  size: series!,
  windowsEach: WINDOWS_EACH,
  iterations: iterations!,
});
say(trained.message);
const experts = globalExperts(trained.networks);
const rounded = (loss: number) => Number(loss.toFixed(4));
const scores = {
  'lstm pinball loss held out': rounded(trained.heldOutLoss.lstm),
  ...scoresOf('lstm', experts.lstm),
  'mixer pinball loss held out': rounded(trained.heldOutLoss.mixer),
  ...scoresOf('mixer', experts.mixer),
};
const newest = generateLoad(seed!, 0).series;
await saveNetworks(options.output, 'prior', {
  facts: {
    trainedThrough: new Date(newest.startMs + newest.values.length * newest.stepMs).toISOString(),
    trainedOn: `${series} generated series, seed ${seed}`,
    seed: seed!,
    scores,
  },
  networks: networkParameters(trained.networks),
});
const back = await loadNetworks(options.output, 'prior', readNetworks);
if (back.kind !== 'loaded') throw new Error(`the prior cannot be read back: ${back.kind}`);
process.stdout.write(`${JSON.stringify(scores, null, 2)}\n`);
