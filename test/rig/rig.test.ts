/**
 * The rig shows here that it is real: the controllers act, the audit log tells who wrote, Prometheus
 * answers over its history, and nothing is left behind.
 */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  ApiError,
  type ControlPlane,
  findRig,
  isWrite,
  type List,
  type MetricsServer,
  type Pod,
  type PodPlayer,
  type PrometheusServer,
  playPods,
  promtool,
  startControlPlane,
  startMetricsServer,
  startPrometheus,
  temporaryFolder,
  titleWithRig,
  waitUntil,
} from './rig.ts';

const rig = findRig();
const withRig = rig.kind === 'found' ? describe : describe.skip;

interface Deployment {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

const SHOP = '/apis/apps/v1/namespaces/shop/deployments';
const HPAS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';

function deployment(name: string, replicas: number): unknown {
  const labels = { app: name };
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'shop', resources }] } },
    },
  };
}

function autoscaler(name: string, minReplicas: number, metric: unknown): unknown {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'shop' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas,
      maxReplicas: 10,
      metrics: [metric],
    },
  };
}

const HALF_OF_CPU = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};

withRig(titleWithRig('the control plane of the rig', rig), () => {
  let plane: ControlPlane;
  let metrics: MetricsServer;
  let player: PodPlayer;

  before(async () => {
    plane = await startControlPlane();
    metrics = await startMetricsServer(plane);
    player = await playPods(plane, { namespace: 'shop' });
    await plane.kubectl(['create', 'namespace', 'shop']);
  });

  after(async () => {
    await player?.stop();
    await metrics?.stop();
    await plane?.stop();
  });

  const ready = (name: string, count: number) =>
    waitUntil(`${name} has ${count} ready replicas`, async () => {
      const { spec, status } = await plane.api.get<Deployment>(`${SHOP}/${name}`);
      return spec.replicas === count && status.readyReplicas === count;
    });

  const podsOf = async (name: string) =>
    (await plane.api.get<List<Pod>>(`/api/v1/namespaces/shop/pods?labelSelector=app%3D${name}`)).items;

  it('makes the 2 pods of a Deployment ready', async () => {
    await plane.apply(deployment('catalogue', 2));
    await ready('catalogue', 2);
    for (const pod of await podsOf('catalogue')) {
      const types = pod.status?.conditions?.map(({ type, status }) => `${type}=${status}`).sort();
      assert.deepEqual(types, ['ContainersReady=True', 'Initialized=True', 'PodScheduled=True', 'Ready=True']);
    }
  });

  it('lets the real HPA scale 2 → 4 at 80 % of a 50 % target, and follow minReplicas to 6', async () => {
    metrics.setUsage('shop', 'checkout', (pods) => ({ cpuMillicores: 160 / pods, memoryBytes: 32 << 20 }));
    await plane.apply([deployment('checkout', 2), autoscaler('checkout', 2, HALF_OF_CPU)]);
    await ready('checkout', 4);
    await plane.api.mergePatch(`${HPAS}/checkout`, { spec: { minReplicas: 6 } });
    await ready('checkout', 6);
  });

  it('lets the HPA scale on an external and on a custom metric', async () => {
    const perPod = { type: 'AverageValue', averageValue: '10' };
    const orders = { name: 'orders', selector: { matchLabels: { queue: 'paid' } } };
    metrics.setExternal('shop', 'orders', [
      { value: 30, labels: { queue: 'paid' } },
      { value: 900, labels: { queue: 'open' } },
    ]);
    metrics.setPodMetric('shop', 'guide', 'chats', (pods) => 30 / pods);
    await plane.apply([
      deployment('packing', 1),
      autoscaler('packing', 1, { type: 'External', external: { metric: orders, target: perPod } }),
      deployment('guide', 1),
      autoscaler('guide', 1, { type: 'Pods', pods: { metric: { name: 'chats' }, target: perPod } }),
    ]);
    await Promise.all([ready('packing', 3), ready('guide', 3)]);
  });

  it('tells in the audit log who wrote: the HPA controller scaled, the admin set minReplicas', () => {
    const writes = plane.auditLog().filter(isWrite);
    const usersOf = (resource: string, subresource: string | undefined, verb: string) =>
      new Set(
        writes
          .filter(({ objectRef }) => objectRef?.name === 'checkout' && objectRef.resource === resource)
          .filter((event) => event.objectRef?.subresource === subresource && event.verb === verb)
          .map(({ user }) => user.username),
      );
    const controller = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
    assert.deepEqual(usersOf('deployments', 'scale', 'update'), new Set([controller]));
    assert.deepEqual(usersOf('horizontalpodautoscalers', undefined, 'patch'), new Set(['rig:admin']));
    const patch = writes.find(({ verb, objectRef }) => verb === 'patch' && objectRef?.name === 'checkout');
    assert.deepEqual(patch?.requestObject, { spec: { minReplicas: 6 } });
  });

  it('gives a ServiceAccount its own token, with its own rights and no more', async () => {
    const account = { name: 'reader', namespace: 'shop' };
    await plane.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: account,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', ...account }],
      },
    ]);
    const reader = plane.api.as(await plane.serviceAccountToken('shop', 'reader'));
    const { spec } = await waitUntil('the role is in force', () => reader.get<Deployment>(`${SHOP}/catalogue`));
    assert.equal(spec.replicas, 2);
    await assert.rejects(
      reader.mergePatch(`${SHOP}/catalogue`, { spec: { replicas: 3 } }),
      (error) => error instanceof ApiError && error.status === 403,
    );
    const denied = plane.auditLog().filter(({ responseStatus }) => responseStatus?.code === 403);
    assert.equal(denied.at(-1)?.user.username, 'system:serviceaccount:shop:reader');
  });

  it('dates the start-up of 120 s that a test asks for, without waiting for it', async () => {
    await plane.kubectl(['create', 'namespace', 'slow']);
    const slow = await playPods(plane, { namespace: 'slow', reportedStartUpMs: 120_000 });
    const containers = [{ name: 'main', image: 'shop' }];
    await plane.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'slow' },
      spec: { containers },
    });
    const seconds = await waitUntil('the pod is ready', async () => {
      const { status } = await plane.api.get<Pod>('/api/v1/namespaces/slow/pods/p');
      const at = (type: string) => status?.conditions?.find((c) => c.type === type && c.status === 'True');
      const [scheduled, isReady] = [at('PodScheduled'), at('Ready')];
      if (!scheduled || !isReady) return undefined;
      return (Date.parse(isReady.lastTransitionTime ?? '') - Date.parse(scheduled.lastTransitionTime ?? '')) / 1000;
    });
    await slow.stop();
    assert.equal(seconds, 120);
  });

  it('lets a running pod be resized from 100m to 150m, as a kubelet would', async () => {
    const [pod] = await podsOf('checkout');
    const path = `/api/v1/namespaces/shop/pods/${pod?.metadata.name}`;
    const resources = { requests: { cpu: '150m', memory: '64Mi' } };
    const body = { spec: { containers: [{ name: 'main', resources }] } };
    const contentType = 'application/strategic-merge-patch+json';
    await plane.api.request('PATCH', `${path}/resize`, { body, contentType });
    await waitUntil('the pod reports it', async () => {
      const { status } = await plane.api.get<Pod>(path);
      return isDeepStrictEqual(status?.containerStatuses?.[0]?.resources, resources);
    });
  });

  it('takes a ready pod back to unready, and lets deleted pods go', async () => {
    const [pod] = await podsOf('catalogue');
    player.setReadyWhen(({ metadata }) => metadata.name !== pod?.metadata.name);
    await waitUntil('one is unready', async () => {
      return (await plane.api.get<Deployment>(`${SHOP}/catalogue`)).status.readyReplicas === 1;
    });
    player.setReadyWhen(() => true);
    await plane.kubectl(['-n', 'shop', 'scale', 'deployment/catalogue', '--replicas=1']);
    await waitUntil('one pod is left', async () => (await podsOf('catalogue')).length === 1);
  });

  it('keeps everything when the API server is killed and started again', async () => {
    await plane.stopApiServer();
    await assert.rejects(plane.api.get('/readyz'), /ECONNREFUSED|ECONNRESET|socket hang up/);
    await plane.startApiServer();
    await ready('catalogue', 1);
    await plane.kubectl(['-n', 'shop', 'scale', 'deployment/catalogue', '--replicas=2']);
    await ready('catalogue', 2);
  });
});

