/**
 * What the checks let through: the value on the very edge. What they refuse stands in config/invalid, message by
 * message; together the two pin each bound from both sides.
 */
import assert from 'node:assert/strict';
import { parse, stringify } from 'yaml';
import { checks } from '../../../src/config/checks/all.ts';
import { parseSettings } from '../../../src/config/load.ts';

type Tree = { [key: string]: unknown };

const least = `
prometheus: { url: "http://prometheus:9090" }
discovery: {}
defaults: { replicas: { max: 20 } }
`;

function merged(base: Tree, over: Tree): Tree {
  const both = Object.entries(over).map(([key, value]) => {
    const inner = base[key];
    const mappings = [inner, value].every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
    return [key, mappings ? merged(inner as Tree, value as Tree) : value];
  });
  return { ...base, ...Object.fromEntries(both) };
}

/** Paths of the problems when `yaml` is laid over the least valid file. */
function problemsWith(yaml: string): readonly string[] {
  const result = parseSettings(stringify(merged(parse(least), parse(yaml))), 'test');
  return result.kind === 'invalid' ? result.problems.map(({ path }) => path) : [];
}

const edges: readonly (readonly [what: string, allowed: string, refused: string, path: string])[] = [
  [
    'a lease of exactly 3 loops',
    'loop: 2m\nkubernetes: { lease: 6m }',
    'loop: 2m\nkubernetes: { lease: 359s }',
    'kubernetes.lease',
  ],
  [
    'data that is stale after exactly 2 steps',
    'step: 2m\nhistory: { staleAfter: 4m }',
    'step: 2m\nhistory: { staleAfter: 239s }',
    'history.staleAfter',
  ],
  [
    'a rate over exactly one step',
    'prometheus: { rateWindow: 1m }',
    'prometheus: { rateWindow: 59s }',
    'prometheus.rateWindow',
  ],
  ['a window of exactly 2 seasons', 'history: { window: 14d }', 'history: { window: 20159m }', 'history.window'],
  ['a window of whole steps', 'history: { window: 15d }', 'history: { window: 1296001s }', 'history.window'],
  [
    'seasons that grow by one step',
    'defaults: { seasons: [60m, 61m] }',
    'defaults: { seasons: [60m, 60m] }',
    'defaults.seasons[1]',
  ],
  [
    'as many replicas at least as at most',
    'defaults: { replicas: { min: 20 } }',
    'defaults: { replicas: { min: 21 } }',
    'defaults.replicas.min',
  ],
  [
    'an event that recurs the moment it ends',
    'defaults: { events: [{ name: e, start: 2026-12-01, end: 2026-12-02, every: 24h }] }',
    'defaults: { events: [{ name: e, start: 2026-12-01, end: 2026-12-02, every: 23h }] }',
    'defaults.events[0].every',
  ],
  [
    'a freeze of one minute',
    'decide: { freeze: [{ name: f, start: 2026-12-01T00:00, end: 2026-12-01T00:01 }] }',
    'decide: { freeze: [{ name: f, start: 2026-12-01T00:00, end: 2026-12-01T00:00 }] }',
    'decide.freeze[0].end',
  ],
  [
    'one model alone',
    'forecast: { candidates: [seasonal-naive] }',
    'forecast: { candidates: [] }',
    'forecast.candidates',
  ],
  [
    'each expert of the aggregate once',
    'forecast: { experts: [regression, boosted-trees] }',
    'forecast: { experts: [regression, regression] }',
    'forecast.experts[1]',
  ],
  ['a season alone', 'defaults: { seasons: [1d] }', 'defaults: { seasons: [] }', 'defaults.seasons'],
  ['the pool "default" without a budget', 'defaults: { pool: default }', 'defaults: { pool: other }', 'defaults.pool'],
  [
    'a client certificate with its key',
    'prometheus: { tls: { certFile: a, keyFile: b } }',
    'prometheus: { tls: { keyFile: b } }',
    'prometheus.tls.keyFile',
  ],
  [
    'a header that names a tenant',
    'prometheus: { headers: { X-Scope-OrgID: shop } }',
    'prometheus: { headers: { X-Api-Key: hunter2 } }',
    'prometheus.headers.X-Api-Key',
  ],
  [
    'discovery by label alone',
    'discovery: { annotation: false, labelSelector: team=shop }',
    'discovery: { annotation: false }',
    'discovery.labelSelector',
  ],
  [
    'a namespace that is in reach',
    'kubernetes: { namespaces: [shop] }\nnamespaces: { shop: {} }',
    'kubernetes: { namespaces: [web] }\nnamespaces: { shop: {} }',
    'namespaces.shop',
  ],
  [
    'a pattern with one group among others that do not capture',
    'templates: { t: { query: $namespaces $names, nameLabel: a, namePattern: "(?:x|y)-(.+)" } }',
    'templates: { t: { query: $namespaces $names, nameLabel: a, namePattern: "(x|y)-(.+)" } }',
    'templates.t.namePattern',
  ],
  [
    'a pattern that is a regular expression',
    'templates: { t: { query: $namespaces $names, nameLabel: a, namePattern: "(.+)" } }',
    'templates: { t: { query: $namespaces $names, nameLabel: a, namePattern: "((.+)" } }',
    'templates.t.namePattern',
  ],
];

