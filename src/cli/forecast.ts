/** `forescale forecast`: forecasts many series from a table, on all cores. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { forecastBatch } from '../app/batch/forecast-batch.ts';
import { readPrior } from '../app/batch/prior.ts';
import { SHIPPED_MODELS } from '../app/shipped-networks.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { Context } from './context.ts';
import { csvField } from './forecast/csv.ts';
import { formatInstant } from './forecast/instants.ts';
import { type NamedSeries, parseLongForm } from './forecast/long-form.ts';
import { type BatchSettings, type ForecastOptions, readSettings } from './forecast/settings.ts';
import { startProgress } from './progress.ts';
import { refuse } from './refuse.ts';
import { readTextFile } from './text-file.ts';
import { checkPlaces, writeFiles } from './write-files.ts';

const help = `
The input is a table unique_id,ds,y: ds a counter, unix seconds or ISO 8601, at a regular step in each series; a blank
y is missing. The output has ${'`horizon`'} rows a series, in the order of the input: the mean and one column per level.
Some twenty-five members forecast every series, by its own past and by rules learned from all series together. Each counts
by how well it did on the newest part of the series, held back while it learned; the quantiles come from what was missed
there. The same input and seed give the same bytes on any number of cores.

With --prior two networks that were trained beforehand, on generated load only, are members as well. They help where a
history is no longer than a week or two; how much they count is decided like that of any other. The shortest season is
taken for a day. A prior that is damaged or not there is told, and the others forecast without it.

Example:
  forescale forecast --input hourly.csv.gz --horizon 48 --season-length 24,168 --output forecast.csv`;

/** A task takes a minute at most on a slow core. */
const TASK_TIMEOUT_MS = 20 * 60_000;
const PROGRESS_PARTS = 1_000;

async function readInput(path: string): Promise<readonly NamedSeries[]> {
  const table = parseLongForm(await readTextFile(path));
  return table.kind === 'read' ? table.series : refuse(path, table.problems);
}

function rowsOf({ id, style }: NamedSeries, forecast: Forecast, { levels }: BatchSettings): string {
  const columns = levels.map(({ level }) => forecast.quantiles[forecast.levels.indexOf(level)]!);
  let text = '';
  for (let i = 0; i < forecast.mean.length; i++) {
    const at = formatInstant(forecast.startMs + i * forecast.stepMs, style);
    const numbers = [forecast.mean, ...columns].map((column) => String(column[i]!));
    text += `${[csvField(id), at, ...numbers].join(',')}\n`;
  }
  return text;
}

async function forecastAll(
  all: readonly NamedSeries[],
  settings: BatchSettings,
  models: string,
  { say, stop }: Context,
): Promise<string> {
  const warn = (message: string) => say(`${message}\n`);
  const prior = settings.prior ? await readPrior(models, warn) : undefined;
  const progress = startProgress('forecasting', PROGRESS_PARTS);
  const { horizonSteps, seasonLengths, seed } = settings;
  const levels = settings.levels.map(({ level }) => level).sort((a, b) => a - b);
  try {
    const forecasts = await forecastBatch(
      { series: all, horizonSteps, seasonLengths, seed, levels, ...(prior && { prior }) },
      {
        workers: availableParallelism(),
        timeoutMs: TASK_TIMEOUT_MS,
        warn,
        progress: (share) => progress.update(Math.round(share * PROGRESS_PARTS)),
        signal: stop,
      },
    );
    return forecasts.map((forecast, i) => rowsOf(all[i]!, forecast, settings)).join('');
  } finally {
    progress.end();
  }
}

async function run(options: ForecastOptions, models: string, context: Context): Promise<void> {
  const answer = readSettings(options);
  if (answer.kind === 'bad') refuse('options', answer.problems);
  const { settings } = answer;
  if (options.output !== undefined) await checkPlaces([options.output]);
  const all = await readInput(settings.input);
  const header = ['unique_id', 'ds', 'mean', ...settings.levels.map(({ text }) => `q${text}`)].join(',');
  const text = `${header}\n${await forecastAll(all, settings, models, context)}`;
  if (options.output === undefined) context.print(text);
  else await writeFiles([{ path: options.output, text }], context.stop);
}

/** @param models - the folder that holds the prior; another one only in tests */
export function addForecastCommand(program: Command, context: Context, models = SHIPPED_MODELS): void {
  program
    .command('forecast')
    .description('forecast many series from a CSV, with quantiles')
    .option('--input <file>', 'CSV unique_id,ds,y; .gz is unpacked')
    .option('--horizon <steps>', 'steps ahead')
    .option('--season-length <steps>', 'season lengths in steps, comma-separated; 1 for none')
    .option('--levels <list>', 'quantile levels, comma-separated', '0.025,0.1,0.5,0.9,0.975')
    .option('--seed <number>', 'seed of everything random', '1')
    .option('--prior', 'let the pre-trained networks of models/prior take part')
    .option('--output <file>', 'CSV to write; standard output without it')
    .addHelpText('after', help)
    .action((options: ForecastOptions) => run(options, models, context));
}
