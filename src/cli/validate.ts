/** `forescale validate`: reads a configuration as the daemon would, and starts nothing. */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { configOption } from './options.ts';

const help = `
Every problem is listed at once, each with its path and line, what was expected and what was found.

Example:
  forescale validate --config config/forescale.yaml && kubectl apply -k deploy/kustomize`;

async function validate(path: string, context: Context): Promise<void> {
  const { loadSettings } = await import('../config/load.ts');
  const { describeProblems } = await import('../config/problems.ts');
  const loaded = loadSettings(path);
  if (loaded.kind === 'invalid') {
    context.say(`${describeProblems(path, loaded.problems)}\n`);
    context.exit(1);
    return;
  }
  const { settings } = loaded;
  const discovery = settings.discovery ? 'and those that discovery finds' : 'and no discovery';
  context.print(`${path}: valid. Mode ${settings.mode}; ${settings.workloads.length} workloads named, ${discovery}.\n`);
}

export function addValidateCommand(program: Command, context: Context): void {
  program
    .command('validate')
    .summary('check a configuration file')
    .description('Checks a configuration file and says everything that is wrong with it.')
    .addOption(configOption())
    .addHelpText('after', help)
    .action(({ config }: { config: string }) => validate(config, context));
}
