import assert from 'node:assert/strict';
import { type BacktestOptions, readSettings } from '../../../src/cli/backtest/settings.ts';
import { forecasterNames } from '../../../src/domain/forecast.ts';

const file: BacktestOptions = {
  input: 'load.csv',
  horizon: '48',
  seasonLength: '168,24',
  seed: '1',
  config: 'forescale.yaml',
  output: 'table',
};
const workload: BacktestOptions = { workload: 'shop/StatefulSet/db', seed: '1', config: 'f.yaml', output: 'json' };

function read(options: BacktestOptions) {
  const answer = readSettings(options);
  assert.equal(answer.kind, 'read', JSON.stringify(answer));
  return (answer as Extract<typeof answer, { kind: 'read' }>).settings;
}

function problems(options: BacktestOptions): readonly string[] {
  const answer = readSettings(options);
  return answer.kind === 'bad' ? answer.problems : [];
}

describe('readSettings', () => {
  it('reads a file with its horizon; seasons ascend', () => {
    assert.deepEqual(read(file), {
      source: { kind: 'file', path: 'load.csv', horizonSteps: 48, seasonLengths: [24, 168] },
      wishes: {},
      seed: 1,
    });
  });

  it('reads all wishes; levels ascend', () => {
    const options = {
      ...file,
      origins: '50',
      stride: '12',
      refitEvery: '10',
      levels: '0.99, 0.5',
      models: 'hybrid,arima',
    };
    const { wishes, levels, models } = read(options);
    assert.deepEqual(wishes, { count: 50, stride: 12, refitEvery: 10 });
    assert.deepEqual(levels, [0.5, 0.99]);
    assert.deepEqual(models, ['hybrid', 'arima']);
  });

  it('a workload needs nothing else: the rest is the daemon’s', () => {
    assert.deepEqual(read(workload).source, {
      kind: 'workload',
      from: { configPath: 'f.yaml' },
      ref: { namespace: 'shop', kind: 'StatefulSet', name: 'db' },
    });
  });

  it('a workload may have its span, horizon and seasons changed', () => {
    const { source } = read({ ...workload, since: '30d', horizon: '15', seasonLength: '1440' });
    assert.deepEqual(source, {
      kind: 'workload',
      from: { configPath: 'f.yaml' },
      ref: { namespace: 'shop', kind: 'StatefulSet', name: 'db' },
      horizonSteps: 15,
      seasonLengths: [1440],
      sinceMs: 30 * 86_400_000,
    });
  });

  const refused: readonly (readonly [Partial<BacktestOptions>, string])[] = [
    [{ horizon: '0' }, '--horizon: expected a whole number from 1 to 10000, found "0"'],
    [{ horizon: '1.5' }, '--horizon: expected a whole number from 1 to 10000, found "1.5"'],
    [
      { seasonLength: '24,' },
      '--season-length: expected whole numbers of steps up to 10000000 such as 24,168, found "24,"',
    ],
    [{ levels: '0.5,1' }, '--levels: expected different numbers between 0 and 1 such as 0.5,0.9,0.99, found "0.5,1"'],
    [{ levels: '' }, '--levels: expected different numbers between 0 and 1 such as 0.5,0.9,0.99, found ""'],
    [{ origins: '2001' }, '--origins: expected a whole number from 1 to 2000, found "2001"'],
    [{ stride: '-1' }, '--stride: expected a whole number of at least 1, found "-1"'],
    [{ seed: '1e3' }, '--seed: expected a whole number from 0 to 2147483647, found "1e3"'],
    [{ since: '30d' }, '--since: expected only with --workload, found with --input'],
  ];
  for (const [change, message] of refused) {
    it(`${JSON.stringify(change)} is refused with ${message.split(':')[0]}`, () => {
      assert.ok(problems({ ...file, ...change }).includes(message), problems({ ...file, ...change }).join('\n'));
    });
  }

  it('an unknown model is told with those there are', () => {
    const [problem] = problems({ ...file, models: 'prophet' });
    assert.equal(problem, `--models: expected names out of ${forecasterNames.join(', ')}, found "prophet"`);
  });
});
