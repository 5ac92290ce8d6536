import assert from 'node:assert/strict';
import type { RawSeries } from '../../src/domain/ports.ts';
import { matchKey, matchSeries } from '../../src/observe/match-series.ts';
import { checkout, template } from './fixtures.ts';

const one = (labels: RawSeries['labels']): RawSeries => ({ labels, timesMs: [1], values: [1] });
const keys = (series: readonly RawSeries[], more = {}) => [...matchSeries(series, { ...template, ...more }).keys()];

describe('matchSeries', () => {
  it('finds a workload by its two labels', () => {
    const series = one({ ns: 'shop', app: 'checkout', pod: 'x' });
    assert.deepEqual(matchSeries([series], template).get(matchKey(checkout, template)), [series]);
  });

  it('keeps equal names of two namespaces apart', () => {
    assert.deepEqual(keys([one({ ns: 'shop', app: 'web' }), one({ ns: 'blog', app: 'web' })]), [
      'shop/*/web',
      'blog/*/web',
    ]);
  });

  it('leaves out a series without one of the labels', () => {
    assert.deepEqual(keys([one({ ns: 'shop' }), one({ app: 'web' }), one({})]), []);
  });

  it('extracts the name with the group of the pattern', () => {
    const namePattern = '(.+)-[a-z0-9]+-[a-z0-9]{5}';
    assert.deepEqual(keys([one({ ns: 'shop', app: 'check-out-7d9f8-abcde' })], { namePattern }), ['shop/*/check-out']);
  });

  it('wants the pattern to match the whole value, as PromQL does', () => {
    assert.deepEqual(keys([one({ ns: 'shop', app: 'my-web-2' })], { namePattern: 'web' }), []);
    assert.deepEqual(keys([one({ ns: 'shop', app: 'web' })], { namePattern: 'web|api' }), ['shop/*/web']);
  });

  it('gives both series when 2 claim to be one workload', () => {
    const both = [one({ ns: 'shop', app: 'checkout', pod: 'a' }), one({ ns: 'shop', app: 'checkout', pod: 'b' })];
    assert.equal(matchSeries(both, template).get('shop/*/checkout')?.length, 2);
  });

  it('tells a Deployment from a StatefulSet of one name where the template has a label for it', () => {
    const byKind = { ...template, kindLabel: 'kind' };
    const series = one({ ns: 'shop', app: 'checkout', kind: 'StatefulSet' });
    const matched = matchSeries([series], byKind);
    assert.deepEqual(matched.get(matchKey({ ...checkout, kind: 'StatefulSet' }, byKind)), [series]);
    assert.equal(matched.get(matchKey(checkout, byKind)), undefined);
  });
});
