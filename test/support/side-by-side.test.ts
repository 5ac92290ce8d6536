import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const program = join(import.meta.dirname, 'side-by-side.ts');

describe('side by side', function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-side-by-side-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs that say something, count `passed` tests where that is given, and end with a code. */
  function runAll(...runs: readonly { readonly says: string; readonly passed?: number; readonly code: number }[]) {
    const counts = join(folder, 'counts.json');
    const args = runs.flatMap(({ says, passed, code }) => {
      const counted = JSON.stringify({ passed, failed: code, skipped: 1 });
      const write = `require('node:fs').writeFileSync(process.env.FORESCALE_TEST_COUNTS, ${JSON.stringify(counted)})`;
      return ['--', '-e', `console.log('${says}'); ${passed === undefined ? '' : write}; process.exit(${code})`];
    });
    const env = { ...process.env, FORESCALE_TEST_COUNTS: counts };
    const ended = spawnSync(process.execPath, [program, ...args.slice(1)], { encoding: 'utf8', env });
    return { ...ended, counts: JSON.parse(readFileSync(counts, 'utf8')) };
  }

  it('adds up what two runs counted: 3 and 4 passed are 7', () => {
    const { status, stdout, counts } = runAll({ says: 'one', passed: 3, code: 0 }, { says: 'two', passed: 4, code: 0 });
    assert.deepEqual([status, counts], [0, { passed: 7, failed: 0, skipped: 2 }]);
    assert.deepEqual(stdout.trim().split('\n').toSorted(), ['one', 'two']);
  });

  it('fails when the second of two runs does', () => {
    const { status, counts } = runAll({ says: 'one', passed: 3, code: 0 }, { says: 'two', passed: 4, code: 1 });
    assert.deepEqual([status, counts.failed], [1, 1]);
  });

  it('counts a run that ended without counting as a failure, even with code 0', () => {
    const { status, counts } = runAll({ says: 'one', passed: 3, code: 0 }, { says: 'gone', code: 0 });
    assert.deepEqual([status, counts], [1, { passed: 3, failed: 1, skipped: 1 }]);
  });
});
