import assert from 'node:assert/strict';
import { mergeAnnotations } from '../../src/config/annotations.ts';
import { parseSettings } from '../../src/config/load.ts';
import type { DiscoverySettings } from '../../src/domain/settings.ts';

function discoveryOf(text: string): DiscoverySettings {
  const result = parseSettings(text, 'test');
  assert.ok(result.kind === 'loaded' && result.settings.discovery, JSON.stringify(result));
  return result.settings.discovery;
}

const discovery = discoveryOf(`
prometheus: { url: "http://prometheus:9090" }
discovery: {}
defaults:
  objective: p99 latency 1s
  replicas: { min: 2, max: 20 }
  signals: { requests: istio, latency: istio }
  events: [{ name: sale, start: 2026-11-27, end: 2026-11-28 }]
budgets: { web: { cpu: 40 } }
templates:
  jobs:
    query: sum by (namespace, app) (rate(jobs_total{namespace=~"$namespaces", app=~"$names"}[$window]))
    nameLabel: app
`);

const merge = (annotations: { readonly [name: string]: string }) => {
  const ours = Object.entries(annotations).map(([name, value]) => [`forescale.dev/${name}`, value]);
  return mergeAnnotations(discovery.defaults, Object.fromEntries(ours), {
    templates: discovery.templates,
    pools: ['web'],
  });
};

function fieldsOf(annotations: { readonly [name: string]: string }) {
  const merged = merge(annotations);
  assert.ok(merged.kind === 'merged', JSON.stringify(merged));
  return merged.fields;
}

function problemsOf(annotations: { readonly [name: string]: string }) {
  const merged = merge(annotations);
  assert.ok(merged.kind === 'invalid');
  return merged.problems.map(({ path, expected, found, meant }) => [path, expected, found, ...(meant ? [meant] : [])]);
}

describe('mergeAnnotations', () => {
  it('leaves the defaults as they are without annotations of ours', () => {
    const foreign = { 'kubectl.kubernetes.io/restartedAt': '2026', 'deployment.kubernetes.io/revision': '3' };
    const merged = mergeAnnotations(discovery.defaults, foreign, { templates: discovery.templates, pools: [] });
    assert.deepEqual(merged, { kind: 'merged', fields: discovery.defaults });
  });

  it('puts each of the 17 annotations of settings in its place and in its unit', () => {
    const fields = fieldsOf({
      objective: 'wait p95 100ms',
      min: '3',
      max: '40',
      priority: '500',
      'cost-weight': '1.5',
      pool: 'web',
      'violation-share': '1%',
      'start-up': '90s',
      'per-replica': '120',
      'hpa-mode': 'floor-and-target',
      'requests-mode': 'apply',
      requests: 'http',
      latency: 'none',
      cpu: 'cadvisor-cpu',
      memory: 'none',
      errors: 'jobs',
      throttling: 'cadvisor',
    });
    const { signals, events, seasonsMs, ...rest } = fields;
    assert.deepEqual(rest, {
      objective: { kind: 'wait', quantile: 0.95, seconds: 0.1 },
      minReplicas: 3,
      maxReplicas: 40,
      priority: 500,
      costWeight: 1.5,
      pool: 'web',
      violationShare: 0.01,
      startUpMs: 90_000,
      perReplicaRps: 120,
      hpaMode: 'floor-and-target',
      requestsMode: 'apply',
    });
    assert.deepEqual(
      Object.values(signals).map(({ name }) => name),
      ['http-requests', 'cadvisor-cpu', 'jobs', 'cadvisor-throttling'],
    );
    assert.equal(events.length, 1);
    assert.deepEqual(seasonsMs, discovery.defaults.seasonsMs);
  });

  it('hands on the name of a donor as it is typed, for who knows whose donor it is', () => {
    const merged = merge({ like: ' shop/checkout-blue ' });
    assert.ok(merged.kind === 'merged');
    assert.equal(merged.like, 'shop/checkout-blue');
    assert.ok(!('like' in fieldsOf({ min: '3' })));
    const expected = 'a name such as checkout, shop/checkout or shop/StatefulSet/checkout';
    assert.deepEqual(problemsOf({ like: 'Blue' }), [['forescale.dev/like', expected, '"Blue"']]);
  });

  it("takes a template of the file's own", () => {
    assert.equal(fieldsOf({ requests: 'jobs' }).signals.requests?.name, 'jobs');
  });

  it('asks for another quantile of the latency when only the objective is another: p99 of the defaults to p90', () => {
    assert.equal(discovery.defaults.signals.latency?.name, 'istio-latency-p99');
    const { latency } = fieldsOf({ objective: 'p90 latency 500ms' }).signals;
    assert.equal(latency?.name, 'istio-latency-p90');
    assert.match(latency?.query ?? '', /^histogram_quantile\(0\.9, /);
  });

  it('passes over what forescale itself writes, and the switches', () => {
    assert.deepEqual(
      fieldsOf({ enabled: 'true', paused: 'false', 'pending-requests': '{}', floor: '3' }),
      discovery.defaults,
    );
  });

  it('names every problem at once, with what was meant', () => {
    assert.deepEqual(problemsOf({ maximum: '9', min: 'two', 'hpa-mode': 'target', cpu: 'istio', pool: 'wbe' }), [
      ['forescale.dev/maximum', 'a known annotation', '"maximum"', 'forescale.dev/max'],
      ['forescale.dev/min', 'a whole number from 0 to 100000', '"two"'],
      ['forescale.dev/hpa-mode', 'one of floor, floor-and-target', '"target"'],
      ['forescale.dev/cpu', 'a template for cpu (cadvisor, jobs, none)', '"istio"'],
      ['forescale.dev/pool', 'a pool of budgets (default, web)', '"wbe"', 'web'],
    ]);
  });

  it('refuses limits that cross, at the annotation that makes them cross', () => {
    assert.deepEqual(problemsOf({ min: '25' }), [['forescale.dev/min', 'at most the maximum (20)', '25']]);
    assert.deepEqual(problemsOf({ max: '1' }), [['forescale.dev/max', 'at least the minimum (2)', '1']]);
  });

  it('refuses an objective whose signal is switched off', () => {
    const expected = 'a template (ingress-nginx, istio, http, http-by-app), because the objective (latency) needs it';
    assert.deepEqual(problemsOf({ latency: 'none' }), [['forescale.dev/latency', expected, 'none']]);
  });

  it('refuses 2e3 and 0x10, which are numbers to a computer only', () => {
    assert.equal(problemsOf({ max: '2e3' })[0]?.[2], '"2e3"');
    assert.equal(problemsOf({ max: '0x10' })[0]?.[2], '"0x10"');
  });
});
