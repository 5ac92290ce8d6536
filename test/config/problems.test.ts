import assert from 'node:assert/strict';
import { describeProblems, formatFound, formatPath } from '../../src/config/problems.ts';

describe('describeProblems', () => {
  const min = { path: 'workloads[2].replicas.min', line: 41, expected: 'at most replicas.max (20)', found: '25' };
  const horizon = { path: 'history.window', line: 12, expected: 'a multiple of step (1m)', found: '"90s"' };

  it('says how many there are and what stays in force, then one line for each of the 2', () => {
    assert.equal(
      describeProblems('config/prod.yaml', [min, horizon], '09:12:00Z'),
      [
        'config/prod.yaml: 2 problems. Nothing changed; still running the config loaded 09:12:00Z.',
        '  workloads[2].replicas.min (line 41): expected at most replicas.max (20), got 25',
        '  history.window (line 12): expected a multiple of step (1m), got "90s"',
      ].join('\n'),
    );
  });

  it('counts 1 problem in the singular, without a configuration to keep and without a line', () => {
    const { line: _, ...lineless } = min;
    assert.equal(
      describeProblems('a.yaml', [{ ...lineless, meant: 'max' }]),
      'a.yaml: 1 problem. Nothing changed.\n  workloads[2].replicas.min: expected at most replicas.max (20), got 25 (did you mean "max"?)',
    );
  });
});

describe('formatPath', () => {
  it('writes positions in brackets and names after dots', () => {
    assert.equal(formatPath(['workloads', 2, 'events', 0, 'start']), 'workloads[2].events[0].start');
    assert.equal(formatPath([]), 'file');
  });
});

describe('formatFound', () => {
  it('quotes texts, so that "20" and 20 look different', () => {
    assert.equal(formatFound('20'), '"20"');
    assert.equal(formatFound(20), '20');
  });

  it('writes what is no finite number as YAML does', () => {
    const found = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(formatFound);
    assert.deepEqual(found, ['.nan', '.inf', '-.inf']);
  });

  it('names structures instead of printing them, and nothing when there is nothing', () => {
    assert.deepEqual([[], {}, null, undefined].map(formatFound), ['a list', 'a mapping', 'nothing', 'nothing']);
  });

  it('cuts a text after 60 characters', () => {
    assert.equal(formatFound('x'.repeat(61)), `"${'x'.repeat(59)}…"`);
    assert.equal(formatFound('x'.repeat(60)), `"${'x'.repeat(60)}"`);
  });
});
