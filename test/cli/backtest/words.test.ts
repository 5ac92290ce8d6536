import assert from 'node:assert/strict';
import { coverages, isCounter, nameOf, score, seconds, share, signedGain } from '../../../src/cli/backtest/words.ts';
import { refuse } from '../../../src/cli/refuse.ts';

describe('words of a report', () => {
  it('what cannot be computed is a dash, never NaN or 0', () => {
    assert.deepEqual(
      [score(Number.NaN), share(null), share(undefined), share(Number.NaN), seconds(null), signedGain(undefined)],
      new Array(6).fill('—'),
    );
    assert.equal(coverages({ count: 0, shares: { '0.5': null, '0.9': null, '0.99': null } }), '— / — / —');
  });

  it('coverage is read at a glance: 50.1 / 90.3 / 98.8', () => {
    assert.equal(
      coverages({ count: 9, shares: { '0.5': 0.5012, '0.9': 0.9033, '0.99': 0.988 } }),
      '50.1 / 90.3 / 98.8',
    );
  });

  it('a gain has its sign, a loss too', () => {
    const interval = { low: 0.14, high: 0.22 };
    assert.equal(signedGain({ over: 'seasonal-naive', gain: 0.18, interval, blocks: 9 }), '+18 % ± 4 %');
    assert.equal(signedGain({ over: 'seasonal-naive', gain: -0.05, blocks: 1 }), '-5.0 %');
  });

  it('times have two digits: 0.034 s, 14 s', () => {
    assert.deepEqual([0.0341, 13.7].map(seconds), ['0.034 s', '14 s']);
  });

  it('tells counters from times', () => {
    assert.deepEqual(['960', '1704067200', '2024-01-01'].map(isCounter), [true, false, false]);
  });

  it('models go by their names', () => {
    assert.deepEqual([nameOf('hybrid'), nameOf('holt-winters')], ['hybrid', 'Holt-Winters']);
  });
});

describe('refuse', () => {
  it('tells at most 50 problems and how many more there are', () => {
    const problems = Array.from({ length: 53 }, (_, i) => `line ${i + 1}`);
    assert.throws(
      () => refuse('load.csv', problems),
      (error: Error) => {
        const lines = error.message.split('\n');
        assert.equal(lines[0], 'load.csv: 53 problems. Nothing was written.');
        assert.deepEqual([lines.length, lines.at(-1)], [52, '  and 3 more']);
        return true;
      },
    );
  });
});
