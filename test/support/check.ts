/**
 * `npm test`: types, lint with import zones, format, unused exports and dependencies, tests with coverage.
 * Every check runs, so that one call shows everything; at the end stand the tests that failed, with their stacks, and
 * `N passed, N failed, N skipped`.
 *
 *   check.ts            everything
 *   check.ts types      one check by its name
 *   check.ts unit       the tests that need no server
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mocha, root, testsIn, withServers } from './mocha.ts';

const modules = join(root, 'node_modules');
const scratch = mkdtempSync(join(tmpdir(), 'forescale-check-'));

const checks = {
  types: [join(modules, 'typescript/bin/tsc'), '-p', root],
  lint: [join(modules, '@biomejs/biome/bin/biome'), 'lint', '--error-on-warnings', '--max-diagnostics=100', root],
  format: [join(modules, '@biomejs/biome/bin/biome'), 'format', root],
  unused: [join(modules, 'knip/bin/knip.js'), '--directory', root],
  tests: [join(modules, 'c8/bin/c8.js'), process.execPath, join(root, 'test/support/run-tests.ts')],
} as const;
const unit = [...mocha, testsIn('test'), ...withServers.flatMap((folder) => ['--ignore', join(folder, '**')])];

function run(name: string, args: readonly string[]): boolean {
  process.stdout.write(`\n— ${name}\n`);
  const env = { ...process.env, FORESCALE_TEST_COUNTS: scratch, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' };
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status === 0;
}

function selected(which: string | undefined): readonly (readonly [string, readonly string[]])[] {
  if (which === undefined) return Object.entries(checks);
  if (which === 'unit') return [['unit', unit]];
  const check = Object.entries(checks).find(([name]) => name === which);
  if (check) return [check];
  process.stderr.write(`check: unknown check "${which}"; there are ${Object.keys(checks).join(', ')}, unit\n`);
  process.exit(1);
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Title and stack of each test that failed. */
  readonly failures: readonly string[];
}

function testCounts(): Counts {
  const counts = readdirSync(scratch).map((file) => JSON.parse(readFileSync(join(scratch, file), 'utf8')) as Counts);
  const sum = (pick: (one: Counts) => number) => counts.reduce((total, one) => total + pick(one), 0);
  return {
    passed: sum((one) => one.passed),
    failed: sum((one) => one.failed),
    skipped: sum((one) => one.skipped),
    failures: counts.flatMap((one) => one.failures),
  };
}

const wanted = selected(process.argv[2]);
const failures = wanted.filter(([name, args]) => !run(name, args)).map(([name]) => name);
const { passed, failed, skipped, failures: failedTests } = testCounts();
rmSync(scratch, { recursive: true });

const testsRan = wanted.some(([name]) => name === 'tests' || name === 'unit');
// A failing check that is no test counts as one failure, so that the closing line never says 0 failed beside a red run.
const otherFailures = failures.filter((name) => failed === 0 || (name !== 'tests' && name !== 'unit'));
// Said once more at the end: what a folder says of its failure stands thousands of lines above.
for (const test of failedTests) process.stdout.write(`\nfailed: ${test}\n`);
if (failures.length > 0) process.stdout.write(`\nfailed: ${failures.join(', ')}\n`);
if (testsRan) process.stdout.write(`\n${passed} passed, ${failed + otherFailures.length} failed, ${skipped} skipped\n`);
process.exit(failures.length > 0 ? 1 : 0);
