import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../../acceptance/support/cli.ts';

describe('Ctrl-C while simulating', function () {
  this.timeout(60_000);
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulate-stop-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('ends with code 1 and a sentence, in seconds, and leaves no file', async () => {
    const rows = Array.from({ length: 60 * 1440 }, (_, i) => `${i * 60},${6000 + 3000 * Math.sin(i / 229)}`);
    await writeFile(join(folder, 'trace.csv'), `unix_s,requests\n${rows.join('\n')}\n`);
    const at = (name: string) => join(folder, name);
    const told = ['--column', 'requests', '--per-replica', '10', '--start-up', '120s', '--frontier'];
    const wanted = ['--output', at('r.json'), '--html', at('p.html'), '--decisions', at('rows')];
    const { child, finished } = start(['simulate', '--trace', at('trace.csv'), ...told, ...wanted]);
    await sleep(5000);
    const stoppedMs = performance.now();
    child.kill('SIGINT');
    const { code, stdout, stderr } = await finished;
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /simulate: stopped\. Nothing was written\.\n$/);
    assert.ok(performance.now() - stoppedMs < 10_000);
    assert.deepEqual(await readdir(folder), ['trace.csv']);
  });
});
