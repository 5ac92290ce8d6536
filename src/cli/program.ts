/** The command line: one file per command, exit codes 0 done, 1 failed, 2 changes pending (plan). */
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addBacktestCommand } from './backtest.ts';
import type { Context } from './context.ts';
import { addDemoCommand } from './demo.ts';
import { addExplainCommand } from './explain.ts';
import { addForecastCommand } from './forecast.ts';
import { addPlanCommand } from './plan.ts';
import { addRestoreCommand } from './restore.ts';
import { addRunCommand } from './run.ts';
import { addSimulateCommand } from './simulate.ts';
import { addValidateCommand } from './validate.ts';

const examples = `
Examples:
  forescale demo                                   watch it at work on an embedded shop
  forescale validate --config config/forescale.yaml
  forescale plan --config config/forescale.yaml    what it would change in your cluster, and why
  forescale run --config config/forescale.yaml     the daemon; a dry run until the mode is "act"
  forescale explain shop/Deployment/checkout       the last decision, from the series to the number
  forescale restore                                put every floor back

Exit codes: 0 done; 1 failed, the message says what and where; 2 from plan: changes are pending.`;

/** In the order in which a newcomer meets them. */
const commands = [
  addDemoCommand,
  addValidateCommand,
  addPlanCommand,
  addRunCommand,
  addExplainCommand,
  addRestoreCommand,
  addForecastCommand,
  addBacktestCommand,
  addSimulateCommand,
] as const;

function buildProgram(context: Context): Command {
  const program = new Command('forescale')
    .description('A predictive autoscaler for Kubernetes: it has the replicas in place before the load arrives.')
    .version(packageJson.version)
    .addHelpText('after', examples)
    .showHelpAfterError('(see --help)')
    .exitOverride();
  for (const add of commands) add(program, context);
  return program;
}

/** @returns the exit code */
export async function runCommandLine(args: readonly string[], stop: AbortSignal): Promise<number> {
  let code = 0;
  const context: Context = {
    stop,
    print: (text) => void process.stdout.write(text),
    say: (text) => void process.stderr.write(text),
    exit: (chosen) => {
      code = chosen;
    },
  };
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // commander has printed its own message (or the help) by then
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    context.say(`forescale: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
