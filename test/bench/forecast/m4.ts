/**
 * What the batch forecast is worth on a table of hourly series, and what each of its members is worth in it: the last
 * two days of every series are hidden, forecast and scored, with all members and without some.
 *
 *   npm run m4 -- --input FILE.csv.gz [--drop 0,48] [--first 40] [--ablation] [--prior]
 *
 * FILE.csv is a table unique_id,ds,y. `--drop` throws away so many hours before the hidden ones, for older folds;
 * `--first` takes only so many series. One thread does all, so that the minutes are those of one core. Scores are those of
 * the M4 competition (Makridakis, Spiliotis & Assimakopoulos 2020): OWA of the mean against its Naive2 constants for hourly
 * series, and MSIS at 95 %.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { readPrior } from '../../../src/app/batch/prior.ts';
import { parseLongForm } from '../../../src/cli/forecast/long-form.ts';
import { readTextFile } from '../../../src/cli/text-file.ts';
import { priorExperts } from '../../../src/forecast/batch/experts/prior.ts';
import { localExperts, pooledExperts } from '../../../src/forecast/batch/experts/roster.ts';
import { forecastGroup, type Subject } from '../../../src/forecast/batch/forecast-group.ts';
import { chooseOrigins } from '../../../src/forecast/batch/origins.ts';
import { prepare } from '../../../src/forecast/batch/prepare.ts';
import { type GroupData, runTask, tasksOf } from '../../../src/forecast/batch/tasks.ts';
import { type Scores, scoresOf } from './m4-scores.ts';

const HORIZON = 48;
const SEASONS = [24, 168];

const { values: options } = parseArgs({
  options: {
    input: { type: 'string' },
    drop: { type: 'string', default: '0' },
    first: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    ablation: { type: 'boolean', default: false },
    prior: { type: 'boolean', default: false },
  },
});
if (!options.input) throw new Error('--input: expected a table unique_id,ds,y');

const table = parseLongForm(await readTextFile(options.input));
if (table.kind === 'bad') throw new Error(table.problems.join('\n'));
const all = table.series.slice(0, Number(options.first)).map(({ series }) => series.values);
const models = new URL('../../../models', import.meta.url).pathname;
const prior = options.prior ? await readPrior(models, console.error) : undefined;

interface Fold {
  readonly subjects: readonly Subject[];
  readonly truths: readonly Float64Array[];
  readonly minutes: number;
}

function foldOf(drop: number): Fold {
  const started = process.cpuUsage();
  const kept = all.map((values) => values.subarray(0, values.length - drop));
  const prepared = kept.map((values) => prepare(values.subarray(0, -HORIZON), SEASONS));
  const frame = { horizon: HORIZON, seasons: SEASONS };
  const ends: number[] = [];
  for (const { past } of prepared) ends.push((ends.at(-1) ?? 0) + past.values.length);
  const values = new Float64Array(ends.at(-1)!);
  for (const [i, { past }] of prepared.entries()) values.set(past.values, ends[i - 1] ?? 0);
  const filled = new Uint8Array(values.length);
  const origins = prepared.map(({ past }) => chooseOrigins(past.values.length, frame));
  const data: GroupData = { values, filled, ends, origins, frame, seed: Number(options.seed), ...(prior && { prior }) };
  const subjects = prepared.map((one, i) => ({
    prepared: one,
    origins: origins[i]!,
    said: [] as Subject['said'][number][],
    longRun: { backs: [], errors: new Float64Array() } as Subject['longRun'],
  }));
  const tasks = tasksOf(data);
  for (const kind of ['local', 'pooled'] as const) {
    for (const task of tasks) {
      if (task.kind !== kind) continue;
      const from = task.kind === 'local' ? task.from : 0;
      for (const [i, { said, longRun }] of runTask(task, data).entries()) {
        subjects[from + i]!.said.push(...said);
        if (longRun) subjects[from + i]!.longRun = longRun;
      }
    }
  }
  const { user, system } = process.cpuUsage(started);
  return { subjects, truths: kept.map((y) => y.subarray(-HORIZON)), minutes: (user + system) / 6e7 };
}

function score({ subjects, truths }: Fold, without: (name: string) => boolean): Scores {
  const some = subjects.map((one) => ({ ...one, said: one.said.filter(({ name }) => !without(name)) }));
  const forecasts = forecastGroup(some, { horizon: HORIZON, seasons: SEASONS }, [0.025, 0.975]);
  return scoresOf(
    subjects.map(({ prepared }) => prepared.past.values),
    truths,
    forecasts.map(({ mean, quantiles }) => ({ mean, low: quantiles[0]!, high: quantiles[1]! })),
  );
}

const names = [...localExperts, ...pooledExperts, ...(prior ? priorExperts(prior) : [])].map(({ name }) => name);
const pooled = pooledExperts.map(({ name }) => name);
const startsWith = (...starts: string[]) => names.filter((name) => starts.some((start) => name.startsWith(start)));
const groups: readonly (readonly [string, readonly string[]])[] = [
  ['all networks', startsWith('network')],
  ['both processes', startsWith('process')],
  ['all that learn from all series', pooled],
  ['all profiles', startsWith('profile')],
  ['all autoregressions', startsWith('ar')],
  ['both harmonic regressions', startsWith('harmonic')],
  ['all that learn nothing', startsWith('last', 'level', 'season', 'weeks')],
];
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['all members', []],
  ...(options.ablation ? [...groups, ...names.map((name): [string, string[]] => [name, [name]])] : []),
];

const folds = options.drop.split(',').map((drop) => foldOf(Number(drop)));
const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
console.log(`| without | OWA by fold (${options.drop}) | OWA | MSIS by fold | MSIS | coverage of 95 % |`);
console.log('| --- | --- | ---: | --- | ---: | ---: |');
for (const [name, without] of cases) {
  const scores = folds.map((fold) => score(fold, (member) => without.includes(member)));
  const owa = scores.map((one) => one.owa);
  const msis = scores.map((one) => one.msis);
  const cells = [
    name === 'all members' ? 'none' : name,
    owa.map((x) => x.toFixed(4)).join(' '),
    mean(owa).toFixed(4),
    msis.map((x) => x.toFixed(2)).join(' '),
    mean(msis).toFixed(3),
    mean(scores.map(({ coverage }) => 100 * coverage)).toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
console.log(`\n${folds.map(({ minutes }) => minutes.toFixed(2)).join(', ')} minutes of one core`);
