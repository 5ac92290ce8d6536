/** What the process itself does with its streams. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const main = join(import.meta.dirname, '../../src/main.ts');
const full = '/dev/full';

/** Runs with one stream to a device that is always full. */
async function runWithFull(stream: 'stdout' | 'stderr', ...args: readonly string[]) {
  const device = openSync(full, 'w');
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', stream === 'stdout' ? device : 'pipe', stream === 'stderr' ? device : 'pipe'],
  });
  const [said, [code]] = await Promise.all([text((child.stdout ?? child.stderr)!), once(child, 'exit')]);
  return { said, code };
}

(existsSync(full) ? describe : describe.skip)('forescale on a full disk (where there is /dev/full)', () => {
  it('says in one line that its output has no place, and ends with 1', async () => {
    assert.deepEqual(await runWithFull('stdout', '--help'), {
      said: 'forescale: standard output cannot be written: ENOSPC: no space left on device, write\n',
      code: 1,
    });
  });

  it('does its work though what it says beside it has no place: a spike that is taken as missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forescale-full-'));
    try {
      const rows = Array.from({ length: 200 }, (_, i) => `a,${i},${i === 150 ? 1e8 : 100 + (i % 24)}`);
      writeFileSync(join(folder, 'spike.csv'), `unique_id,ds,y\n${rows.join('\n')}\n`);
      const args = ['--input', join(folder, 'spike.csv'), '--horizon', '2', '--season-length', '24'];
      const { said, code } = await runWithFull('stderr', 'forecast', ...args);
      assert.equal(code, 0);
      assert.equal(said.trim().split('\n').length, 3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
