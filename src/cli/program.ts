/** The command line: one file per command, exit codes 0 done, 1 failed, 2 changes pending (plan). */
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { Context } from './context.ts';

const examples = `
Examples:
  forescale demo                                   watch it at work on an embedded shop
  forescale validate --config config/forescale.yaml
  forescale plan --config config/forescale.yaml    what it would change in your cluster, and why
  forescale run --config config/forescale.yaml     the daemon; a dry run until the mode is "act"
  forescale explain shop/Deployment/checkout       the last decision, from the series to the number
  forescale restore                                put every floor back

Exit codes: 0 done; 1 failed, the message says what and where; 2 from plan: changes are pending.`;

type AddCommand = (program: Command, context: Context) => void;

/**
 * In the order in which a newcomer meets them. A command is loaded when it is asked for: the daemon would otherwise
 * hold the simulator and the demo in memory for ever, and every start would wait for them.
 */
const commands: { readonly [name: string]: () => Promise<AddCommand> } = {
  demo: async () => (await import('./demo.ts')).addDemoCommand,
  validate: async () => (await import('./validate.ts')).addValidateCommand,
  plan: async () => (await import('./plan.ts')).addPlanCommand,
  run: async () => (await import('./run.ts')).addRunCommand,
  explain: async () => (await import('./explain.ts')).addExplainCommand,
  restore: async () => (await import('./restore.ts')).addRestoreCommand,
  forecast: async () => (await import('./forecast.ts')).addForecastCommand,
  backtest: async () => (await import('./backtest.ts')).addBacktestCommand,
  simulate: async () => (await import('./simulate.ts')).addSimulateCommand,
};

/** The command that is meant; all of them where help, or a word that is none of them, needs the whole list. */
function meant(args: readonly string[]): readonly (() => Promise<AddCommand>)[] {
  const [name = ''] = args;
  return Object.hasOwn(commands, name) ? [commands[name]!] : Object.values(commands);
}

async function buildProgram(args: readonly string[], context: Context): Promise<Command> {
  const program = new Command('forescale')
    .description('A predictive autoscaler for Kubernetes: it has the replicas in place before the load arrives.')
    .version(packageJson.version)
    .addHelpText('after', examples)
    .showHelpAfterError('(see --help)')
    .exitOverride();
  for (const load of meant(args)) (await load())(program, context);
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
    const program = await buildProgram(args, context);
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // commander has printed its own message (or the help) by then
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    context.say(`forescale: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
