/**
 * Dashboard, alert rules and scrape configuration with real parts: forescale runs against a real API server and a real
 * Prometheus, which finds it as deploy/prometheus/scrape.yaml says and scrapes it; every query of the dashboard is asked.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { deployFile, documents, readAlerts, readDashboard } from '../deploy/files.ts';
import {
  type ControlPlane,
  findRig,
  freePort,
  type MetricsServer,
  type PodPlayer,
  type PrometheusServer,
  playPods,
  promtool,
  startControlPlane,
  startMetricsServer,
  startPrometheus,
  titleWithRig,
  waitUntil,
} from '../rig/rig.ts';
import { hpa, ref, shippedAccount, workload } from './actuation-world.ts';
import { type Started, start } from './support/cli.ts';

const rulesFile = deployFile('alerts', 'forescale.rules.yaml');
const checkout = ref('checkout');

/** Seconds of one wave of the load, which stands for its season. */
const WAVE = 600;

/** Requests since 1970 of a load between 20 and 180 per second: history and present are one counter. */
function requestsBy(seconds: number): number {
  return 100 * seconds + 80 * (WAVE / (2 * Math.PI)) * (1 - Math.cos((2 * Math.PI * seconds) / WAVE));
}

const labels = '{namespace="shop",app="checkout"}';

/** Two hours of the load, a sample every 5 s. */
function history(nowSeconds: number): string {
  const times = Array.from({ length: 1440 }, (_, i) => Math.floor(nowSeconds) - (1440 - i) * 5);
  const lines = times.map((at) => `http_requests_total${labels} ${requestsBy(at).toFixed(3)} ${at}`);
  return `# TYPE http_requests counter\n${lines.join('\n')}\n# EOF\n`;
}

/** The workload, as far as its metrics go. */
function serveLoad(): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }); // Prometheus 3 reads nothing without it
    response.end(`# TYPE http_requests_total counter\nhttp_requests_total${labels} ${requestsBy(Date.now() / 1000)}\n`);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

interface ScrapeJob {
  readonly kubernetes_sd_configs: readonly object[];
}

/** The shipped entry; only where it finds the API server and how often it scrapes is the test's. */
function shippedScrape(kubeconfig: string): object {
  const file = parse(readFileSync(deployFile('prometheus', 'scrape.yaml'), 'utf8')) as { scrape_configs: ScrapeJob[] };
  const [job] = file.scrape_configs;
  const kubernetes_sd_configs = job!.kubernetes_sd_configs.map((sd) => ({ ...sd, kubeconfig_file: kubeconfig }));
  return { ...job, scrape_interval: '1s', kubernetes_sd_configs };
}

const substitutes: { readonly [name: string]: string } = {
  namespace: 'shop',
  workload: 'checkout',
  __rate_interval: '15s',
  __range: '30s',
};

const queries = readDashboard().panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr: expr.replace(/\$(\w+)/g, (_, name: string) => substitutes[name] ?? '') })),
);

/**
 * The label is reserved for summaries by custom. Here it says which quantile of a forecast, or of the measured start-up
 * times, a gauge shows: what a summary would say, had it not been computed elsewhere.
 */
const accepted = /^forescale_(forecast_load|startup_seconds) non-summary metrics should not have "quantile" label$/;

/** What promtool finds wrong with an exposition. */
async function faults(exposition: string): Promise<readonly string[]> {
  const complaint = await promtool(['check', 'metrics'], { input: exposition }).then(
    () => '',
    (error: Error) => error.message.replace(/^.*?check metrics: /, ''),
  );
  return complaint.split('\n').filter((line) => line !== '' && !accepted.test(line));
}

const rig = findRig();
const withRig = rig.kind === 'found' ? describe : describe.skip;

