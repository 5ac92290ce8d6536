/** `forescale forecast`: forecasts many series from a table, on all cores. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { createTrainer } from '../app/training/trainer.ts';
import { type Forecast, forecasterNames, type Trainer } from '../domain/forecast.ts';
import { forecastCombined } from '../forecast/combine.ts';
import type { Context } from './context.ts';
import { csvField } from './forecast/csv.ts';
import { formatInstant } from './forecast/instants.ts';
import { type NamedSeries, parseLongForm } from './forecast/long-form.ts';
import { type BatchSettings, type ForecastOptions, readSettings } from './forecast/settings.ts';
import { startProgress } from './progress.ts';
import { refuse } from './refuse.ts';
import { readTextFile } from './text-file.ts';
import { writeFiles } from './write-files.ts';

const help = `
The input is a table unique_id,ds,y: ds a counter, unix seconds or ISO 8601, at a regular step in each series; a blank
y is missing. The output has ${'`horizon`'} rows a series, in the order of the input: the mean and one column per level.
Every series is fitted by five forecasters; their forecasts are averaged by how well each did on the newest part of the
series, held back while it was fitted.

Example:
  forescale forecast --input hourly.csv.gz --horizon 48 --season-length 24,168 --output forecast.csv`;

const FIT_TIMEOUT_MS = 120_000;

async function readInput(path: string): Promise<readonly NamedSeries[]> {
  const table = parseLongForm(await readTextFile(path));
  return table.kind === 'read' ? table.series : refuse(path, table.problems);
}

async function forecastOne(
  trainer: Trainer,
  { id, series }: NamedSeries,
  { horizonSteps, seasonLengths, levels, seed }: BatchSettings,
  signal: AbortSignal,
): Promise<Forecast> {
  const ascending = levels.map(({ level }) => level).sort((a, b) => a - b);
  const request = {
    id,
    history: series,
    seasonLengths,
    levels: ascending,
    horizonSteps,
    seed,
    candidates: forecasterNames,
  };
  return forecastCombined(await trainer.fit(request, signal), series, horizonSteps, ascending);
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

/** Always wasm: the same input gives the same bytes on every machine. */
async function forecastAll(
  all: readonly NamedSeries[],
  settings: BatchSettings,
  { say, stop }: Context,
): Promise<string> {
  const workers = Math.max(1, Math.min(availableParallelism(), all.length));
  const log = (level: 'info' | 'warn', message: string) => {
    if (level === 'warn') say(`${message}\n`);
  };
  const trainer = createTrainer({ workers, timeoutMs: FIT_TIMEOUT_MS, backend: 'wasm', log });
  const progress = startProgress('forecasting', all.length);
  let done = 0;
  try {
    const tables = await Promise.all(
      all.map(async (one) => {
        const forecast = await forecastOne(trainer, one, settings, stop);
        done += 1;
        progress.update(done);
        return rowsOf(one, forecast, settings);
      }),
    );
    return tables.join('');
  } finally {
    progress.end();
    await trainer.close();
  }
}

async function run(options: ForecastOptions, context: Context): Promise<void> {
  const answer = readSettings(options);
  if (answer.kind === 'bad') refuse('options', answer.problems);
  const all = await readInput(options.input);
  const header = ['unique_id', 'ds', 'mean', ...answer.settings.levels.map(({ text }) => `q${text}`)].join(',');
  const text = `${header}\n${await forecastAll(all, answer.settings, context)}`;
  if (options.output === undefined) context.print(text);
  else await writeFiles([{ path: options.output, text }], context.stop);
}

export function addForecastCommand(program: Command, context: Context): void {
  program
    .command('forecast')
    .description('forecast many series from a CSV, with quantiles')
    .requiredOption('--input <file>', 'CSV unique_id,ds,y; .gz is unpacked')
    .requiredOption('--horizon <steps>', 'steps ahead')
    .requiredOption('--season-length <steps>', 'season lengths in steps, comma-separated')
    .option('--levels <list>', 'quantile levels, comma-separated', '0.025,0.1,0.5,0.9,0.975')
    .option('--seed <number>', 'seed of everything random', '1')
    .option('--output <file>', 'CSV to write; standard output without it')
    .addHelpText('after', help)
    .action((options: ForecastOptions) => run(options, context));
}
