/** The way from a real Prometheus to series and quality: back-fill, follow, outage. */
import assert from 'node:assert/strict';
import { createLoadSource, type PrometheusSource } from '../../src/adapters/prometheus/load-source.ts';
import type { PrometheusSettings } from '../../src/domain/settings.ts';
import { endMs, type TimeSeries } from '../../src/domain/time-series.ts';
import { type SignalTemplate, type WorkloadRef, workloadKey } from '../../src/domain/workload.ts';
import { type Observed, observeSignal } from '../../src/observe/observe-signal.ts';
import { planReads } from '../../src/observe/read-range.ts';
import { findRig, type PrometheusServer, startPrometheus, titleWithRig } from '../rig/rig.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SCRAPE = 5 * MINUTE;
const STEP = MINUTE;
const WINDOW = 14 * DAY;
const END = Math.floor(Date.now() / SCRAPE) * SCRAPE;
const START = END - WINDOW - HOUR;

const workloads: readonly WorkloadRef[] = Array.from({ length: 100 }, (_, i) => ({
  namespace: i < 50 ? 'shop' : 'blog',
  kind: 'Deployment',
  name: `w.${i}`,
}));
const requests: SignalTemplate = {
  name: 'requests',
  query: 'sum by (ns, app) (rate(http_requests_total{ns=~"$namespaces", app=~"$names"}[$window]))',
  namespaceLabel: 'ns',
  nameLabel: 'app',
  scale: 1,
};
const gauge: SignalTemplate = { ...requests, name: 'gauge', query: 'load_gauge{ns=~"$namespaces", app=~"$names"}' };

/** Requests per second of workload i: a daily wave around 10 · (i + 1). */
function rate(i: number, ms: number): number {
  return 10 * (i + 1) * (1 + 0.5 * Math.sin((2 * Math.PI * ms) / DAY));
}

/** A day ago workload 1 was restarted, and workload 2 was not scraped for two hours. */
const RESTART = END - DAY;
const HOLE = { startMs: END - DAY, endMs: END - DAY + 2 * HOUR };

function counter(ref: WorkloadRef, i: number): string[] {
  const lines: string[] = [];
  let count = 0;
  for (let ms = START; ms <= END; ms += SCRAPE) {
    count = i === 1 && ms === RESTART ? 0 : count + (rate(i, ms - SCRAPE / 2) * SCRAPE) / SECOND;
    if (i === 2 && ms > HOLE.startMs && ms < HOLE.endMs) continue;
    lines.push(`http_requests_total{ns="${ref.namespace}",app="${ref.name}"} ${count} ${ms / SECOND}`);
  }
  return lines;
}

function openMetrics(): string {
  const odd = ['+Inf', '-Inf', 'NaN'].map((value, i) => `load_gauge{ns="shop",app="w.${i}"} ${value} ${END / SECOND}`);
  return [
    '# TYPE http_requests counter',
    ...workloads.flatMap(counter),
    '# TYPE load_gauge gauge',
    ...odd,
    '# EOF',
    '',
  ].join('\n');
}

interface Round {
  readonly seen: ReadonlyMap<string, Observed>;
  readonly queries: number;
}

/** One round of the loop's first step, as the application does it. */
async function observe(
  source: PrometheusSource,
  refs: readonly WorkloadRef[],
  known: ReadonlyMap<string, TimeSeries>,
  nowMs: number,
): Promise<Round> {
  const plans = planReads(
    refs.map((ref) => known.get(workloadKey(ref))),
    nowMs,
    WINDOW,
    STEP,
  );
  const seen = new Map<string, Observed>();
  let queries = 0;
  for (const { members, range } of plans) {
    const group = members.map((i) => refs[i]!);
    const answer = await source.read(requests, group, { ...range, stepMs: STEP });
    queries += answer.queries;
    const limits = { maxGapShare: 0.2, staleAfterMs: 10 * MINUTE };
    const context = {
      signal: 'requests',
      template: requests,
      workloads: group,
      known,
      nowMs,
      stepMs: STEP,
      windowMs: WINDOW,
      limits,
    } as const;
    for (const [key, observed] of observeSignal(answer, context)) seen.set(key, observed);
  }
  return { seen, queries };
}

