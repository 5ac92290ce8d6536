/** `simulate` of a workload as a real Prometheus shows it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyReport } from '../../src/simulate/report.ts';
import { findRig, type PrometheusServer, startPrometheus, titleWithRig } from '../rig/rig.ts';
import { run } from './support/cli.ts';
import { type PodLife, podMetrics } from './support/pod-history.ts';
import { openMetrics } from './support/shop-history.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const DAYS = 5;
const END = Math.floor(Date.now() / MINUTE) * MINUTE;
const MILLICORES_PER_RPS = 20;

const rate = (atMs: number) => 60 + 50 * Math.sin((2 * Math.PI * atMs) / DAY);

/** Three pods throughout, and each day one more for twelve hours, which takes 80, 90, 100, 110 and 120 s to be ready. */
const pods: readonly PodLife[] = [
  ...[0, 1, 2].map((i) => ({
    name: `checkout-7d4b9c6f5-base${i}`,
    createdMs: END - DAYS * DAY,
    endMs: END,
    startUpMs: 100_000,
  })),
  ...Array.from({ length: DAYS }, (_, day) => ({
    name: `checkout-7d4b9c6f5-peak${day}`,
    createdMs: END - (DAYS - day) * DAY + 60 * MINUTE,
    endMs: END - (DAYS - day) * DAY + 780 * MINUTE,
    startUpMs: 80_000 + 10_000 * day,
  })),
];

function metrics(owners: boolean): string {
  const load = openMetrics([
    { namespace: 'shop', app: 'checkout', days: DAYS, endMs: END, rate, millicoresPerRps: MILLICORES_PER_RPS },
  ]);
  const cpuCores = (atMs: number) => (rate(atMs) * MILLICORES_PER_RPS) / 1000;
  const own = podMetrics({ namespace: 'shop', deployment: 'checkout', pods, cpuRequestCores: 0.5, owners, cpuCores });
  return load.replace('# EOF\n', `${own}# EOF\n`);
}

/** Minutes that passed since the end of the history are not scored, nor those at its edges. */
const blank = () => Math.ceil((Date.now() - END) / MINUTE) + 5;

const rig = findRig();

