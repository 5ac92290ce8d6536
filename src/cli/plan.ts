/** `forescale plan`: what it would change now, and why. Writes nothing to the cluster. */
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { plainForecast } from '../app/memory.ts';
import type { OnceResult } from '../app/once.ts';
import type { Outcome } from '../domain/facts.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Context } from './context.ts';
import { configOption } from './options.ts';
import { patches } from './patches.ts';
import { table } from './table.ts';

const formats = ['table', 'json', 'yaml', 'patch'] as const;
export type PlanFormat = (typeof formats)[number];

const help = `
Reads Prometheus and the cluster once, and prints what the daemon would change now with the reasons. Nothing is
written to the cluster, and nothing is kept.

Exit codes: 0 nothing to change, 2 changes are pending, 1 failed.

Examples:
  forescale plan --config config/forescale.yaml
  forescale plan -o json | jq '.changes[] | {workload, from, to}'
  forescale plan -o patch > changes.yaml            the fields it would write, one document per object`;

/** A change or a hold in the form that `-o json` prints. */
function planLine({ decision, explanation }: Outcome) {
  return {
    workload: workloadKey(decision.ref),
    from: decision.from,
    ...(decision.kind === 'scale' && { to: decision.to }),
    reasons: decision.reasons,
    ...(explanation.forecast && { forecast: plainForecast(explanation.forecast) }),
    ...(decision.requests && { requests: decision.requests }),
  };
}

/** The JSON form of a plan: `{generatedAt, mode, changes, holds, budget}`. */
export function planDocument({ round, settings }: OnceResult) {
  return {
    generatedAt: new Date(round.atMs).toISOString(),
    mode: settings.mode,
    changes: round.outcomes.filter(({ decision }) => decision.kind === 'scale').map(planLine),
    holds: round.outcomes.filter(({ decision }) => decision.kind === 'hold').map(planLine),
    budget: round.plan.pools,
  };
}

function planTable({ round, settings }: OnceResult): string {
  const rows = round.outcomes.map(({ decision, explanation }) => [
    workloadKey(decision.ref),
    String(decision.from),
    decision.kind === 'scale' ? String(decision.to) : '—',
    explanation.demand?.model ?? '—',
    decision.reasons.map((reason) => `${reason.code}: ${reason.message}`).join('\n'),
  ]);
  const changes = round.outcomes.filter(({ decision }) => decision.kind === 'scale').length;
  const head = `${changes} of ${rows.length} workloads would change (mode ${settings.mode})\n`;
  return head + table(['WORKLOAD', 'FROM', 'TO', 'MODEL', 'WHY'], rows);
}

const rendered: { readonly [format in PlanFormat]: (result: OnceResult) => string } = {
  table: planTable,
  json: (result) => `${JSON.stringify(planDocument(result), null, 2)}\n`,
  yaml: (result) => stringify(planDocument(result)),
  patch: patches,
};

export function printPlan(context: Context, format: PlanFormat, result: OnceResult): void {
  context.print(rendered[format](result));
}

async function plan(options: { config: string; output: PlanFormat }, context: Context): Promise<void> {
  const { runOnce } = await import('../app/once.ts');
  const result = await runOnce(
    { configPath: options.config, actuate: false, log: 'warn', now: Date.now },
    context.stop,
  );
  printPlan(context, options.output, result);
  const pending = result.round.outcomes.some(({ decision }) => decision.kind === 'scale');
  context.exit(pending ? 2 : 0);
}

export function addPlanCommand(program: Command, context: Context): void {
  program
    .command('plan')
    .summary('what it would change now, and why')
    .description('Goes through one round against your Prometheus and cluster without writing.')
    .addOption(configOption())
    .addOption(new Option('-o, --output <format>', 'form of the result').choices([...formats]).default('table'))
    .addHelpText('after', help)
    .action((options: { config: string; output: PlanFormat }) => plan(options, context));
}