function seriesOf(seen: ReadonlyMap<string, Observed>): Map<string, TimeSeries> {
  return new Map([...seen].flatMap(([key, { series }]) => (series ? [[key, series]] : [])));
}

function states(seen: ReadonlyMap<string, Observed>): ReadonlySet<string> {
  return new Set([...seen.values()].map(({ quality }) => quality.state));
}

/** Requests that Prometheus itself counted. */
async function counted(server: PrometheusServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith('prometheus_http_requests_total{') && line.includes('/api/v1/query_range'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const rig = findRig();

(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('reading from a real Prometheus', rig), () => {
  let server: PrometheusServer;
  let source: PrometheusSource;
  let known: Map<string, TimeSeries>;
  const settings = (more: Partial<PrometheusSettings> = {}): PrometheusSettings => ({
    url: server.url,
    timeoutMs: 20 * SECOND,
    concurrency: 4,
    maxSamples: 200_000,
    rateWindowMs: 15 * MINUTE,
    headers: {},
    ...more,
  });
  const of = (seen: ReadonlyMap<string, Observed>, i: number) => seen.get(workloadKey(workloads[i]!))!;

  before(async () => {
    server = await startPrometheus({ openMetrics: openMetrics() });
    source = createLoadSource(settings());
  });
  after(async () => {
    source?.close();
    await server?.stop();
  });

  it('is ready', async () => {
    assert.deepEqual(await source.ready(), { kind: 'ready' });
  });

  it('back-fills 14 days of minutes of 100 workloads in 11 queries, one per chunk of time', async () => {
    const before = await counted(server);
    const { seen, queries } = await observe(source, workloads, new Map(), END);
    known = seriesOf(seen);
    assert.equal(queries, 11);
    assert.equal((await counted(server)) - before, 11);
    assert.deepEqual(states(seen), new Set(['ok']));
    assert.ok([...known.values()].every((series) => series.values.length === 14 * 1440 && endMs(series) === END));
  });

  it('reads the load that was written, to 1 %, for every workload', () => {
    workloads.forEach((ref, i) => {
      const { startMs, values } = known.get(workloadKey(ref))!;
      for (let step = 60; step < values.length; step += 720) {
        const middleMs = startMs + (step + 1) * STEP - 7.5 * MINUTE;
        if (i < 3 && Math.abs(middleMs - RESTART) < 3 * HOUR) continue;
        const error = values[step]! / rate(i, middleMs) - 1;
        assert.ok(Math.abs(error) < 0.01, `${ref.name} step ${step}: ${values[step]} against ${rate(i, middleMs)}`);
      }
    });
  });

  it('has no negative rate across a counter reset, and holes where nothing was scraped', () => {
    const around = (i: number, fromMs: number, toMs: number) => {
      const { startMs, values } = known.get(workloadKey(workloads[i]!))!;
      return values.subarray((fromMs - startMs) / STEP, (toMs - startMs) / STEP);
    };
    assert.ok(around(1, RESTART - HOUR, RESTART + HOUR).every((value) => value >= 0));
    assert.ok(around(2, HOLE.startMs + 20 * MINUTE, HOLE.endMs - 10 * MINUTE).every(Number.isNaN));
    assert.ok(around(3, HOLE.startMs, HOLE.endMs).every((value) => value > 0));
  });

  it('follows 100 workloads with 1 query a round, which asks for 3 steps', async () => {
    const before = await counted(server);
    const { seen, queries } = await observe(source, workloads, known, END);
    assert.equal(queries, 1);
    assert.equal((await counted(server)) - before, 1);
    assert.deepEqual(states(seen), new Set(['ok']));
    assert.deepEqual(seriesOf(seen), known);
  });

  it('grows by increments into the same series that one read gives', async () => {
    const fromMs = END - 30 * MINUTE;
    let series = seriesOf((await observe(source, workloads.slice(0, 5), new Map(), fromMs)).seen);
    for (let nowMs = fromMs + 4 * MINUTE; nowMs < END + 4 * MINUTE; nowMs += 4 * MINUTE) {
      series = seriesOf((await observe(source, workloads.slice(0, 5), series, Math.min(nowMs, END))).seen);
    }
    for (const [key, grown] of series) assert.deepEqual(grown, known.get(key));
  });

  it('reads a newcomer beside 99 others with 1 query for them and 2 for its own 14 days', async () => {
    const others = new Map(known);
    others.delete(workloadKey(workloads[50]!));
    const { seen, queries } = await observe(source, workloads, others, END);
    assert.equal(queries, 3);
    assert.deepEqual(seriesOf(seen).get(workloadKey(workloads[50]!)), known.get(workloadKey(workloads[50]!)));
  });

  it('calls a workload without metrics empty, not zero', async () => {
    const ghost: WorkloadRef = { namespace: 'shop', kind: 'Deployment', name: 'ghost' };
    const { seen } = await observe(source, [...workloads.slice(0, 2), ghost], known, END);
    const observed = seen.get(workloadKey(ghost))!;
    assert.equal(observed.quality.state, 'empty');
    assert.ok(observed.series?.values.every(Number.isNaN));
    assert.equal(of(seen, 0).quality.state, 'ok');
  });

  it('tells +Inf, -Inf and NaN apart', async () => {
    const answer = await source.read(gauge, workloads.slice(0, 3), { startMs: END - STEP, endMs: END, stepMs: STEP });
    assert.ok(answer.kind === 'answered');
    const values = Object.fromEntries(answer.series.map(({ labels, values }) => [labels['app'], values]));
    assert.deepEqual(values, {
      'w.0': [Number.POSITIVE_INFINITY],
      'w.1': [Number.NEGATIVE_INFINITY],
      'w.2': [Number.NaN],
    });
  });

  it('quotes what Prometheus says about a query it cannot read, after 1 attempt', async () => {
    const answer = await source.read({ ...requests, query: 'sum(' }, workloads, {
      startMs: END - STEP,
      endMs: END,
      stepMs: STEP,
    });
    assert.equal(answer.queries, 1);
    assert.match(
      answer.kind === 'failed' ? answer.message : '',
      /^template "requests" at http:.*found HTTP 400, bad_data: .*parse error/,
    );
  });

  it('calls a join that matches two ways a failure, not empty, and quotes why', async () => {
    const query = 'http_requests_total{ns=~"$namespaces"} * on (ns) http_requests_total{app=~"$names"}';
    const answer = await source.read({ ...requests, query }, workloads, {
      startMs: END - STEP,
      endMs: END,
      stepMs: STEP,
    });
    assert.match(
      answer.kind === 'failed' ? answer.message : '',
      /HTTP 422, execution: found duplicate series for the match group/,
    );
  });

  it('reads all the same where the server allows 60 000 samples a query, in smaller pieces', async () => {
    const small = await startPrometheus({ openMetrics: openMetrics(), flags: ['--query.max-samples=60000'] });
    const picky = createLoadSource(settings({ url: small.url }));
    try {
      const range = { startMs: END - DAY, endMs: END, stepMs: STEP };
      const answer = await picky.read(requests, workloads, range);
      assert.ok(answer.kind === 'answered', answer.kind === 'failed' ? answer.message : '');
      assert.ok(answer.queries > 1);
      assert.deepEqual(answer.series, await whole(range));
    } finally {
      picky.close();
      await small.stop();
    }
  });

  async function whole(range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number }) {
    const answer = await source.read(requests, workloads, range);
    return answer.kind === 'answered' ? answer.series : [];
  }

  it('is unavailable while Prometheus hangs or is away, keeps what it knew, and goes on by itself', async () => {
    const hasty = createLoadSource(settings({ timeoutMs: 500 }));
    const round = () => observe(hasty, workloads, known, END);
    server.pause();
    const hung = await round();
    server.resume();
    assert.match(of(hung.seen, 0).quality.message, /no whole answer within 500ms/);
    await server.halt();
    const away = await round();
    assert.deepEqual([states(hung.seen), states(away.seen)], [new Set(['unavailable']), new Set(['unavailable'])]);
    assert.equal(of(away.seen, 0).series, known.get(workloadKey(workloads[0]!)));
    assert.equal(away.queries, 3);
    await server.restart();
    assert.deepEqual(states((await round()).seen), new Set(['ok']));
    hasty.close();
  });
});
