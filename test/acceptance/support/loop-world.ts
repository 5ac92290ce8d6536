/** A shop in a real cluster with its history in a real Prometheus, for tests that run forescale as its users do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ControlPlane,
  freePort,
  type MetricsServer,
  type PodPlayer,
  type PrometheusServer,
  playPods,
  startControlPlane,
  startMetricsServer,
  startPrometheus,
  waitUntil,
} from '../../rig/rig.ts';
import { hpa, readHpa, ref, shippedAccount, workload } from '../actuation-world.ts';
import { dailyPeak, openMetrics } from './shop-history.ts';

const MINUTE = 60_000;
export const checkout = ref('checkout');

interface Deployment {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

export interface LoopWorld {
  readonly folder: string;
  readonly plane: ControlPlane;
  readonly prometheus: () => PrometheusServer;
  /** A Prometheus with fourteen days in which the load climbs from 20 to 200 requests per second `peakInMs` from now. */
  readonly history: (peakInMs: number) => Promise<void>;
  /** A configuration file of that name with its own data folder. */
  readonly configure: (name: string, more?: More) => Promise<{ readonly path: string; readonly port: number }>;
  readonly floor: () => Promise<number>;
  readonly deployment: () => Promise<Deployment>;
  readonly stop: () => Promise<void>;
}

interface More {
  /** YAML that is added. */
  readonly yaml?: string;
  /** How long a floor stands when nobody renews it. */
  readonly lease?: string;
  /** Settings of the forecast; the yardsticks alone when absent, because they are fitted in no time. */
  readonly forecast?: string;
}

function configText(folder: string, name: string, url: string, kubeconfig: string, port: number, more: More): string {
  const { yaml = '', lease = '10m', forecast = 'candidates: [seasonal-naive, holt-winters]' } = more;
  return `
loop: 5s
prometheus: { url: "${url}", timeout: 2s }
kubernetes: { kubeconfig: "${kubeconfig}", timeout: 3s, lease: ${lease} }
defaults:
  replicas: { max: 20 }
  objective: wait p95 100ms
  perReplica: 25
  startUp: 4m
  signals: { cpu: none, memory: none, requests: http-by-app }
  seasons: [1d]
workloads: [{ namespace: shop, name: checkout }]
history: { window: 14d }
forecast: { ${forecast} }
decide: { hold: 0s, tolerance: 0%, maxStepDownShare: 100%, maxStepUpFactor: 10 }
storage: { dataDir: "${join(folder, name, 'data')}", modelDir: "${join(folder, name, 'models')}" }
http: { host: 127.0.0.1, port: ${port} }
log: { level: debug, format: json }
${yaml}`;
}

export async function startLoopWorld(): Promise<LoopWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'forescale-loop-'));
  const plane = await startControlPlane();
  const metrics: MetricsServer = await startMetricsServer(plane);
  let prometheus: PrometheusServer | undefined;
  await plane.kubectl(['create', 'namespace', 'shop']);
  const pods: PodPlayer = await playPods(plane, { namespace: 'shop', reportedStartUpMs: 120_000 });
  metrics.setUsage('shop', 'checkout', { cpuMillicores: 50 });
  await plane.apply([workload(checkout, 2), hpa(checkout, 2, 20)]);
  const kubeconfig = await shippedAccount(plane, 'cluster');
  const deployment = () => plane.api.get<Deployment>('/apis/apps/v1/namespaces/shop/deployments/checkout');
  await waitUntil('2 replicas are ready', async () => (await deployment()).status.readyReplicas === 2);
  return {
    folder,
    plane,
    prometheus: () => prometheus!,
    history: async (peakInMs) => {
      const now = Date.now();
      await prometheus?.stop();
      const rate = dailyPeak(now + peakInMs, 20, 200, MINUTE);
      prometheus = await startPrometheus({
        openMetrics: openMetrics([{ namespace: 'shop', app: 'checkout', days: 14, endMs: now, rate }]),
      });
    },
    configure: async (name, more = {}) => {
      const path = join(folder, `${name}.yaml`);
      const port = await freePort();
      writeFileSync(path, configText(folder, name, prometheus?.url ?? 'http://127.0.0.1:9', kubeconfig, port, more));
      return { path, port };
    },
    floor: async () => (await readHpa(plane, checkout)).spec.minReplicas,
    deployment,
    stop: async () => {
      await pods.stop();
      await metrics.stop();
      await prometheus?.stop();
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