withRig(titleWithRig('the Prometheus of the rig', rig), () => {
  let prometheus: PrometheusServer;
  const end = Math.floor(Date.now() / 60_000) * 60;
  const start = end - 14 * 86_400;

  before(async () => {
    const lines = ['# TYPE shop_load gauge'];
    for (let at = start; at <= end; at += 60) lines.push(`shop_load{app="checkout"} ${at - start} ${at}`);
    prometheus = await startPrometheus({ openMetrics: `${lines.join('\n')}\n# EOF\n` });
  });

  after(async () => prometheus?.stop());

  it('answers over a back-filled history of 14 days of minutes', async () => {
    assert.deepEqual(await prometheus.query('count_over_time(shop_load[15d])', end), [
      { labels: { app: 'checkout' }, value: 20_161 },
    ]);
    const [sample] = await prometheus.query('shop_load', start + 3600);
    assert.equal(sample?.value, 3600);
  });

  it('scrapes what a reload tells it to', async () => {
    const target = new URL(prometheus.url).host;
    await prometheus.reload({ scrapeConfigs: [{ job_name: 'itself', static_configs: [{ targets: [target] }] }] });
    await waitUntil('it scrapes itself', async () => (await prometheus.query('up{job="itself"} == 1')).length === 1);
  });

  it('can be taken away and come back with its data', async () => {
    await prometheus.halt();
    await assert.rejects(prometheus.query('shop_load', end));
    await prometheus.restart();
    assert.equal((await prometheus.query('shop_load', end)).length, 1);
  });

  it('has promtool find a fault in a metric without help text', async () => {
    await assert.rejects(promtool(['check', 'metrics'], { input: 'shop_load 1\n' }), /no help text/);
  });
});

withRig(titleWithRig('the end of a test process', rig), () => {
  it('takes the servers and their folders with it, even after kill -9', async () => {
    const child = fork(join(import.meta.dirname, 'abandon.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const left = await new Promise<{ url: string; folder: string }>((resolve, reject) => {
      child.once('message', (message) => resolve(message as { url: string; folder: string }));
      child.once('exit', (code) => reject(new Error(`it ended early: ${code}`)));
    });
    assert.equal((await fetch(`${left.url}/-/ready`)).status, 200);
    child.kill('SIGKILL');
    await waitUntil('the folder is gone', () => !existsSync(left.folder));
    await assert.rejects(fetch(`${left.url}/-/ready`));
  });

  it('is not needed for a folder that was removed in good order', () => {
    const folder = temporaryFolder();
    folder.remove();
    assert.equal(existsSync(folder.path), false);
  });
});
