/**
 * The whole loop with real parts: fourteen days in a real Prometheus, a real API server, the real HPA controller, the
 * shipped RBAC and the ServiceAccount's own token; forescale runs as its users run it.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlPlane,
  findRig,
  freePort,
  isWrite,
  type MetricsServer,
  type PodPlayer,
  type PrometheusServer,
  playPods,
  startControlPlane,
  startMetricsServer,
  startPrometheus,
  titleWithRig,
  waitUntil,
} from '../rig/rig.ts';
import { asWritten, hpa, readHpa, ref, shippedAccount, workload } from './actuation-world.ts';
import { run, type Started, start } from './support/cli.ts';
import { dailyPeak, openMetrics } from './support/shop-history.ts';

const MINUTE = 60_000;
const checkout = ref('checkout');
const account = 'system:serviceaccount:forescale:forescale';

interface Deployment {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

const rig = findRig();
(rig.kind === 'found' ? describe : describe.skip)(
  titleWithRig('the loop, from Prometheus to the HPA', rig),
  function () {
    this.timeout(180_000);
    let folder: string;
    let plane: ControlPlane;
    let metrics: MetricsServer;
    let pods: PodPlayer;
    let kubeconfig: string;
    let original: string;
    let prometheus: PrometheusServer | undefined;
    let daemon: Started | undefined;

    /** A configuration whose Prometheus holds fourteen days in which the load climbs `peakInMs` from now. */
    async function configure(name: string, peakInMs: number): Promise<string> {
      const now = Date.now();
      await prometheus?.stop();
      prometheus = await startPrometheus({
        openMetrics: openMetrics([
          {
            namespace: 'shop',
            app: 'checkout',
            days: 14,
            endMs: now,
            rate: dailyPeak(now + peakInMs, 20, 200, MINUTE),
          },
        ]),
      });
      const path = join(folder, `${name}.yaml`);
      writeFileSync(path, configText(name, prometheus.url, await freePort()));
      return path;
    }

    function configText(name: string, url: string, port: number): string {
      return `
loop: 5s
prometheus: { url: "${url}" }
kubernetes: { kubeconfig: "${kubeconfig}" }
defaults:
  replicas: { max: 20 }
  objective: wait p95 100ms
  perReplica: 25
  startUp: 4m
  signals: { cpu: none, memory: none, requests: http-by-app }
  seasons: [1d]
workloads: [{ namespace: shop, name: checkout }]
history: { window: 14d }
forecast: { candidates: [seasonal-naive, holt-winters] }
decide: { hold: 0s, tolerance: 0%, maxStepDownShare: 100%, maxStepUpFactor: 10 }
storage: { dataDir: "${join(folder, name, 'data')}", modelDir: "${join(folder, name, 'models')}" }
http: { host: 127.0.0.1, port: ${port} }
log: { level: debug, format: json }
`;
    }

    const floor = async () => (await readHpa(plane, checkout)).spec.minReplicas;
    const deployment = () => plane.api.get<Deployment>('/apis/apps/v1/namespaces/shop/deployments/checkout');
    const writes = () => plane.auditLog().filter((event) => isWrite(event) && event.user.username === account);

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'forescale-loop-'));
      plane = await startControlPlane();
      metrics = await startMetricsServer(plane);
      await plane.kubectl(['create', 'namespace', 'shop']);
      pods = await playPods(plane, { namespace: 'shop', reportedStartUpMs: 120_000 });
      metrics.setUsage('shop', 'checkout', { cpuMillicores: 50 });
      await plane.apply([workload(checkout, 2), hpa(checkout, 2, 20)]);
      kubeconfig = await shippedAccount(plane, 'cluster');
      await waitUntil('2 replicas are ready', async () => (await deployment()).status.readyReplicas === 2);
      original = asWritten(await readHpa(plane, checkout));
    });

    afterEach(async () => {
      daemon?.child.kill('SIGKILL');
      await daemon?.finished;
      daemon = undefined;
    });

    after(async () => {
      await pods?.stop();
      await metrics?.stop();
      await prometheus?.stop();
      await plane?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('plans the peak in a dry run, says why, exits with 2 and writes nothing, by the audit log', async () => {
      const config = await configure('dry', 3 * MINUTE);
      const plan = await run(['plan', '--config', config, '-o', 'json']);
      assert.equal(plan.code, 2, plan.stderr);
      const { mode, changes } = JSON.parse(plan.stdout);
      assert.equal(mode, 'dry-run');
      assert.equal(changes.length, 1);
      assert.deepEqual([changes[0].workload, changes[0].from], ['shop/Deployment/checkout', 2]);
      assert.ok(
        changes[0].to >= 10,
        `200 requests/s at 25 a replica need at least 10 replicas, planned ${changes[0].to}`,
      );
      assert.equal(changes[0].reasons[0].code, 'forecast-peak');
      const once = await run(['run', '--once', '--config', config]);
      assert.equal(once.code, 0, once.stderr);
      assert.match(once.stdout, /1 of 1 workloads would change/);
      assert.deepEqual(writes(), []);
      assert.equal(asWritten(await readHpa(plane, checkout)), original);
    });

    it('raises the floor, and the real HPA controller scales, before the load climbs', async () => {
      const climbs = Date.now() + 3 * MINUTE;
      daemon = start(['run', '--act', '--config', await configure('peak', 3 * MINUTE)]);
      await waitUntil('10 replicas', async () => (await deployment()).spec.replicas >= 10, { timeoutMs: 90_000 });
      await waitUntil('10 are ready', async () => ((await deployment()).status.readyReplicas ?? 0) >= 10);
      assert.ok(Date.now() < climbs, 'before the peak');
      const raised = await readHpa(plane, checkout);
      assert.equal(raised.metadata.annotations?.['forescale.dev/original-min-replicas'], '2');
      assert.ok(Date.parse(raised.metadata.annotations?.['forescale.dev/floor-expires'] ?? '') > Date.now());
      assert.ok(writes().some(({ objectRef }) => objectRef?.resource === 'horizontalpodautoscalers'));
      assert.ok(
        writes().some(({ objectRef }) => objectRef?.resource === 'events'),
        'an Event says why',
      );
    });

    it('ends within 5 s of SIGTERM and leaves the floor to its lease', async () => {
      daemon = start(['run', '--act', '--config', join(folder, 'peak.yaml')]);
      await waitUntil('a round', () => daemon?.output().stderr.includes('configuration in force') ?? false, {
        timeoutMs: 60_000,
      });
      const asked = Date.now();
      daemon.child.kill('SIGTERM');
      const { code } = await daemon.finished;
      assert.equal(code, 0);
      assert.ok(Date.now() - asked < 5_000, `${Date.now() - asked} ms`);
      assert.ok((await floor()) >= 10);
    });

    it('explains the last decision from the series to the number', async () => {
      const explained = await run(['explain', 'checkout', '--config', join(folder, 'peak.yaml')]);
      assert.equal(explained.code, 0, explained.stderr);
      for (const part of [
        /^series\n {2}requests: /m,
        /^forecast\n {2}\S+: next/m,
        /^capacity\n {2}one replica serves 25/m,
        /^policies\n {2}/m,
      ]) {
        assert.match(explained.stdout, part);
      }
    });

    it('lowers the floor to what it was when the peak is over', async () => {
      daemon = start(['run', '--act', '--config', await configure('after', -3 * 60 * MINUTE)]);
      await waitUntil('the original floor', async () => (await floor()) <= 3, { timeoutMs: 90_000 });
    });

    it('puts everything back byte for byte on restore', async () => {
      daemon = start(['run', '--act', '--config', await configure('again', 3 * MINUTE)]);
      await waitUntil('a raised floor', async () => (await floor()) >= 10, { timeoutMs: 90_000 });
      daemon.child.kill('SIGTERM');
      await daemon.finished;
      const restored = await run(['restore', '--config', join(folder, 'again.yaml')]);
      assert.equal(restored.code, 0, restored.stderr);
      assert.match(restored.stdout, /shop\/HorizontalPodAutoscaler\/checkout: applied; /);
      assert.equal(asWritten(await readHpa(plane, checkout)), original);
    });
  },
);
