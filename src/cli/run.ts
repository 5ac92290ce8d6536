/** `forescale run`: the daemon, or one round of it. */
import process from 'node:process';
import type { Command } from 'commander';
import type { Settings } from '../domain/settings.ts';
import type { Context } from './context.ts';
import { configOption } from './options.ts';
import { printPlan } from './plan.ts';

const help = `
A new installation is a dry run: the log says what would change and why, and nothing is written, neither to a
workload nor as an Event. Set "mode: act" in the configuration, or pass --act, when you believe it.

Examples:
  forescale run --config config/forescale.yaml
  forescale run --config config/forescale.yaml --once --dry-run      one round, then print the plan
  kill -HUP PID                                                      read the configuration again

SIGTERM ends it within 5 seconds with nothing half-written. Floors that it raised end by their lease.`;

interface RunOptions {
  readonly config: string;
  readonly once?: boolean;
  readonly dryRun?: boolean;
  readonly act?: boolean;
}

function modeOf({ dryRun, act }: RunOptions): Settings['mode'] | undefined {
  if (dryRun && act)
    throw new Error('--dry-run and --act contradict each other: give one of them. Nothing was started.');
  if (dryRun) return 'dry-run';
  return act ? 'act' : undefined;
}

async function run(options: RunOptions, context: Context): Promise<void> {
  const mode = modeOf(options);
  const common = { configPath: options.config, ...(mode && { mode }), now: Date.now };
  if (options.once) {
    const { runOnce } = await import('../app/once.ts');
    printPlan(context, 'table', await runOnce({ ...common, actuate: true, log: 'settings' }, context.stop));
    return;
  }
  const { runDaemon } = await import('../app/daemon.ts');
  const onHangUp = (reload: () => void) => void process.on('SIGHUP', reload);
  context.exit((await runDaemon(common, context.stop, onHangUp)) === 0 ? 0 : 1);
}

export function addRunCommand(program: Command, context: Context): void {
  program
    .command('run')
    .summary('the daemon')
    .description('Runs the loop: observe, forecast, plan, decide, act; and refits the models on their schedule.')
    .addOption(configOption())
    .option('--once', 'one round, then exit')
    .option('--dry-run', 'write nothing, whatever the configuration says')
    .option('--act', 'write, whatever the configuration says')
    .addHelpText('after', help)
    .action((options: RunOptions) => run(options, context));
}
