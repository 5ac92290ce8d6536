/** From counters in a real Prometheus to marks: a load that was cut off is known by its errors and its throttling. */
import assert from 'node:assert/strict';
import { createLoadSource, type PrometheusSource } from '../../src/adapters/prometheus/load-source.ts';
import { type Book, evidenceFor, loadOf, updateBook } from '../../src/app/book.ts';
import { observe } from '../../src/app/observe.ts';
import type { LoopState, World } from '../../src/app/world.ts';
import { parseSettings } from '../../src/config/load.ts';
import type { Mark } from '../../src/domain/forecast.ts';
import type { SignalName } from '../../src/domain/workload.ts';
import { marksOf } from '../../src/forecast/preparation/marks.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { findRig, type PrometheusServer, startPrometheus, titleWithRig } from '../rig/rig.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const END = Math.floor(Date.now() / MINUTE) * MINUTE;
const START = END - 4 * HOUR;
/** For an hour 100 requests/s are asked for, of which replicas can serve 60; then half a per cent fails, as it may. */
const OVERLOAD = { fromMs: END - 3 * HOUR, untilMs: END - 2 * HOUR };

const isOverloaded = (atMs: number) => atMs > OVERLOAD.fromMs && atMs <= OVERLOAD.untilMs;

/** A counter of `labels` that grows by `perSecond` in the minute that ends at a time. */
function counter(series: string, perSecond: (atMs: number) => number): readonly string[] {
  const lines: string[] = [];
  let count = 0;
  for (let atMs = START; atMs <= END; atMs += MINUTE) {
    count += perSecond(atMs) * 60;
    lines.push(`${series} ${count} ${atMs / 1000}`);
  }
  return lines;
}

const status = (app: string, code: string) => `http_requests_total{namespace="shop",app="${app}",code="${code}"}`;
const container = (metric: string, name: string) =>
  `${metric}{namespace="shop",pod="tight-6d4-aaaaa",container="${name}"}`;

/**
 * `failing` answers 40 % with 503 while it is overloaded. `steady` never fails, so that it has no series of errors at
 * all. `silent` counts requests without their status. `tight` is throttled in half of its periods, its proxy never.
 * `blind` fails as `failing` does, but the query for its errors cannot be answered.
 */
const families: readonly (readonly [name: string, type: string, lines: readonly string[]])[] = [
  [
    'http_requests',
    'counter',
    [
      ...counter(status('failing', '200'), () => 60),
      ...counter(status('failing', '503'), (atMs) => (isOverloaded(atMs) ? 40 : 0.3)),
      ...counter(status('blind', '200'), () => 60),
      ...counter(status('blind', '503'), (atMs) => (isOverloaded(atMs) ? 40 : 0.3)),
      ...counter(status('steady', '200'), () => 60),
      ...counter('http_requests_total{namespace="shop",app="silent"}', () => 60),
      ...counter(status('tight', '200'), () => 60),
    ],
  ],
  [
    'container_cpu_cfs_periods',
    'counter',
    ['app', 'proxy'].flatMap((name) => counter(container('container_cpu_cfs_periods_total', name), () => 10)),
  ],
  [
    'container_cpu_cfs_throttled_periods',
    'counter',
    [
      ...counter(container('container_cpu_cfs_throttled_periods_total', 'app'), (ms) => (isOverloaded(ms) ? 5 : 1)),
      ...counter(container('container_cpu_cfs_throttled_periods_total', 'proxy'), () => 0),
    ],
  ],
  [
    'kube_pod_owner',
    'gauge',
    gauge('kube_pod_owner{namespace="shop",pod="tight-6d4-aaaaa",owner_kind="ReplicaSet",owner_name="tight-6d4"}'),
  ],
  [
    'kube_replicaset_owner',
    'gauge',
    gauge('kube_replicaset_owner{namespace="shop",replicaset="tight-6d4",owner_kind="Deployment",owner_name="tight"}'),
  ],
];

function gauge(series: string): readonly string[] {
  return Array.from({ length: (END - START) / MINUTE + 1 }, (_, i) => `${series} 1 ${(START + i * MINUTE) / 1000}`);
}

