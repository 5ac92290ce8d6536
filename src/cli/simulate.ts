/** `forescale simulate`: replays a trace through forescale and its rivals. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { decisionsCsv, decisionsFileName } from '../simulate/report.ts';
import type { Context } from './context.ts';
import { configOption } from './options.ts';
import { policyList } from './simulate/ladders.ts';
import type { Material } from './simulate/material.ts';
import { formatPage } from './simulate/page.ts';
import { policyHelp } from './simulate/policy-names.ts';
import { readFileMaterial } from './simulate/read-file.ts';
import { type Outcome, runSimulation } from './simulate/run.ts';
import { readSettings, type SimulateOptions, type SimulateSettings } from './simulate/settings.ts';
import { formatTable } from './simulate/table.ts';
import { checkPlaces, type OutputFile, writeFiles } from './write-files.ts';

const help = `
The trace is a CSV with a header: unix_s, and one column or more with the amount in each step; blank is missing. Or it is
a workload read from your Prometheus, with what a replica serves and how long it takes to start, where the metrics say so.
All policies meet the same load by the same rules, decide only on steps that have ended, and are scored behind the
warm-up. A replica is billed from the moment it is asked for.

Policies, separated by commas:
${policyHelp()}

Examples:
  forescale simulate --trace requests.csv.gz --column requests --per-replica 25 --start-up 120s \\
    --decide-every 60s --warm-up 14d --objective 'wait p95 100ms' --policies forescale,hpa:0.7,recent-max:7d,oracle
  forescale simulate --trace requests.csv.gz --column requests --per-replica 25 --start-up 120s \\
    --frontier --price 0.04 --html report.html
  forescale simulate --prometheus http://prometheus:9090 --workload shop/checkout --since 30d --frontier`;

async function readMaterial(settings: SimulateSettings, stop: AbortSignal): Promise<Material> {
  const { source } = settings;
  switch (source.kind) {
    case 'file':
      return readFileMaterial(source, settings);
    case 'workload': {
      const { readWorkloadMaterial } = await import('./simulate/read-workload.ts');
      return readWorkloadMaterial(source, settings, Date.now(), stop);
    }
  }
}

function reportText({ reports, frontier }: Outcome): string {
  return `${JSON.stringify({ policies: reports, ...(frontier && { frontier }) }, null, 2)}\n`;
}

function filesOf(options: SimulateOptions, outcome: Outcome): readonly OutputFile[] {
  const { workloads, timetable, results } = outcome.simulation;
  const files: OutputFile[] = [];
  if (options.output !== undefined) files.push({ path: options.output, text: reportText(outcome) });
  if (options.html !== undefined) files.push({ path: options.html, text: formatPage(outcome) });
  if (options.decisions === undefined) return files;
  const rows = results.map(({ policy, tracks }) => ({
    path: join(options.decisions!, decisionsFileName(policy)),
    text: decisionsCsv(tracks[0]!, workloads[0]!, timetable),
  }));
  return [...files, ...rows];
}

async function simulate(options: SimulateOptions, context: Context): Promise<void> {
  const settings = readSettings(options);
  const frontier = options.frontier === true;
  const wishes = {
    policies: policyList(options.policies, frontier),
    frontier,
    forecasts: options.html !== undefined,
  };
  await checkPlaces([
    ...[options.output, options.html].filter((path) => path !== undefined),
    ...(options.decisions === undefined ? [] : [join(options.decisions, decisionsFileName('oracle'))]),
  ]);
  const outcome = await runSimulation(() => readMaterial(settings, context.stop), settings, wishes, context);
  for (const failure of outcome.failures) context.say(`a refit failed, what acted before went on: ${failure}\n`);
  await writeFiles(filesOf(options, outcome), context.stop);
  context.print(options.format === 'json' ? reportText(outcome) : formatTable(outcome.reports, outcome.frontier));
}

export function addSimulateCommand(program: Command, context: Context): void {
  program
    .command('simulate')
    .summary('replay a trace against other autoscalers')
    .description(
      'Replays recorded load through forescale, HPAs and perfect foresight, and says what each costs and misses.',
    )
    .option('--trace <file>', 'CSV with a column unix_s; .gz is unpacked')
    .option('--column <name>', 'column with the amount in each step')
    .option('--workload <namespace/name>', 'a workload instead of a file; namespace/StatefulSet/name for others')
    .option('--prometheus <url>', 'where its metrics are (default: what the configuration says)')
    .addOption(configOption())
    .option('--since <duration>', 'how much history of the workload to read, such as 30d')
    .option('--per-replica <rate>', 'requests per second that one busy replica serves')
    .option('--start-up <duration>', 'from asking for a replica to its service: 120s, or p50=60s,p99=180s')
    .option('--warm-up <duration>', 'unscored first part, in which policies learn (default: half of the trace)')
    .option('--policies <list>', 'what to compare, separated by commas')
    .option('--frontier', 'run the ladders of HPAs and of forescale, and say what equal violations cost')
    .option('--decide-every <duration>', 'the step of the trace or a part of it (default: the step)')
    .option('--objective <text>', "such as 'wait p95 100ms' (default: throughput alone)")
    .option('--scale-peak <rate>', 'scale the trace so that its largest rate is this')
    .option('--score-until <unix>', 'stop before this time')
    .option('--price <money>', 'of one replica for one hour')
    .option('--price-change <money>', 'of each replica started or stopped; perfect foresight then pays it too')
    .option('--refit-every <duration>', 'how often forescale refits its models, in simulated time', '1d')
    .option('--seed <n>', 'seed of all that is drawn', '1')
    .option('--output <file>', 'write the report as JSON')
    .option('--decisions <dir>', 'write the rows of each policy as CSV')
    .option('--html <file>', 'write a page with pictures, self-contained')
    .addOption(new Option('-o, --format <format>', 'on stdout').choices(['table', 'json']).default('table'))
    .addHelpText('after', help)
    .action((options: SimulateOptions) => simulate(options, context));
}
