import assert from 'node:assert/strict';
import { groupingsIn, labelsShownBy, selectorsIn } from './promql.ts';

describe('what an expression names', () => {
  const expr = 'sum by (le, stage) (rate(forescale_a_bucket{x="1", y=~"b|c"}[5m])) / on (name) max(forescale_b)';

  it('finds every metric of ours with its matchers', () => {
    assert.deepEqual(selectorsIn(expr), [
      {
        metric: 'forescale_a_bucket',
        matchers: [
          { label: 'x', value: '1' },
          { label: 'y', value: 'b|c' },
        ],
      },
      { metric: 'forescale_b', matchers: [] },
    ]);
  });

  it('finds the labels of by and on, and none in on ()', () => {
    assert.deepEqual(groupingsIn(expr), ['le', 'stage', 'name']);
    assert.deepEqual(groupingsIn('a and on () b'), []);
  });

  it('finds the labels of a legend and of a message, but not $value', () => {
    assert.deepEqual(labelsShownBy('{{pool}} {{resource}}'), ['pool', 'resource']);
    assert.deepEqual(labelsShownBy('{{ $labels.name }} has {{ $value | humanize }}'), ['name']);
  });
});
