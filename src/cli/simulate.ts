/** `forescale simulate`: replays a trace through forescale and its rivals. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { openForescale } from '../app/simulation/open-forescale.ts';
import { runToEnd, type Simulation, startSimulation } from '../simulate/engine.ts';
import { createNeed } from '../simulate/need.ts';
import { parseTrace } from '../simulate/parse-trace.ts';
import type { Policy, Workload } from '../simulate/policy.ts';
import { decisionsCsv, decisionsFileName, type PolicyReport, reportPolicies } from '../simulate/report.ts';
import { layTimetable, type Timetable } from '../simulate/timetable.ts';
import type { Context } from './context.ts';
import { startProgress } from './progress.ts';
import { parsePolicies, policyHelp } from './simulate/policy-names.ts';
import { describe, readSettings, type SimulateOptions, type SimulateSettings } from './simulate/settings.ts';
import { formatTable } from './simulate/table.ts';
import { readTextFile } from './text-file.ts';
import { writeFiles } from './write-files.ts';

const help = `
The trace is a CSV with a header: unix_s, and one column or more with the amount in each step; blank is missing.
All policies meet the same load by the same rules, decide only on steps that have ended, and are scored behind the
warm-up. A replica is billed from the moment it is asked for.

Policies, separated by commas:
${policyHelp()}

Example:
  forescale simulate --trace requests.csv.gz --column requests --per-replica 25 --start-up 120s \\
    --decide-every 60s --warm-up 14d --objective 'wait p95 100ms' --policies forescale,hpa:0.7,recent-max:7d,oracle`;

/** A trace is one workload; its name shows in reasons only. */
const WORKLOAD = 'workload';

async function prepareWorkload(options: SimulateOptions, settings: SimulateSettings): Promise<Workload> {
  const answer = parseTrace(await readTextFile(options.trace), options.column, settings.scalePeak);
  if (answer.kind === 'bad') throw new Error(describe([`${options.trace}: ${answer.problem}`]));
  const { perReplica, objective, startUp } = settings;
  const need = createNeed(perReplica, objective);
  return { name: WORKLOAD, trace: answer.trace, perReplica, startUp, need, ...(objective && { objective }) };
}

function prepareTimetable(workload: Workload, settings: SimulateSettings): Timetable {
  const { startMs, stepMs, values } = workload.trace;
  const { decideMs = stepMs, warmUpMs, startUp, scoreUntilMs } = settings;
  const until = scoreUntilMs === undefined ? {} : { scoreUntilMs };
  const answer = layTimetable({
    trace: { startMs, stepMs, steps: values.length },
    decideMs,
    warmUpMs,
    startUp,
    ...until,
  });
  if (answer.kind === 'refused') throw new Error(describe(answer.problems));
  return answer.timetable;
}

async function replay(
  workload: Workload,
  timetable: Timetable,
  policies: readonly Policy[],
  seed: number,
  signal: AbortSignal,
): Promise<Simulation> {
  const simulation = startSimulation([workload], timetable, policies, seed);
  const progress = startProgress('simulating', timetable.rows);
  try {
    await runToEnd(simulation, { signal, onRow: progress.update });
  } catch (error) {
    throw signal.aborted ? new Error('simulate: stopped. Nothing was written.') : error;
  } finally {
    progress.end();
  }
  return simulation;
}

async function writeResults(
  options: SimulateOptions,
  simulation: Simulation,
  reports: readonly PolicyReport[],
  signal: AbortSignal,
): Promise<void> {
  const { workloads, timetable, results } = simulation;
  const files = [];
  if (options.output !== undefined)
    files.push({ path: options.output, text: `${JSON.stringify({ policies: reports }, null, 2)}\n` });
  if (options.decisions !== undefined) {
    for (const { policy, tracks } of results)
      files.push({
        path: join(options.decisions, decisionsFileName(policy)),
        text: decisionsCsv(tracks[0]!, workloads[0]!, timetable),
      });
  }
  await writeFiles(files, signal);
}

async function simulate(options: SimulateOptions, context: Context): Promise<void> {
  const settings = readSettings(options);
  await using forescale = openForescale({
    workloads: [WORKLOAD],
    seed: settings.seed,
    refitEveryMs: settings.refitEveryMs,
    signal: context.stop,
    say: context.say,
  });
  const { policies, problems } = parsePolicies(options.policies, forescale.make);
  if (problems.length > 0) throw new Error(describe(problems));
  const workload = await prepareWorkload(options, settings);
  const timetable = prepareTimetable(workload, settings);
  const simulation = await replay(workload, timetable, policies, settings.seed, context.stop);
  const reports = reportPolicies(workload, 0, timetable, simulation.results);
  await writeResults(options, simulation, reports, context.stop);
  context.print(
    options.format === 'json' ? `${JSON.stringify({ policies: reports }, null, 2)}\n` : formatTable(reports),
  );
}

export function addSimulateCommand(program: Command, context: Context): void {
  program
    .command('simulate')
    .summary('replay a trace against other autoscalers')
    .description(
      'Replays recorded load through forescale, HPAs and perfect foresight, and says what each costs and misses.',
    )
    .requiredOption('--trace <file>', 'CSV with a column unix_s; .gz is unpacked')
    .requiredOption('--column <name>', 'column with the amount in each step')
    .requiredOption('--per-replica <rate>', 'requests per second that one busy replica serves')
    .requiredOption('--start-up <duration>', 'from asking for a replica to its service: 120s, or p50=60s,p99=180s')
    .requiredOption('--warm-up <duration>', 'unscored first part, in which policies learn')
    .requiredOption('--policies <list>', 'what to compare, separated by commas')
    .option('--decide-every <duration>', 'the step of the trace or a part of it (default: the step)')
    .option('--objective <text>', "such as 'wait p95 100ms' (default: throughput alone)")
    .option('--scale-peak <rate>', 'scale the trace so that its largest rate is this')
    .option('--score-until <unix>', 'stop before this time')
    .option('--refit-every <duration>', 'how often forescale refits its models, in simulated time', '1d')
    .option('--seed <n>', 'seed of all that is drawn', '1')
    .option('--output <file>', 'write the report as JSON')
    .option('--decisions <dir>', 'write the rows of each policy as CSV')
    .addOption(new Option('-o, --format <format>', 'on stdout').choices(['table', 'json']).default('table'))
    .addHelpText('after', help)
    .action((options: SimulateOptions) => simulate(options, context));
}
