/**
 * One round of the daemon with many workloads against a real Prometheus and a real API server: its duration by stage,
 * the queries it makes and the memory it holds.
 *
 *   node src/launch.mjs --script test/bench/loop.ts [WORKLOADS]        (100 by default; needs `npm run rig`)
 *
 * Prints one JSON object. Durations are of this machine; the share of each stage and the number of queries carry over.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ref, shippedAccount, workload } from '../acceptance/actuation-world.ts';
import { start } from '../acceptance/support/cli.ts';
import { type HistoryOptions, openMetrics } from '../acceptance/support/shop-history.ts';
import { findRig, freePort, startControlPlane, startPrometheus, waitUntil } from '../rig/rig.ts';

const DAY = 86_400_000;
const ROUNDS = 12;
const workloads = Number(process.argv[2] ?? 100);

function history(i: number, endMs: number): HistoryOptions {
  const rate = (atMs: number) => 20 + i + 15 * Math.sin((2 * Math.PI * (atMs + i * 600_000)) / DAY);
  return { namespace: 'shop', app: `service-${i}`, days: 14, endMs, rate };
}

function configText(url: string, kubeconfig: string, folder: string, port: number): string {
  const names = Array.from({ length: workloads }, (_, i) => `  - { namespace: shop, name: service-${i} }`);
  return `
loop: 5s
prometheus: { url: "${url}" }
kubernetes: { kubeconfig: "${kubeconfig}" }
defaults:
  replicas: { max: 50 }
  perReplica: 10
  signals: { requests: http-by-app, cpu: app-cpu, memory: none }
templates:
  app-cpu: { query: 'sum by (namespace, app) (rate(app_cpu_seconds_total{namespace=~"$namespaces", app=~"$names"}[$window]))', namespaceLabel: namespace, nameLabel: app, scale: 1000 }
history: { window: 14d }
forecast: { candidates: [seasonal-naive, holt-winters, arima] }
workloads:
${names.join('\n')}
storage: { dataDir: "${folder}/data", modelDir: "${folder}/models" }
http: { host: 127.0.0.1, port: ${port} }
`;
}

function sampleOf(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`forescale_${series} `));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
}

const rig = findRig();
if (rig.kind === 'missing') throw new Error(`bench: ${rig.reason}`);
const folder = mkdtempSync(join(tmpdir(), 'forescale-bench-'));
const plane = await startControlPlane();
const endMs = Date.now();
const text = openMetrics(Array.from({ length: workloads }, (_, i) => history(i, endMs)));
const prometheus = await startPrometheus({ openMetrics: text });
const port = await freePort();
await plane.kubectl(['create', 'namespace', 'shop']);
await plane.apply(Array.from({ length: workloads }, (_, i) => workload(ref(`service-${i}`), 1)));
const config = join(folder, 'bench.yaml');
writeFileSync(config, configText(prometheus.url, await shippedAccount(plane, 'cluster'), folder, port));
// FORESCALE_BENCH_NODE_OPTIONS tries other flags of Node on the daemon alone.
const flags = process.env['FORESCALE_BENCH_NODE_OPTIONS'];
const daemon = start(['run', '--config', config], flags ? { NODE_OPTIONS: flags } : {});
const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
const rounds = async () => sampleOf(await metrics().catch(() => ''), 'loops_total{result="ok"}');
const status = () => readFileSync(`/proc/${daemon.child.pid}/status`, 'utf8');
const megabytes = (field: string) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status())![1]) / 1024);

try {
  await waitUntil('the first round', async () => (await rounds()) >= 1, { timeoutMs: 300_000 });
  const afterBackfill = { rssMegabytes: megabytes('VmRSS'), peakMegabytes: megabytes('VmHWM') };
  const queriesForBackfill = sampleOf(await metrics(), 'prometheus_queries_total{result="answered"}');
  const fits = async () => sampleOf(await metrics(), 'fits_total{result="ok"}');
  await waitUntil('all models', async () => (await fits()) >= workloads, { timeoutMs: 900_000 });
  const before = await metrics();
  const from = sampleOf(before, 'loops_total{result="ok"}');
  while ((await rounds()) < from + ROUNDS) await sleep(500);
  const after = await metrics();
  const grew = (series: string) => sampleOf(after, series) - sampleOf(before, series);
  const counted = grew('loop_duration_seconds_count');
  const stages = ['observe', 'cluster', 'forecast', 'plan', 'restore', 'actuate', 'journal', 'record'];
  const perRound = (series: string) => Number((grew(series) / counted).toFixed(4));
  const report = {
    workloads,
    rounds: counted,
    roundSeconds: perRound('loop_duration_seconds_sum'),
    stageSeconds: Object.fromEntries(
      stages.map((stage) => [stage, perRound(`stage_duration_seconds_sum{stage="${stage}"}`)]),
    ),
    queriesForBackfill,
    queriesPerRound: perRound('prometheus_queries_total{result="answered"}'),
    afterBackfill,
    withModels: { rssMegabytes: megabytes('VmRSS'), peakMegabytes: megabytes('VmHWM') },
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  daemon.child.kill('SIGTERM');
  await daemon.finished;
  await prometheus.stop();
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
}