const openMetrics = () =>
  `${families.map(([name, type, lines]) => `# TYPE ${name} ${type}\n${lines.join('\n')}\n`).join('')}# EOF\n`;

const configText = (url: string) => `
prometheus: { url: "${url}", timeout: 20s }
history: { window: 14d }
defaults:
  replicas: { max: 20 }
  objective: wait p95 100ms
  perReplica: 20
  signals: { cpu: none, memory: none, requests: http-by-app, errors: http-by-app }
workloads:
  - { namespace: shop, name: failing }
  - { namespace: shop, name: steady }
  - { namespace: shop, name: silent }
  - { namespace: shop, name: tight, signals: { throttling: cadvisor } }
  - { namespace: shop, name: blind, signals: { errors: ambiguous } }
templates:
  ambiguous:
    query: sum by (namespace, app) (rate(http_requests_total{namespace=~"$namespaces", app=~"$names"}[$window])) * on (namespace) http_requests_total
    nameLabel: app
`;

const rig = findRig();

(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('a load that was cut off', rig), () => {
  let server: PrometheusServer;
  let source: PrometheusSource;
  const book: Book = new Map();

  before(async () => {
    server = await startPrometheus({ openMetrics: openMetrics() });
    const read = parseSettings(configText(server.url), 'test');
    assert.ok(read.kind === 'loaded', JSON.stringify(read));
    updateBook(book, read.settings.workloads);
    source = createLoadSource(read.settings.prometheus);
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const stop = new AbortController().signal;
    const world = { source, log, stop, metrics: createMetrics() } as unknown as World;
    const loop: LoopState = { settings: read.settings, book };
    await observe(world, loop, END);
  });
  after(async () => {
    source?.close();
    await server?.stop();
  });

  const entryOf = (name: string) => book.get(`shop/Deployment/${name}`)!;
  const stateOf = (name: string, signal: SignalName) => entryOf(name).quality.get(signal)?.state;

  /** Marks of the steps that lie within a span, without the two minutes after its ends that a rate looks back over. */
  function marksIn(name: string, fromMs: number, untilMs: number): readonly Mark[] {
    const entry = entryOf(name);
    const { series } = loadOf(entry)!;
    const marks = marksOf(evidenceFor(entry, series));
    const index = (ms: number) => Math.round((ms - series.startMs) / series.stepMs);
    return marks.slice(index(fromMs) + 2, index(untilMs));
  }

  const during = (name: string) => new Set(marksIn(name, OVERLOAD.fromMs, OVERLOAD.untilMs));
  const apart = (name: string) =>
    new Set([...marksIn(name, START + 5 * MINUTE, OVERLOAD.fromMs), ...marksIn(name, OVERLOAD.untilMs + MINUTE, END)]);

  it('is a lower bound while 40 % are answered with 503, and demand while 0.5 % are', () => {
    assert.deepEqual([during('failing'), apart('failing')], [new Set(['censored']), new Set(['ok'])]);
  });

  it('is a lower bound while one container is throttled half of the time, and demand at a tenth', () => {
    assert.deepEqual([during('tight'), apart('tight')], [new Set(['censored']), new Set(['ok'])]);
  });

  it('has a known share of 0 errors where answers are counted and none of them failed', () => {
    const errors = entryOf('steady').series.get('errors')!;
    assert.ok(errors.values.subarray(-180).every((share) => share === 0));
    assert.deepEqual(during('steady'), new Set(['ok']));
  });

  it('knows nothing of errors, rather than none, where requests are counted without a status', () => {
    assert.equal(stateOf('silent', 'errors'), 'empty');
    assert.ok(entryOf('silent').series.get('errors')?.values.every(Number.isNaN));
    assert.deepEqual(during('silent'), new Set(['ok']));
  });

  it('goes on without marks where the query for errors fails: that signal is unavailable, the load is ok', () => {
    assert.deepEqual(
      [stateOf('blind', 'errors'), stateOf('blind', 'requests')],
      ['unavailable', 'insufficient-history'],
    );
    assert.equal(stateOf('failing', 'requests'), 'insufficient-history');
    assert.deepEqual(during('blind'), new Set(['ok']));
  });
});
