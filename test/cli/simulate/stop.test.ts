import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../../acceptance/support/cli.ts';

describe('Ctrl-C while simulating', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulate-stop-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Interrupts a simulation of 60 days of minutes after a while. @returns what it left in its folder */
  async function interrupted(afterMs: number, ...policies: readonly string[]): Promise<readonly string[]> {
    const rows = Array.from({ length: 60 * 1440 }, (_, i) => `${i * 60},${6000 + 3000 * Math.sin(i / 229)}`);
    await writeFile(join(folder, 'trace.csv'), `unix_s,requests\n${rows.join('\n')}\n`);
    const at = (name: string) => join(folder, name);
    const told = ['--column', 'requests', '--per-replica', '10', '--start-up', '120s', ...policies];
    const wanted = ['--output', at('r.json'), '--html', at('p.html'), '--decisions', at('rows')];
    const { child, finished } = start(['simulate', '--trace', at('trace.csv'), ...told, ...wanted]);
    await sleep(afterMs);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await finished;
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /simulate: stopped\. Nothing was written\.\n$/);
    return readdir(folder);
  }

  it('ends with code 1 and a sentence while forescale learns, and leaves no file', async () => {
    assert.deepEqual(await interrupted(5000, '--frontier'), ['trace.csv']);
  });

  it('ends so between two trials of a method that is tuned: of 48 trials few have been made', async () => {
    const tuned = ['0.01', '0.003', '0.001', '0.0003'].map((share) => `fft-profile:${share}`);
    assert.deepEqual(await interrupted(3000, '--policies', tuned.join(',')), ['trace.csv']);
  });
});
