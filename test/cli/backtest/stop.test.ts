import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from '../../acceptance/support/cli.ts';
import { folder, longForm } from './support.ts';

describe('Ctrl-C while back-testing', () => {
  it('ends with code 1 and a sentence while models are fitted, prints no result and leaves no file', async () => {
    const dir = await folder();
    const table = longForm('web', 24 * 180, (hour) => Math.round(100 + 60 * Math.sin(hour / 3.8) + (hour % 7)));
    await writeFile(dir.path('load.csv'), `unique_id,ds,y\n${table}`);
    const shape = ['--horizon', '24', '--season-length', '24,168', '--html', dir.path('page.html')];
    const { child, finished } = start(['backtest', '--input', dir.path('load.csv'), ...shape]);
    await sleep(3000);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await finished;
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /backtest: stopped\. Nothing was written\.\n$/);
    assert.deepEqual(await dir.names(), ['load.csv']);
  });
});
