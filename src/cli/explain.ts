/** `forescale explain WORKLOAD`: the last decision, from the series to the number. */
import { Argument, type Command, Option } from 'commander';
import type { ExplainedWorkload } from '../app/explain.ts';
import type { ExplainedDecision } from '../app/memory.ts';
import type { JournalEntry } from '../domain/actuation.ts';
import type { Quality } from '../domain/quality.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Context } from './context.ts';
import { configOption } from './options.ts';

const help = `
Shows what the daemon saw and thought in its last round: the series and their quality, the forecast, what a replica
can serve, what was allocated, what each policy said, and the changes before it. Where no daemon has written here, one round is made now,
without writing to the cluster.

Examples:
  forescale explain shop/Deployment/checkout
  forescale explain checkout                       when only one workload has that name
  kubectl exec deploy/forescale -- forescale explain checkout`;

const number = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;
const clock = (ms: number) => new Date(ms).toISOString();

function qualityLines(quality: readonly Quality[]): readonly string[] {
  return quality.map(({ signal, state, action, message }) => `  ${signal}: ${state} (${action}) ${message}`.trimEnd());
}

function forecastLines({ forecast, demand, reactive }: ExplainedDecision['explanation']): readonly string[] {
  const lines = [];
  if (forecast) {
    const steps = forecast.mean.length;
    lines.push(
      `  ${forecast.model}: next ${steps} steps of ${seconds(forecast.stepMs)}, mean ${number(forecast.mean[0]!)} → ${number(forecast.mean[steps - 1]!)}`,
    );
  }
  if (demand)
    lines.push(
      `  planned for ${number(demand.load)} at quantile ${demand.quantile}, expected at ${clock(demand.atMs)}`,
    );
  if (reactive) lines.push(`  load of the last complete step ${number(reactive.load)}`);
  return lines.length > 0 ? lines : ['  none: no model and no load yet'];
}

function eventLines({ events = [] }: ExplainedDecision['explanation']): readonly string[] {
  return events.map(({ name, startMs, endMs, uplift, source, occurrences, declared }) => {
    const beside = declared === undefined || source === 'declared' ? '' : `, declared ${number(declared)}`;
    const from = source === 'declared' || source === 'assumed' ? source : `${source}, occurrences: ${occurrences}`;
    return `  "${name}" ${clock(startMs)} to ${clock(endMs)}: load × ${number(uplift)} at its height (${from}${beside})`;
  });
}

function capacityLines({ capacity, startUp, needed }: ExplainedDecision['explanation']): readonly string[] {
  const lines = [
    `  start-up p50 ${seconds(startUp.p50Ms)}, p90 ${seconds(startUp.p90Ms)} (${startUp.source}, ${startUp.samples} pods)`,
  ];
  if (capacity) {
    const unit = capacity.driver === 'requests' ? 'requests/s' : 'millicores';
    const [low, high] = capacity.interval.map(number);
    lines.unshift(
      `  one replica serves ${number(capacity.perReplica)} ${unit}, ${low} to ${high} (${capacity.source}, ${capacity.samples} samples)`,
    );
  }
  if (needed) lines.push(`  needed: ${needed.byForecast ?? '—'} by forecast, ${needed.byReaction ?? '—'} by reaction`);
  return lines;
}

function allocationLines({ allocation }: ExplainedDecision['explanation']): readonly string[] {
  if (!allocation) return ['  none'];
  const { sizing, wanted, reasons } = allocation;
  return [
    `  ${sizing.replicas} of ${wanted.replicas} replicas wanted`,
    ...reasons.map((reason) => `  ${reason.code}: ${reason.message}`),
  ];
}

function policyLines({ decision }: ExplainedDecision): readonly string[] {
  return decision.trace.map(({ policy, replicasBefore, verdict }) => {
    if (verdict.kind === 'pass') return `  ${policy}: pass at ${replicasBefore}`;
    return `  ${policy}: ${verdict.kind} ${replicasBefore} → ${verdict.replicas} (${verdict.reason.code}: ${verdict.reason.message})`;
  });
}

function recentLines(recent: readonly JournalEntry[]): readonly string[] {
  if (recent.length === 0) return ['  none in the journal'];
  return recent.map(({ atMs, from, to, outcome, reasons }) => {
    const change = from === to ? `held at ${from}` : `${from} → ${to}`;
    return `  ${clock(atMs)} ${change} (${outcome}${reasons[0] ? `, ${reasons[0].code}` : ''})`;
  });
}

/** The text form of an explanation; every number in it comes from the rounds that decided. */
export function explanationText(explained: ExplainedWorkload): string {
  const { decision, explanation, atMs } = explained;
  const headline = decision.kind === 'scale' ? `${decision.from} → ${decision.to}` : `hold at ${decision.from}`;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['series', qualityLines(explanation.quality)],
    ['forecast', forecastLines(explanation)],
    ...(explanation.events ? [['events', eventLines(explanation)] as const] : []),
    ['capacity', capacityLines(explanation)],
    ['allocation', allocationLines(explanation)],
    ['policies', policyLines(explained)],
    ['reasons', decision.reasons.map((reason) => `  ${reason.code}: ${reason.message}`)],
    ['recent changes', recentLines(explained.recent)],
  ];
  const body = sections.map(([title, lines]) => `${title}\n${lines.join('\n')}\n`).join('');
  return `${workloadKey(decision.ref)} at ${clock(atMs)}: ${headline}\n${body}`;
}

async function explain(
  workload: string,
  options: { config: string; output: 'text' | 'json' },
  context: Context,
): Promise<void> {
  const { explainWorkload } = await import('../app/explain.ts');
  const explained = await explainWorkload(options.config, workload, Date.now, context.stop);
  context.print(options.output === 'json' ? `${JSON.stringify(explained, null, 2)}\n` : explanationText(explained));
}

export function addExplainCommand(program: Command, context: Context): void {
  program
    .command('explain')
    .summary('the last decision, from the series to the number')
    .description('Explains the last decision about one workload.')
    .addArgument(new Argument('<workload>', 'namespace/Kind/name, or a name that only one workload has'))
    .addOption(configOption())
    .addOption(new Option('-o, --output <format>', 'form of the result').choices(['text', 'json']).default('text'))
    .addHelpText('after', help)
    .action((workload: string, options: { config: string; output: 'text' | 'json' }) =>
      explain(workload, options, context),
    );
}