withRig(titleWithRig('rules and metrics', rig), () => {
  it('pass promtool: the rules, and the units of what they do', async () => {
    assert.match(await promtool(['check', 'rules', '--lint=all', '--lint-fatal', rulesFile]), /SUCCESS/);
    const tests = ['forescale.test.yaml', 'forescale-cost.test.yaml'].map((name) => deployFile('alerts', name));
    assert.match(await promtool(['test', 'rules', ...tests]), /SUCCESS/);
  });

  it('pass promtool: every exported metric has help, a base unit and a fitting name', async () => {
    assert.deepEqual(await faults(await createMetrics().registry.metrics()), []);
    const wrong = '# TYPE forescale_wait_milliseconds gauge\nforescale_wait_milliseconds 1\n';
    assert.notDeepEqual(await faults(wrong), []);
  });

  it('test every alert at least once firing', () => {
    const text = ['forescale.test.yaml', 'forescale-cost.test.yaml']
      .map((name) => readFileSync(deployFile('alerts', name), 'utf8'))
      .join('\n');
    for (const { alert } of readAlerts())
      assert.match(text, new RegExp(`alertname: ${alert}\\n +eval_time: \\w+\\n +exp_alerts:\\n +- exp_labels`), alert);
  });
});

withRig(titleWithRig('a Prometheus that scrapes a running forescale', rig), () => {
  let folder: string;
  let plane: ControlPlane;
  let metrics: MetricsServer;
  let pods: PodPlayer;
  let load: Server;
  let prometheus: PrometheusServer;
  let daemon: Started;
  let port: number;

  /** Steps of 5 s and waves of 10 min, so that within a minute something was forecast, came and was compared. */
  function configText(kubeconfig: string): string {
    return `
mode: act
loop: 1s
step: 5s
prometheus: { url: "${prometheus.url}", rateWindow: 15s }
kubernetes: { kubeconfig: "${kubeconfig}" }
defaults:
  replicas: { max: 20 }
  objective: wait p95 100ms
  perReplica: 25
  startUp: 10s
  signals: { cpu: none, memory: none, requests: http-by-app }
  seasons: [10m]
workloads: [{ namespace: shop, name: checkout }]
budgets: { default: { cpu: 100, memory: 100Gi, replicas: 100 } }
history: { window: 2h, staleAfter: 30s }
forecast: { candidates: [seasonal-naive, holt-winters, aggregate], experts: [regression, linear-svr], spread: 0s, refitCron: "* * * * *" }
decide: { hold: 0s, tolerance: 0%, maxStepDownShare: 100%, maxStepUpFactor: 10 }
storage: { dataDir: "${join(folder, 'data')}", modelDir: "${join(folder, 'models')}" }
http: { host: 127.0.0.1, port: ${port} }
log: { level: info, format: json }
`;
  }

  async function startCluster(): Promise<void> {
    plane = await startControlPlane();
    metrics = await startMetricsServer(plane);
    await plane.kubectl(['create', 'namespace', 'shop']);
    pods = await playPods(plane, { namespace: 'shop' });
    metrics.setUsage('shop', 'checkout', { cpuMillicores: 50 });
    await plane.apply([workload(checkout, 2), hpa(checkout, 2, 20)]);
  }

  /** The pods of the shipped manifests as the API server would have them, with the daemon at the test's own port. */
  async function playShippedPods(): Promise<void> {
    type Template = { metadata: object; spec: { containers: { ports?: { containerPort: number }[] }[] } };
    type Shipped = { kind: string; spec: { template: Template; jobTemplate: { spec: { template: Template } } } };
    const all = documents<Shipped>(await plane.kubectl(['kustomize', deployFile('kustomize')]));
    const daemonPod = all.find(({ kind }) => kind === 'Deployment')!.spec.template;
    const restorePod = all.find(({ kind }) => kind === 'CronJob')!.spec.jobTemplate.spec.template;
    daemonPod.spec.containers[0]!.ports![0]!.containerPort = port;
    for (const [name, { metadata, spec }] of Object.entries({ daemon: daemonPod, restore: restorePod })) {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name, namespace: 'forescale' }, spec };
      await plane.apply(pod);
      const status = { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] };
      const path = `/api/v1/namespaces/forescale/pods/${name}/status`;
      const contentType = 'application/merge-patch+json';
      await plane.kubelet.request('PATCH', path, { body: { status }, contentType });
    }
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-dashboards-'));
    port = await freePort();
    await startCluster();
    const kubeconfig = await shippedAccount(plane, 'cluster');
    await playShippedPods();
    load = await serveLoad();
    const target = `127.0.0.1:${(load.address() as AddressInfo).port}`;
    const shop = { job_name: 'shop', honor_labels: true, static_configs: [{ targets: [target] }] };
    prometheus = await startPrometheus({
      openMetrics: history(Date.now() / 1000),
      scrapeConfigs: [shop, shippedScrape(plane.kubeconfig)],
      ruleFiles: [rulesFile],
    });
    const config = join(folder, 'forescale.yaml');
    writeFileSync(config, configText(kubeconfig));
    daemon = start(['run', '--config', config]);
  });

  after(async () => {
    daemon?.child.kill('SIGKILL');
    await daemon?.finished;
    load?.closeAllConnections();
    await new Promise((resolve) => (load ? load.close(resolve) : resolve(undefined)));
    await pods?.stop();
    await metrics?.stop();
    await prometheus?.stop();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const speaks = async ({ expr }: (typeof queries)[number]) =>
    (await prometheus.query(expr)).some(({ value }) => Number.isFinite(value));

  it('gives data for every query of the dashboard within 100 s', async () => {
    // Some speak only for a moment after something happened: each has to have spoken once.
    let silent = queries;
    const allSpoke = async () => {
      const answers = await Promise.all(silent.map(speaks));
      silent = silent.filter((_, i) => !answers[i]);
      return silent.length === 0;
    };
    await waitUntil('data', allSpoke, { timeoutMs: 100_000, everyMs: 1_000 }).catch(() => undefined);
    const log = daemon.output().stderr.slice(-2_000);
    assert.deepEqual(
      silent.map(({ title, expr }) => `${title}: ${expr}`),
      [],
      log,
    );
  });

  it('finds the daemon by the shipped scrape configuration, and not the pod of the CronJob', async () => {
    const up = await prometheus.query('up{job="forescale"}');
    assert.deepEqual(
      up.map(({ labels, value }) => [labels['pod'], value]),
      [['daemon', 1]],
    );
  });

  it('keeps the namespace of the workload in the metrics', async () => {
    const replicas = await prometheus.query('forescale_replicas{state="ready"}');
    assert.deepEqual(
      replicas.map(({ labels }) => [labels['namespace'], labels['kind'], labels['name'], labels['exported_namespace']]),
      [['shop', 'Deployment', 'checkout', undefined]],
    );
  });

  it('finds no fault in the metrics of the running daemon', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    assert.deepEqual(await faults(await answer.text()), []);
  });

  it('evaluates every rule without an error, and says that forescale is down only once it is', async () => {
    interface Rules {
      readonly data: { readonly groups: readonly { readonly rules: readonly { name: string; health: string }[] }[] };
    }
    const answer = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as Rules;
    const rules = answer.data.groups.flatMap(({ rules }) => rules);
    assert.deepEqual(
      rules.filter(({ health }) => health === 'err'),
      [],
    );
    assert.equal(rules.filter(({ name }) => name.startsWith('Forescale')).length, readAlerts().length);
    const down = readAlerts().find(({ alert }) => alert === 'ForescaleDown')!.expr;
    assert.deepEqual(await prometheus.query(down), []);
    daemon.child.kill('SIGTERM');
    assert.equal((await daemon.finished).code, 0);
    await waitUntil('the alert has a result', async () => (await prometheus.query(down)).length === 1);
  });
});
