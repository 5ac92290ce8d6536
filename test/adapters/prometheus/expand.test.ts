import assert from 'node:assert/strict';
import { duration, expandTemplate } from '../../../src/adapters/prometheus/expand.ts';
import { deployment, MINUTE, template } from './settings.ts';

const expand = (query: string, refs = [deployment('web'), deployment('api', 'blog')]) =>
  expandTemplate({ ...template, query }, refs, MINUTE);

describe('expandTemplate', () => {
  it('asks for 2 workloads in one query', () => {
    assert.equal(
      expand('rate(x{ns=~"$namespaces", app=~"$names"}[$window])'),
      'rate(x{ns=~"(?:blog|shop)", app=~"(?:api|web)"}[60s])',
    );
  });

  it('keeps the alternatives together when something follows them', () => {
    assert.equal(expand('x{pod=~"$names-.*"}'), 'x{pod=~"(?:api|web)-.*"}');
  });

  it('gives the same query for every order of the workloads, names once', () => {
    const refs = [deployment('web'), deployment('api'), deployment('web', 'blog')];
    assert.equal(expand('$namespaces $names', refs), '(?:blog|shop) (?:api|web)');
    assert.equal(expand('$namespaces $names', refs.toReversed()), expand('$namespaces $names', refs));
  });

  it('writes a single name without a group', () => {
    assert.equal(expand('x{app=~"$names"}', [deployment('web')]), 'x{app=~"web"}');
  });

  it('escapes a dot so that it means itself in both kinds of quotes', () => {
    assert.equal(expand('$names', [deployment('my.app-v1')]), 'my[.]app-v1');
  });

  it('lets no name end the quotes of the query', () => {
    assert.equal(expand('x{app=~"$names"}', [deployment('a"} or y{b`\\')]), 'x{app=~"a.[}][ ]or[ ]y[{]b.."}');
  });

  it('takes a dollar in a name for a dollar', () => {
    assert.equal(expand('$names', [deployment('$&')]), '[$][&]');
  });

  it('leaves other placeholders and longer words alone', () => {
    assert.equal(expand('$namesake $interval'), '$namesake $interval');
  });
});

describe('duration', () => {
  it('writes 60 s and 1500 ms', () => {
    assert.deepEqual([60_000, 1500].map(duration), ['60s', '1500ms']);
  });
});
