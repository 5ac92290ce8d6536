import assert from 'node:assert/strict';
import { readSettings, type SimulateOptions } from '../../../src/cli/simulate/settings.ts';

const options: SimulateOptions = {
  trace: 't.csv',
  column: 'requests',
  config: 'forescale.yaml',
  perReplica: '25',
  startUp: '120s',
  warmUp: '14d',
  policies: 'oracle',
  refitEvery: '1d',
  seed: '1',
  format: 'table',
};

function problemsOf(change: Partial<SimulateOptions>): string {
  try {
    readSettings({ ...options, ...change });
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail('it was accepted');
}

describe('settings of simulate', () => {
  it('reads what is given and leaves out what is not', () => {
    assert.deepEqual(readSettings(options), {
      source: { kind: 'file', path: 't.csv', column: 'requests' },
      perReplica: 25,
      startUp: { kind: 'fixed', ms: 120_000 },
      warmUpMs: 14 * 86_400_000,
      refitEveryMs: 86_400_000,
      seed: 1,
    });
  });

  it('reads all the rest', () => {
    const all = readSettings({
      ...options,
      decideEvery: '15s',
      scalePeak: '950',
      objective: 'wait p95 100ms',
      scoreUntil: '808588800',
    });
    assert.equal(all.decideMs, 15_000);
    assert.equal(all.scalePeak, 950);
    assert.equal(all.scoreUntilMs, 808_588_800_000);
    assert.equal(all.objective?.kind, 'wait');
  });

  it('reads the start-up as a distribution: p50=60s,p99=3m', () => {
    const { startUp } = readSettings({ ...options, startUp: 'p50=60s,p99=3m' });
    assert.deepEqual(startUp, { kind: 'drawn', p50Ms: 60_000, p99Ms: 180_000 });
  });

  for (const startUp of ['', 'fast', '120', 'p50=60s', 'p50=60s,p99=30s', 'p50=0s,p99=30s', 'p99=60s,p50=30s']) {
    it(`refuses the start-up "${startUp}"`, () => {
      assert.match(problemsOf({ startUp }), /--start-up: expected a duration such as 120s, or its distribution/);
    });
  }

  it('lists every problem, one a line, under what happens now', () => {
    const message = problemsOf({
      perReplica: '-1',
      warmUp: 'x',
      seed: '1.5',
      scalePeak: 'inf',
      refitEvery: '1',
      scoreUntil: 'noon',
    });
    const lines = message.split('\n');
    assert.equal(lines[0], 'simulate: 6 problems. Nothing was simulated or written.');
    assert.equal(lines.length, 7);
    assert.ok(
      lines.slice(1).every((line) => /^ {2}--[a-z-]+: expected .*, got ".*"$/.test(line)),
      message,
    );
  });
});
