/**
 * What the forecasts are worth, on the scored part of a list of cases: weighted quantile loss against both yardsticks,
 * and coverage by hour of day and on ramps. `independent` and `daily` are points of the worst group beyond the two kinds
 * of noise that coverage-noise.ts states, `noise` how much an hour must be off to be told from chance by day, `typical` the
 * root of the mean square less chance, and `above_0.999` outcomes of a thousand above that quantile.
 *
 *   npm run skill -- --cases FILE.csv [--only a,b] [--ahead 15m,1h] [--models LIST] [--candidates LIST] [--refit 1d] [-o json|markdown]
 *
 * FILE.csv is that of `npm run proof`: the part before the warm-up's end is known at the start, what lies behind
 * `score_until` is not touched.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { ForecasterName } from '../../../src/domain/forecast.ts';
import { rampKinds } from '../../../src/evaluate/ramps.ts';
import { readCases } from '../../proof/cases.ts';
import { courseOf } from './courses.ts';
import { beyondDailyNoise, beyondIndependentNoise, dailyNoise, type Hits, typicalError } from './coverage-noise.ts';
import { follow } from './follow.ts';
import { trainerHere } from './here.ts';
import { median } from './summary.ts';
import type { Tally } from './tally.ts';

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
      [`noise_hour_${nominal}`, dailyNoise(hours, nominal)],
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
const trainer = await trainerHere();
const lines: Line[] = [];
for (const one of await readCases(options.cases, options.only?.split(','))) {
  const startedMs = performance.now();
  const scores = await follow(await courseOf(one, options), trainer);
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
