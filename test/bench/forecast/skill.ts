/**
 * What the forecasts are worth, on the scored part of a list of cases: weighted quantile loss against both yardsticks,
 * and coverage by hour of day and on ramps. `independent` and `daily` are points of the worst group beyond the two kinds
 * of noise that coverage-noise.ts states, `typical` the root of the mean square less chance, and `above_0.999` outcomes
 * of a thousand above that quantile.
 *
 *   npm run skill -- --cases FILE.csv [--only a,b] [--ahead 15m,1h] [--models LIST] [--candidates LIST] [--refit 1d] [-o json|markdown]
 *
 * FILE.csv is that of `npm run proof`: the part before the warm-up's end is known at the start, what lies behind
 * `score_until` is not touched.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createArimaEngine } from '../../../src/adapters/arima/engine.ts';
import { loadBackend } from '../../../src/adapters/tensorflow/backend.ts';
import { createLstmEngine } from '../../../src/adapters/tensorflow/engine.ts';
import { readTextFile } from '../../../src/cli/text-file.ts';
import { parseDuration } from '../../../src/config/durations.ts';
import type { ForecasterName } from '../../../src/domain/forecast.ts';
import { rampKinds } from '../../../src/evaluate/ramps.ts';
import { parseTrace } from '../../../src/simulate/parse-trace.ts';
import { type Case, readCases } from '../../proof/cases.ts';
import { beyondDailyNoise, beyondIndependentNoise, type Hits, typicalError } from './coverage-noise.ts';
import { type Course, follow } from './follow.ts';
import type { Tally } from './tally.ts';

const WINDOW_MS = 28 * 86_400_000;
/** Deciles, the levels that capacity is planned with, and the ends of the central 90 % and 99 % bands. */
const levels = [0.005, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999];
const bands = [
  { nominal: 0.9, from: 0.05, to: 0.95 },
  { nominal: 0.99, from: 0.005, to: 0.995 },
] as const;

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    only: { type: 'string' },
    ahead: { type: 'string', default: '15m,1h' },
    models: { type: 'string', default: 'seasonal-naive,holt-winters,aggregate' },
    candidates: { type: 'string', default: 'seasonal-naive,holt-winters,aggregate' },
    refit: { type: 'string', default: '1d' },
    output: { type: 'string', short: 'o', default: 'markdown' },
  },
});

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`expected a duration such as 15m, got ${text}`);
  return ms;
}

async function courseOf(one: Case): Promise<Course> {
  const option = new Map(one.options);
  const answer = parseTrace(await readTextFile(one.path), option.get('column')!);
  if (answer.kind === 'bad') throw new Error(`${one.path}: ${answer.problem}`);
  const { trace: series } = answer;
  const { stepMs, startMs, values } = series;
  const until = option.get('score-until');
  const aheads = options.ahead.split(',').map((text) => Math.max(1, Math.round(durationOf(text) / stepMs)));
  return {
    name: one.name,
    series,
    from: Math.round(durationOf(option.get('warm-up')!) / stepMs),
    to: until ? Math.round((Number(until) * 1000 - startMs) / stepMs) : values.length,
    horizons: aheads,
    levels,
    models: options.models.split(',') as ForecasterName[],
    candidates: options.candidates.split(',') as ForecasterName[],
    refitSteps: Math.round(durationOf(options.refit) / stepMs),
    windowSteps: Math.round(WINDOW_MS / stepMs),
  };
}

/** Points that the worst group is off beyond each kind of noise. */
function beyond(name: string, groups: readonly (readonly Hits[])[], nominal: number): [string, number][] {
  return [
    [`${name}_${nominal}_independent`, beyondIndependentNoise(groups, nominal)],
    [`${name}_${nominal}_daily`, beyondDailyNoise(groups, nominal)],
  ];
}

function rowOf(tally: Tally): Record<string, number> {
  const round = (value: number) => Number(value.toPrecision(4));
  const parts = bands.flatMap(({ nominal, from, to }): [string, number][] => {
    const { all, hours, ramps } = tally.coverage(from, to);
    return [
      [`coverage_${nominal}`, (100 * all.inside) / all.count],
      ...beyond('hour', hours, nominal),
      [`typical_hour_${nominal}`, typicalError(hours, nominal)],
      ...beyond('ramp', ramps.slice(0, rampKinds.indexOf('flat')), nominal),
    ];
  });
  const { inside, count } = tally.above(0.999);
  const all = [
    ['loss', tally.weightedQuantileLoss()] as const,
    ...parts,
    ['above_0.999', (1000 * inside) / count] as const,
  ];
  return Object.fromEntries(all.map(([key, value]) => [key, round(value)]));
}

interface Line {
  readonly name: string;
  readonly ahead: string;
  readonly model: ForecasterName;
  readonly row: Record<string, number>;
}

const yardsticks: readonly ForecasterName[] = ['seasonal-naive', 'holt-winters'];

/** 1 − loss / loss of the yardstick, in percent. */
function skillOver(lines: readonly Line[], line: Line, yardstick: ForecasterName): number {
  const base = lines.find((l) => l.name === line.name && l.ahead === line.ahead && l.model === yardstick);
  return base ? 100 * (1 - line.row['loss']! / base.row['loss']!) : Number.NaN;
}

function markdown(lines: readonly Line[]): string {
  const shown = Object.keys(lines[0]?.row ?? {});
  const head = ['case', 'ahead', 'model', ...shown, 'skill over naive', 'over Holt-Winters'];
  const rows = lines.map((line) => [
    line.name,
    line.ahead,
    line.model,
    ...shown.map((key) => String(line.row[key])),
    ...yardsticks.map((yardstick) =>
      yardsticks.includes(line.model) ? '' : `${skillOver(lines, line, yardstick).toFixed(1)} %`,
    ),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

function summary(lines: readonly Line[]): string {
  const learned = lines.filter(({ model }) => !yardsticks.includes(model));
  const groups = [...new Set(learned.map(({ model, ahead }) => `${model} ${ahead}`))];
  return groups
    .map((group) => {
      const own = learned.filter(({ model, ahead }) => `${model} ${ahead}` === group);
      const parts = yardsticks.map((yardstick) => {
        const skills = own.map((line) => skillOver(lines, line, yardstick));
        return `over ${yardstick} median ${median(skills).toFixed(1)} %, worst ${Math.min(...skills).toFixed(1)} %`;
      });
      return `${group}: ${parts.join('; ')}`;
    })
    .join('\n');
}

if (options.cases === undefined) throw new Error('--cases: expected a file');
await loadBackend('wasm');
const engines = { arima: createArimaEngine(), lstm: createLstmEngine() };
const lines: Line[] = [];
for (const one of await readCases(options.cases, options.only?.split(','))) {
  const startedMs = performance.now();
  const scores = await follow(await courseOf(one), engines);
  for (const [model, tallies] of scores) {
    for (const [i, ahead] of options.ahead.split(',').entries())
      lines.push({ name: one.name, ahead, model, row: rowOf(tallies[i]!) });
  }
  process.stderr.write(`${one.name}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  const own = lines.filter(({ name }) => name === one.name);
  process.stderr.write(`${markdown(own)}\n`);
}
if (options.output === 'json') process.stdout.write(`${JSON.stringify(lines)}\n`);
else process.stdout.write(`${markdown(lines)}\n\n${summary(lines)}\n`);
