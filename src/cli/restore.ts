/** `forescale restore`: puts every floor back to what it was before. */
import type { Command } from 'commander';
import type { Restored } from '../adapters/kubernetes/write/restore.ts';
import type { Context } from './context.ts';
import { configOption } from './options.ts';

const help = `
Every HPA that carries a lease of forescale gets its own minReplicas (and target) back, and the annotations go.
It needs neither Prometheus nor a running daemon; deploy/ has a CronJob that calls it with --expired, so floors
end even when the daemon is gone. What is paused stays as it is, and is said.

Examples:
  forescale restore                 leave the cluster as if forescale had never been there
  forescale restore --expired       only floors whose lease ran out
  forescale restore --dry-run       what would be put back`;

interface RestoreOptions {
  readonly config: string;
  readonly expired?: boolean;
  readonly dryRun?: boolean;
}

function line({ namespace, name, actuation }: Restored): string {
  const writes = 'writes' in actuation ? actuation.writes : [];
  const changes = writes.map(({ field, from, to }) => `${field} ${from} → ${to}`);
  const reasons = 'reasons' in actuation ? (actuation.reasons ?? []) : [];
  const detail = 'message' in actuation ? [actuation.message] : [...changes, ...reasons.map(({ message }) => message)];
  return `${namespace}/HorizontalPodAutoscaler/${name}: ${[actuation.kind, ...detail].join('; ')}\n`;
}

async function restore(options: RestoreOptions, context: Context): Promise<void> {
  const { restoreFloors } = await import('../app/restore.ts');
  const outcomes = await restoreFloors({
    configPath: options.config,
    expiredOnly: options.expired ?? false,
    dryRun: options.dryRun ?? false,
    now: Date.now,
  });
  for (const restored of outcomes) context.print(line(restored));
  if (outcomes.length === 0) context.print('no floor of forescale stands\n');
  if (outcomes.some(({ actuation }) => 'message' in actuation)) context.exit(1);
}

export function addRestoreCommand(program: Command, context: Context): void {
  program
    .command('restore')
    .summary('put every floor back')
    .description('Undoes what forescale changed on HPAs: floors, raised targets and their annotations.')
    .addOption(configOption())
    .option('--expired', 'only floors whose lease ran out')
    .option('--dry-run', 'say what would be put back, write nothing')
    .addHelpText('after', help)
    .action((options: RestoreOptions) => restore(options, context));
}
