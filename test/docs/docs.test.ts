/** What the guides name is there: a reader who types what stands in them gets what they promise. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { addBacktestCommand } from '../../src/cli/backtest.ts';
import type { Context } from '../../src/cli/context.ts';
import { addDemoCommand } from '../../src/cli/demo.ts';
import { addExplainCommand } from '../../src/cli/explain.ts';
import { addForecastCommand } from '../../src/cli/forecast.ts';
import { addPlanCommand } from '../../src/cli/plan.ts';
import { addRestoreCommand } from '../../src/cli/restore.ts';
import { addRunCommand } from '../../src/cli/run.ts';
import { addSimulateCommand } from '../../src/cli/simulate.ts';
import { addValidateCommand } from '../../src/cli/validate.ts';
import { metricNames } from '../../src/telemetry/metrics.ts';
import { root } from '../deploy/files.ts';
import { codeOf, guides, invocationsIn, npmScriptsIn } from './guides.ts';

interface Schema {
  readonly properties?: { readonly [name: string]: Schema };
}

const program = new Command();
const context: Context = { stop: new AbortController().signal, print() {}, say() {}, exit() {} };
for (const add of [
  addBacktestCommand,
  addDemoCommand,
  addExplainCommand,
  addForecastCommand,
  addPlanCommand,
  addRestoreCommand,
  addRunCommand,
  addSimulateCommand,
  addValidateCommand,
])
  add(program, context);

/** Every command with its flags, short and long. */
const known = new Map(
  program.commands.map((command) => [
    command.name(),
    new Set(command.options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined))),
  ]),
);

const json = <T>(path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

/** Of a whole guide the claims that `wrong` finds something to say about. */
function wrongIn<T>(
  claims: (guide: (typeof guides)[number]) => readonly T[],
  wrong: (claim: T, path: string) => boolean,
  least: number,
): readonly string[] {
  const all = guides.flatMap((guide) => claims(guide).map((claim) => ({ claim, path: guide.path })));
  assert.ok(all.length >= least, `only ${all.length} found`);
  return all
    .filter(({ claim, path }) => wrong(claim, path))
    .map(({ claim, path }) => `${path}: ${JSON.stringify(claim)}`);
}

describe('README and docs', () => {
  it('call forescale with commands and flags that it has', () => {
    const wrong = wrongIn(
      (guide) => codeOf(guide).flatMap(invocationsIn),
      ({ command, flags }) => !known.has(command) || flags.some((flag) => !known.get(command)!.has(flag)),
      20,
    );
    assert.deepEqual(wrong, []);
  });

  it('name scripts that package.json has', () => {
    const { scripts } = json<{ scripts: object }>('package.json');
    const wrong = wrongIn(
      (guide) => codeOf(guide).flatMap(npmScriptsIn),
      (script) => !Object.hasOwn(scripts, script),
      12,
    );
    assert.deepEqual(wrong, []);
  });

  it('link to files that are there', () => {
    const wrong = wrongIn(
      ({ text }) => [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!),
      (target, path) => !existsSync(join(root, dirname(path), target)),
      20,
    );
    assert.deepEqual(wrong, []);
  });

  it('name files of the repository that are there', () => {
    // `deploy/forescale` is the Deployment in kubectl's own words, `config/forescale.yaml` is there.
    const wrong = wrongIn(
      ({ text }) => [...text.matchAll(/\b(?:src|test|deploy|config|docs)\/[\w./-]*\w/g)].map(([path]) => path),
      (path) => path !== 'deploy/forescale' && !existsSync(join(root, path)),
      30,
    );
    assert.deepEqual(wrong, []);
  });

  it('name metrics that are exported', () => {
    const exported = new Set(metricNames);
    const wrong = wrongIn(
      ({ text }) => [...text.matchAll(/\bforescale_\w+/g)].map(([name]) => name),
      (name) => !exported.has(name),
      3,
    );
    assert.deepEqual(wrong, []);
  });

  it('name settings that the configuration knows', () => {
    const top = json<Schema>('config/schema.json').properties!;
    const workload = top['defaults']!.properties!;
    const sections = { ...workload, ...top };
    const wrong = wrongIn(
      ({ text }) =>
        [...text.matchAll(/`([a-z]\w*)\.([a-z]\w*)(?:: [^`]*)?`/gi)].map(([, section, key]) => [section!, key!]),
      ([section, key]) =>
        Object.hasOwn(sections, section!) && !Object.hasOwn(sections[section!]!.properties ?? {}, key!),
      8,
    );
    assert.deepEqual(wrong, []);
  });
});

describe('invocationsIn', () => {
  it('reads command and flags of a call in a pod, and nothing behind a pipe', () => {
    assert.deepEqual(
      invocationsIn('kubectl exec deploy/forescale -- forescale restore --dry-run -c F | grep --color x'),
      [{ command: 'restore', flags: ['--dry-run', '-c'] }],
    );
  });

  it('finds none in the name of an image or a namespace', () => {
    assert.deepEqual(invocationsIn('docker build -t REGISTRY/forescale:0.1.0 .'), []);
    assert.deepEqual(invocationsIn('kubectl logs -n forescale deploy/forescale'), []);
  });
});