describe('checks between settings', () => {
  it('find nothing in the least valid file', () => assert.deepEqual(problemsWith('{}'), []));

  it('say nothing of a file of which nothing is known', () => {
    assert.deepEqual(
      checks.flatMap((check) => check({})),
      [],
    );
  });

  for (const [what, allowed, refused, path] of edges) {
    it(`allow ${what}, and nothing beyond`, () => {
      assert.deepEqual(problemsWith(allowed), []);
      assert.deepEqual(problemsWith(refused), [path]);
    });
  }

  it('take a Deployment and a StatefulSet of one name for two workloads', () => {
    const both = '[{ namespace: shop, name: a }, { namespace: shop, name: a, kind: StatefulSet }]';
    assert.deepEqual(problemsWith(`workloads: ${both}`), []);
  });

  it('leave a donor that no workload of the file is to discovery, and a chain of donors that ends', () => {
    const [a, b, c] = [
      '{ namespace: shop, name: a, like: web/gone }',
      '{ namespace: shop, name: b, like: a }',
      'c, like: b',
    ];
    assert.deepEqual(problemsWith(`workloads: [${a}, ${b}, { namespace: shop, name: ${c} }]`), []);
  });

  it('take a StatefulSet of the own name for another workload, and the own name for itself', () => {
    const set = '{ namespace: shop, name: a, kind: StatefulSet }';
    const own = (like: string) => `workloads: [${set}, { namespace: shop, name: a, like: ${like} }]`;
    assert.deepEqual(problemsWith(own('shop/StatefulSet/a')), []);
    assert.deepEqual(problemsWith(own('a')), ['workloads[1].like']);
  });

  it('report limits that cross in the defaults once, not again at each of 3 workloads', () => {
    const three = '[{ namespace: shop, name: a }, { namespace: shop, name: b }, { namespace: shop, name: c }]';
    assert.deepEqual(problemsWith(`defaults: { replicas: { min: 21 } }\nworkloads: ${three}`), [
      'defaults.replicas.min',
    ]);
  });

  it('need a maximum under the defaults for discovery, and only one place for a workload without it', () => {
    const paths = (yaml: string) => {
      const result = parseSettings(`prometheus: { url: "http://p:9090" }\n${yaml}`, 'test');
      return result.kind === 'invalid' ? result.problems.map(({ path }) => path) : [];
    };
    assert.deepEqual(paths('discovery: {}'), ['defaults.replicas.max']);
    assert.deepEqual(
      paths('namespaces: { shop: { replicas: { max: 5 } } }\nworkloads: [{ namespace: shop, name: a }]'),
      [],
    );
  });
});
