/** `forescale backtest`: scores the forecasts on history, from rolling origins. */
import { type Command, Option } from 'commander';
import { formatPage } from './backtest/format-page.ts';
import { formatReport } from './backtest/format-table.ts';
import type { Material } from './backtest/material.ts';
import { readFileMaterial } from './backtest/read-file.ts';
import { type BacktestReport, reportOf } from './backtest/report.ts';
import { runAll } from './backtest/run-all.ts';
import { type BacktestOptions, type BacktestSettings, readSettings } from './backtest/settings.ts';
import type { Context } from './context.ts';
import { configOption } from './options.ts';
import { refuse } from './refuse.ts';
import { writeFiles } from './write-files.ts';

const help = `
Goes through the newest quarter of the history as if it were happening: at each origin every model forecasts from what
was known then, is refitted from nothing later, and is scored on what came. What acted is scored as a model of its own.

The input is a table unique_id,ds,y as for the forecast command, or a workload read from its Prometheus; then
horizon, seasons, levels and models are those of the daemon unless they are given. Steps whose demand was cut off, by the
errors and the throttling that the configuration observes, are learned as lower bounds, as in the daemon.

Examples:
  forescale backtest --input hourly.csv.gz --horizon 48 --season-length 24,168 --html report.html
  forescale backtest --input load.csv --horizon 15 --season-length 1440 --origins 100 --stride 30 -o json
  forescale backtest --config config/forescale.yaml --workload shop/checkout --since 30d
  forescale backtest --prometheus http://prometheus:9090 --workload shop/checkout --since 30d`;

async function readMaterial(settings: BacktestSettings, context: Context): Promise<Material> {
  const { source } = settings;
  switch (source.kind) {
    case 'file':
      return readFileMaterial(source, settings);
    case 'workload': {
      const { readWorkloadMaterial } = await import('./backtest/read-workload.ts');
      return readWorkloadMaterial(source, settings, Date.now(), context);
    }
  }
}

function formatAs(format: BacktestOptions['output'], report: BacktestReport): string {
  switch (format) {
    case 'table':
      return formatReport(report);
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
  }
}

async function backtest(options: BacktestOptions, context: Context): Promise<void> {
  const answer = readSettings(options);
  if (answer.kind === 'bad') refuse('options', answer.problems);
  const { settings } = answer;
  const material = await readMaterial(settings, context);
  const outcome = await runAll(material, settings, context);
  const report = reportOf(material, outcome, settings.seed);
  if (options.html !== undefined) {
    await writeFiles([{ path: options.html, text: formatPage(report, outcome.results) }], context.stop);
  }
  context.print(formatAs(options.output, report));
}

export function addBacktestCommand(program: Command, context: Context): void {
  program
    .command('backtest')
    .summary('score the forecasts on your own history')
    .description('Scores every model and the one that acts on history, from rolling origins.')
    .option('--input <file>', 'CSV unique_id,ds,y; .gz is unpacked')
    .option('--horizon <steps>', 'steps ahead')
    .option('--season-length <steps>', 'season lengths in steps, comma-separated')
    .option('--levels <list>', 'quantile levels of the weighted quantile loss and of the gate')
    .option('--models <list>', 'learned models that may act; the yardsticks are always there')
    .option('--origins <count>', 'how many origins; at most 200 over the newest quarter by default')
    .option('--stride <steps>', 'steps between origins')
    .option('--refit-every <origins>', 'refit after so many origins; four fits by default')
    .option('--seed <number>', 'seed of everything random', '1')
    .addOption(configOption())
    .option('--workload <namespace/name>', 'a workload instead of a file; namespace/StatefulSet/name for others')
    .option('--prometheus <url>', 'where its metrics are (default: what the configuration says)')
    .option('--since <duration>', 'how much history of the workload to read, such as 30d')
    .addOption(new Option('-o, --output <format>', 'form of the result').choices(['table', 'json']).default('table'))
    .option('--html <file>', 'also write a page with pictures, self-contained')
    .addHelpText('after', help)
    .action((options: BacktestOptions) => backtest(options, context));
}
