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

  it('reads a workload instead of a file, from an address or a configuration', () => {
    const { trace: _, column: __, perReplica: ___, startUp: ____, ...rest } = options;
    const ref = { namespace: 'shop', kind: 'Deployment', name: 'web' };
    const asked = { ...rest, workload: 'shop/web', prometheus: 'http://p:9090', since: '30d' };
    assert.deepEqual(readSettings(asked).source, {
      kind: 'workload',
      from: { url: 'http://p:9090' },
      ref,
      sinceMs: 30 * 86_400_000,
    });
    const { source } = readSettings({ ...rest, workload: 'shop/StatefulSet/db' });
    assert.deepEqual(source, {
      kind: 'workload',
      from: { configPath: 'forescale.yaml' },
      ref: { namespace: 'shop', kind: 'StatefulSet', name: 'db' },
    });
  });

  it('wants what only metrics could tell when there is a file', () => {
    const { column: _, perReplica: __, startUp: ___, ...rest } = options;
    try {
      readSettings(rest);
      assert.fail('it was accepted');
    } catch (error) {
      for (const option of ['column', 'per-replica', 'start-up'])
        assert.match((error as Error).message, new RegExp(`--${option}: expected with --trace, found nothing`));
    }
  });

  for (const workload of ['web', 'shop/Pod/web', 'shop/', '/web', 'a/Deployment/b/c']) {
    it(`refuses the workload "${workload}"`, () => {
      const { trace: _, column: __, ...rest } = options;
      assert.throws(
        () => readSettings({ ...rest, workload }),
        /--workload: expected NAMESPACE\/NAME or NAMESPACE\/StatefulSet\/NAME/,
      );
    });
  }

  it('refuses an address that is none, and a span of nothing', () => {
    const { trace: _, column: __, ...rest } = options;
    const asked = { ...rest, workload: 'shop/web', prometheus: 'prometheus', since: '0s' };
    assert.throws(
      () => readSettings(asked),
      /--since: .*got "0s"\n.*--prometheus: expected an address such as http:\/\/prometheus:9090, got "prometheus"/,
    );
  });

  it('takes a price of changes in replica-hours when there is no other', () => {
    assert.deepEqual(readSettings({ ...options, priceChange: '0.2' }).prices, { perReplicaHour: 1, perChange: 0.2 });
    assert.deepEqual(readSettings({ ...options, price: '0.04' }).prices, { perReplicaHour: 0.04, perChange: 0 });
    assert.match(problemsOf({ price: '0' }), /--price: expected money per replica-hour, above 0, got "0"/);
    assert.match(
      problemsOf({ priceChange: '-1' }),
      /--price-change: expected money per replica started or stopped, got "-1"/,
    );
  });
});
