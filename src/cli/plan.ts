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
written to the cluster; only models that had to be fitted are kept, so that the next plan is quick.

Exit codes: 0 nothing to change, 2 changes are pending, 1 failed.

Examples:
  forescale plan --config config/forescale.yaml
  forescale plan -o json | jq '.changes[] | {workload, from, to}'
  forescale plan -o patch > changes.yaml            the fields it would write, one document per object`;

const noWorkloads = `plan: there is no workload to plan for. Name some under "workloads", or let discovery find them:
  kubectl annotate deployment/NAME -n NAMESPACE forescale.dev/enabled=true
`;

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

/** How the budgets were divided: how far the whole is from what was wanted, or why they cannot hold. */
function allocationOf({ round: { plan } }: OnceResult) {
  const { kind, allocator } = plan;
  if (plan.kind === 'infeasible') return { kind, allocator, reason: plan.reason };
  return { kind, allocator, objective: plan.objective, gap: plan.gap };
}

/** The JSON form of a plan: `{generatedAt, mode, changes, holds, budget, allocation}`. */
export function planDocument(result: OnceResult) {
  const { round, settings } = result;
  return {
    generatedAt: new Date(round.atMs).toISOString(),
    mode: settings.mode,
    changes: round.outcomes.filter(({ decision }) => decision.kind === 'scale').map(planLine),
    holds: round.outcomes.filter(({ decision }) => decision.kind === 'hold').map(planLine),
    budget: round.plan.pools,
    allocation: allocationOf(result),
  };
}

const limits = {
  cpuMillicores: (amount: number) => `${amount / 1000} CPU`,
  memoryBytes: (amount: number) => `${+(amount / 2 ** 30).toFixed(2)} GiB`,
  replicas: (amount: number) => `${amount} replicas`,
} as const;

/** One line per budget that limits something; nothing without budgets. */
function budgetLines({ round: { plan } }: OnceResult): string {
  const lines = plan.pools.flatMap(({ pool, budget, left }) => {
    const parts = (['cpuMillicores', 'memoryBytes', 'replicas'] as const).flatMap((name) => {
      const [limit, rest] = [budget[name], left[name]];
      return limit === undefined || rest === undefined ? [] : [`${limits[name](rest)} of ${limits[name](limit)}`];
    });
    return parts.length === 0 ? [] : [`budget ${pool}: left ${parts.join(', ')}`];
  });
  if (lines.length === 0) return '';
  const total =
    plan.kind === 'infeasible'
      ? `infeasible: ${plan.reason.message}`
      : `objective ${+plan.objective.toPrecision(4)}, 0 where all get what they want`;
  return `${[...lines, `${total} (${plan.allocator})`].join('\n')}\n`;
}

function planTable(result: OnceResult): string {
  const { round, settings } = result;
  const rows = round.outcomes.map(({ decision, explanation }) => [
    workloadKey(decision.ref),
    String(decision.from),
    decision.kind === 'scale' ? String(decision.to) : '—',
    explanation.demand?.model ?? '—',
    decision.reasons.map((reason) => `${reason.code}: ${reason.message}`).join('\n'),
  ]);
  const changes = round.outcomes.filter(({ decision }) => decision.kind === 'scale').length;
  const head = `${changes} of ${rows.length} workloads would change (mode ${settings.mode})\n`;
  return head + table(['WORKLOAD', 'FROM', 'TO', 'MODEL', 'WHY'], rows) + budgetLines(result);
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
  if (result.round.outcomes.length === 0) context.say(noWorkloads);
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
