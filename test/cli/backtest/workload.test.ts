import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { BacktestReport } from '../../../src/cli/backtest/report.ts';
import { type Answer, type FaultServer, faultServer, json, plain } from '../../adapters/prometheus/fault-server.ts';
import { noiseOf } from '../../evaluate/support.ts';
// The command loads it when it is needed; its schema library leaves globals that must not count as the test's.
import '../../../src/config/load.ts';
import { backtest, folder, load } from './support.ts';

/** Answers a range query with the wave of `load`, one sample a step. */
const wave: Answer = (response, asked) => {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number.parseFloat(asked.form.get(name)!));
  const values: [number, string][] = [];
  for (let at = start!; at <= end!; at += step!) {
    const noise = noiseOf(Math.round(at / step!) % 100_000);
    values.push([at, String(load(at / 3_600, noise))]);
  }
  const metric = { namespace: 'shop', deployment: 'web', service: 'web' };
  json(200, { status: 'success', data: { resultType: 'matrix', result: [{ metric, values }] } })(response, asked);
};

function configuration(url: string): string {
  return `
step: 1h
loop: 5m
prometheus: { url: "${url}", rateWindow: 2h, timeout: 5s }
history: { window: 14d, staleAfter: 2h }
kubernetes: { lease: 20m }
defaults:
  replicas: { min: 1, max: 9 }
  seasons: [1d]
  objective: wait p95 100ms
  signals: { requests: shop-rate, cpu: shop-cpu, memory: none }
templates:
  shop-rate:
    query: sum by (namespace, deployment) (rate(http_requests_total{namespace=~"$namespaces", deployment=~"$names"}[$window]))
    namespaceLabel: namespace
    nameLabel: deployment
  shop-cpu:
    query: sum by (namespace, deployment) (rate(cpu_seconds_total{namespace=~"$namespaces", deployment=~"$names"}[$window]))
    namespaceLabel: namespace
    nameLabel: deployment
    scale: 1000
workloads:
  - { namespace: shop, name: web, kind: Deployment, violationShare: 1% }
`;
}

describe('forescale backtest of a workload', () => {
  let server: FaultServer | undefined;
  afterEach(async () => server?.close());

  async function run(answers: readonly Answer[], ...more: readonly string[]) {
    server = await faultServer(answers);
    const dir = await folder();
    await writeFile(dir.path('forescale.yaml'), configuration(server.url));
    const args = ['--config', dir.path('forescale.yaml'), '--workload', 'shop/Deployment/web', '--models', 'arima'];
    return backtest(...args, '-o', 'json', ...more);
  }

  it('reads thirty days of its requests and takes horizon, seasons and levels from the daemon', async () => {
    const { printed, failure } = await run([wave], '--since', '30d', '--origins', '20');
    assert.equal(failure, undefined);
    const report = JSON.parse(printed) as BacktestReport;
    assert.deepEqual([report.horizon_steps, report.season_lengths, report.levels], [1, [24], [0.5, 0.9, 0.99]]);
    const [first] = server!.asked.map(({ form }) => form);
    assert.match(first!.get('query')!, /rate\(http_requests_total\{namespace=~"shop", deployment=~"web"\}\[/);
    const starts = server!.asked.map(({ form }) => Number(form.get('start')));
    const ends = server!.asked.map(({ form }) => Number(form.get('end')));
    assert.equal(Math.round((Math.max(...ends) - Math.min(...starts)) / 3_600) + 1, 30 * 24);
    assert.equal(report.series[0]!.id, 'shop/Deployment/web');
    assert.match(report.series[0]!.last_origin, /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/);
  });

  it('reads the window of the configuration unless told otherwise', async () => {
    await run([wave], '--origins', '2');
    const starts = server!.asked.map(({ form }) => Number(form.get('start')));
    const ends = server!.asked.map(({ form }) => Number(form.get('end')));
    assert.equal(Math.round((Math.max(...ends) - Math.min(...starts)) / 3_600) + 1, 14 * 24);
  });

  it('empty is not zero: a workload without series ends with the reason, and prints nothing', async () => {
    const empty = json(200, { status: 'success', data: { resultType: 'matrix', result: [] } });
    const { printed, failure } = await run([empty]);
    assert.equal(printed, '');
    assert.match(
      failure!,
      /shop\/Deployment\/web: 1 problem\. Nothing was written\.\n {2}signal requests by shop-rate is empty: /,
    );
  });

  it('a Prometheus that fails ends with its answer', async () => {
    const { failure } = await run([plain(400, 'no such query')]);
    assert.match(failure!, /signal requests by shop-rate is unavailable: /);
  });

  it('a workload that is not in the file is told with those that are', async () => {
    server = await faultServer([wave]);
    const dir = await folder();
    await writeFile(dir.path('forescale.yaml'), configuration(server.url));
    const { failure } = await backtest('--config', dir.path('forescale.yaml'), '--workload', 'shop/Deployment/api');
    assert.match(failure!, /--workload: expected one of shop\/Deployment\/web, found "shop\/Deployment\/api"/);
    assert.equal(server.asked.length, 0);
  });

  it('a bad configuration is told whole', async () => {
    const dir = await folder();
    await writeFile(dir.path('forescale.yaml'), 'step: 1h\nlop: 5m\n');
    const { failure } = await backtest('--config', dir.path('forescale.yaml'), '--workload', 'shop/Deployment/web');
    assert.match(failure!, /lop/);
  });

  it('a workload is written NAMESPACE/NAME or NAMESPACE/StatefulSet/NAME', async () => {
    for (const text of ['web', 'shop/Pod/web', 'shop/Deployment/', 'a/Deployment/b/c']) {
      const { failure } = await backtest('--workload', text);
      assert.match(failure!, /--workload: expected NAMESPACE\/NAME or NAMESPACE\/StatefulSet\/NAME/, text);
    }
  });

  it('needs no more than an address and a name: the presets find its load', async () => {
    server = await faultServer([wave]);
    const args = ['--prometheus', server.url, '--workload', 'shop/web', '--since', '2d', '--models', 'arima'];
    const { printed, failure } = await backtest(...args, '--origins', '2', '-o', 'json');
    assert.equal(failure, undefined);
    const report = JSON.parse(printed) as BacktestReport;
    assert.match(report.source, /^shop\/Deployment\/web at 127\.0\.0\.1:/);
    assert.equal(report.series[0]!.step_seconds, 60);
    assert.equal(report.zone, 'UTC');
  });

  it('tells its coverage by the hours of the clock that the configuration names', async () => {
    server = await faultServer([wave]);
    const dir = await folder();
    await writeFile(dir.path('forescale.yaml'), `timeZone: Asia/Kolkata\n${configuration(server.url)}`);
    const args = ['--config', dir.path('forescale.yaml'), '--workload', 'shop/web', '--models', 'arima'];
    const { printed, failure } = await backtest(...args, '--origins', '20');
    assert.equal(failure, undefined);
    assert.match(printed, /worst, \d\d:00 Asia\/Kolkata/);
  });

  it('says of a workload that is not in the file that annotations on it are not read', async () => {
    server = await faultServer([wave]);
    const dir = await folder();
    const discovered = configuration(server.url).replace(/workloads:\n.*\n/, 'discovery: { annotation: true }\n');
    await writeFile(dir.path('forescale.yaml'), discovered);
    const args = ['--config', dir.path('forescale.yaml'), '--workload', 'shop/web', '--models', 'arima'];
    const { said, failure } = await backtest(...args, '--origins', '2');
    assert.equal(failure, undefined);
    assert.match(said, /shop\/Deployment\/web is not in the file: .* without the annotations/);
  });
});