(rig.kind === 'found' ? describe : describe.skip)(
  titleWithRig('simulating a workload of a real Prometheus', rig),
  () => {
    let server: PrometheusServer;
    let folder: string;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'forescale-simulate-'));
      server = await startPrometheus({ openMetrics: metrics(true) });
    });
    after(async () => {
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const simulate = (...more: readonly string[]) =>
      run(['simulate', '--prometheus', server.url, '--workload', 'shop/checkout', '--since', '4d', ...more]);

    it('learns 25 requests/s a replica and a start-up of 80 to 120 s from the address and the name alone', async () => {
      const html = join(folder, 'page.html');
      const rows = join(folder, 'rows');
      const policies = 'hpa:0.5,recent-max:1d,oracle';
      const { code, stdout, stderr } = await simulate(
        '--policies',
        policies,
        '--html',
        html,
        '--decisions',
        rows,
        '-o',
        'json',
      );
      assert.equal(code, 0, stderr);
      const { policies: reports } = JSON.parse(stdout) as { policies: PolicyReport[] };
      assert.deepEqual(
        reports.map(({ policy }) => policy),
        policies.split(','),
      );
      const { rows: scored } = reports[0]!;
      assert.ok(scored <= 2 * 1440 && scored > 2 * 1440 - blank(), `half of 4 days is scored, found ${scored}`);
      const page = readFileSync(html, 'utf8');
      assert.match(page, /template http-by-app-requests/);
      const perReplica = Number(/<dd>([\d.]+) requests\/s a replica \(90 % interval/.exec(page)![1]);
      // 500 millicores at 20 millicores for each request per second.
      assert.ok(Math.abs(perReplica - 25) < 1.25, `${perReplica} requests/s`);
      const [, p50, p99] = /half are ready in (\d+) s, 99 % in (\d+) s/.exec(page)!.map(Number);
      assert.ok(p50! >= 90 && p50! <= 110 && p99 === 120, `${p50} and ${p99} s`);
      const loads = readFileSync(join(rows, 'oracle.csv'), 'utf8').trim().split('\n').slice(1);
      const [atS, load] = loads[700]!.split(',').map(Number);
      assert.ok(Math.abs(load! / rate(atS! * 1000 - 2 * MINUTE) - 1) < 0.06, `${load} at ${atS}`);
    });

    it('takes what the command line says over what the metrics say', async () => {
      const html = join(folder, 'told.html');
      const told = ['--per-replica', '10', '--start-up', '3m', '--objective', 'wait p95 100ms', '--warm-up', '3d'];
      const { code, stderr } = await simulate(...told, '--policies', 'oracle', '--html', html);
      assert.equal(code, 0, stderr);
      const page = readFileSync(html, 'utf8');
      assert.match(page, /10 requests\/s a replica, as configured/);
      assert.match(page, /3m, the same for every replica/);
      assert.match(page, /M\/M\/c queue is stable and at most 5 % of the requests wait longer than 100 ms/);
    });

    it('reads a configuration: its template, its objective and its window of 3 days', async () => {
      const config = join(folder, 'forescale.yaml');
      writeFileSync(
        config,
        `prometheus: { url: "${server.url}" }
history: { window: 3d }
defaults: { seasons: [1d] }
workloads: [{ namespace: shop, name: checkout, replicas: { max: 9 }, objective: wait p95 100ms, signals: { requests: http-by-app } }]
`,
      );
      const html = join(folder, 'config.html');
      const name = ['--config', config, '--workload', 'shop/Deployment/checkout'];
      const { code, stdout, stderr } = await run([
        'simulate',
        ...name,
        '--policies',
        'oracle',
        '--html',
        html,
        '-o',
        'json',
      ]);
      assert.equal(code, 0, stderr);
      const { rows: scored } = JSON.parse(stdout).policies[0];
      assert.ok(scored <= 1.5 * 1440 && scored > 1.5 * 1440 - blank(), `${scored} rows`);
      assert.match(readFileSync(html, 'utf8'), /M\/M\/c queue/);
      const other = await run(['simulate', '--config', config, '--workload', 'shop/basket']);
      assert.match(
        other.stderr,
        /--workload: expected one of shop\/Deployment\/checkout in .*, got "shop\/Deployment\/basket"/,
      );
    });

    it('says what the metrics of an unknown workload do not hold, and writes nothing', async () => {
      const page = join(folder, 'none.html');
      const args = ['--prometheus', server.url, '--workload', 'shop/ghost', '--since', '4d', '--html', page];
      const { code, stdout, stderr } = await run(['simulate', ...args]);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /simulate: 3 problems\. Nothing was simulated or written\./);
      assert.match(stderr, /shop\/Deployment\/ghost: signal requests by .* is empty/);
      assert.match(stderr, /--per-replica: the metrics do not say/);
      assert.match(stderr, /--start-up: expected kube_pod_created and kube_pod_status_ready_time of at least 3 pods/);
      assert.throws(() => readFileSync(page));
    });

    it('tells pods by their names where nobody says who owns them', async () => {
      const plain = await startPrometheus({ openMetrics: metrics(false) });
      try {
        const args = ['--prometheus', plain.url, '--workload', 'shop/checkout', '--since', '4d', '--per-replica', '25'];
        const html = join(folder, 'names.html');
        const { code, stderr } = await run(['simulate', ...args, '--policies', 'oracle', '--html', html]);
        assert.equal(code, 0, stderr);
        assert.match(readFileSync(html, 'utf8'), /measured on \d pods: half are ready in 100 s, 99 % in 120 s/);
      } finally {
        await plain.stop();
      }
    });
  },
);
