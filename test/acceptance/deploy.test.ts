/** deploy/ against a real API server: accepted as it is, restricted as it says, and the CronJob's rights are enough. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { restoreFloors } from '../../src/app/restore.ts';
import { loadSettings } from '../../src/config/load.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import { deployFile, documents } from '../deploy/files.ts';
import { type ControlPlane, findRig, isWrite, startControlPlane, titleWithRig, waitUntil } from '../rig/rig.ts';
import { hpa, readHpa, ref, workload } from './actuation-world.ts';

interface PodSpec {
  readonly securityContext: Record<string, unknown>;
  readonly volumes: readonly { readonly name: string; readonly persistentVolumeClaim?: object }[];
  readonly containers: readonly {
    readonly securityContext: Record<string, unknown>;
    readonly ports?: readonly { readonly containerPort: number }[];
    readonly volumeMounts: readonly {
      readonly name: string;
      readonly mountPath: string;
      readonly readOnly?: boolean;
    }[];
  }[];
}

interface Template {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: PodSpec;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Shipped {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly data?: Record<string, string>;
  readonly rules?: readonly Rule[];
  readonly spec?: {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
    readonly selector?: Record<string, string>;
    readonly strategy?: { readonly type: string };
    readonly replicas?: number;
  };
}

const variants = [
  { title: 'the whole cluster', folder: deployFile('kustomize'), namespace: 'forescale' },
  { title: 'one namespace', folder: deployFile('kustomize', 'one-namespace'), namespace: 'shop' },
] as const;

const dryRun = ['apply', '--dry-run=server', '--validate=strict', '--warnings-as-errors'];

const rig = findRig();
(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('deploy/', rig), () => {
  let plane: ControlPlane;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'forescale-deploy-'));
    plane = await startControlPlane({ controllers: ['clusterrole-aggregation-controller'] });
    // Its namespace comes first, as in an installation: a dry run creates none for the objects after it.
    await plane.kubectl(['apply', '-f', deployFile('kustomize', 'cluster-wide', 'namespace.yaml')]);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await plane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
  });
  after(async () => {
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const rendered = async (path: string) => documents<Shipped>(await plane.kubectl(['kustomize', path]));
  const one = (all: readonly Shipped[], kind: string, name: string) => {
    const found = all.find((object) => object.kind === kind && object.metadata.name === name);
    assert.ok(found, `${kind} ${name}`);
    return found;
  };
  const templates = (all: readonly Shipped[]) => ({
    daemon: one(all, 'Deployment', 'forescale').spec!.template!,
    restore: one(all, 'CronJob', 'forescale-restore').spec!.jobTemplate!.spec.template,
  });

  for (const { title, folder: path, namespace } of variants) {
    describe(`for ${title}`, () => {
      it('is accepted with strict validation and without a warning, also by server-side apply', async () => {
        const output = await plane.kubectl([...dryRun, '-k', path]);
        assert.match(output, /deployment.apps\/forescale created \(server dry run\)/);
        assert.match(output, /cronjob.batch\/forescale-restore created \(server dry run\)/);
        await plane.kubectl([...dryRun, '--server-side', '-k', path]);
      });

      it('lies in one namespace, with a dry run as its mode and a configuration that is valid', async () => {
        const all = await rendered(path);
        for (const { kind, metadata } of all)
          if (!/^(Cluster|Namespace)/.test(kind)) assert.equal(metadata.namespace, namespace, kind);
        const file = join(folder, `${namespace}.yaml`);
        writeFileSync(file, one(all, 'ConfigMap', 'forescale').data!['forescale.yaml']!);
        const loaded = loadSettings(file);
        assert.ok(loaded.kind !== 'invalid', JSON.stringify(loaded));
        assert.equal(loaded.settings.mode, 'dry-run');
        assert.deepEqual(loaded.settings.kubernetes.namespaces, namespace === 'shop' ? ['shop'] : []);
      });

      it('agrees with itself on ports and folders', async () => {
        const all = await rendered(path);
        const file = join(folder, `${namespace}.yaml`);
        writeFileSync(file, one(all, 'ConfigMap', 'forescale').data!['forescale.yaml']!);
        const loaded = loadSettings(file);
        assert.ok(loaded.kind !== 'invalid');
        const { http, storage } = loaded.settings;
        const { daemon } = templates(all);
        const [container] = daemon.spec.containers;
        assert.deepEqual(
          container!.ports!.map(({ containerPort }) => containerPort),
          [http.port],
        );
        assert.equal(daemon.metadata.annotations!['prometheus.io/port'], String(http.port));
        const kept = daemon.spec.volumes.filter(({ persistentVolumeClaim }) => persistentVolumeClaim);
        const mount = container!.volumeMounts.find(({ name }) => name === kept[0]!.name)!;
        for (const path of [storage.dataDir, storage.modelDir]) assert.ok(path.startsWith(`${mount.mountPath}/`), path);
      });

      it('runs one daemon at a time, and its Service does not select the pods of the CronJob', async () => {
        const all = await rendered(path);
        const { spec } = one(all, 'Deployment', 'forescale');
        assert.deepEqual([spec!.replicas, spec!.strategy?.type], [1, 'Recreate']);
        const selector = Object.entries(one(all, 'Service', 'forescale').spec!.selector!);
        const { daemon, restore } = templates(all);
        assert.ok(selector.every(([label, value]) => daemon.metadata.labels[label] === value));
        assert.ok(!selector.every(([label, value]) => restore.metadata.labels[label] === value));
      });

      it('has pods that a namespace with the restricted Pod Security Standard admits', async () => {
        for (const [name, { metadata, spec }] of Object.entries(templates(await rendered(path)))) {
          const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name, namespace }, spec };
          await plane.kubectl([...dryRun, '-f', '-'], { input: JSON.stringify(pod) });
          for (const container of spec.containers)
            assert.equal(container.securityContext['readOnlyRootFilesystem'], true);
        }
      });
    });
  }

  it('has a dashboard that is accepted as a ConfigMap with the label of the sidecar', async () => {
    const path = deployFile('grafana');
    await plane.kubectl([...dryRun, '-n', 'shop', '-k', path]);
    const [map] = await rendered(path);
    assert.equal(map!.metadata.labels?.['grafana_dashboard'], '1');
    assert.equal(JSON.parse(map!.data!['forescale.json']!).uid, 'forescale');
  });

  it('is refused with a field that does not exist, so that the checks above mean something', async () => {
    const deployment = one(await rendered(variants[0].folder), 'Deployment', 'forescale');
    const input = JSON.stringify(deployment).replace('"readOnlyRootFilesystem"', '"readonlyRootFileSystem"');
    await assert.rejects(plane.kubectl([...dryRun, '-f', '-'], { input }), /unknown field .*readonlyRootFileSystem/);
  });

  it('is not admitted when any of 4 restrictions of its pods is taken away', async () => {
    const { daemon } = templates(await rendered(variants[0].folder));
    const attempts = ['runAsNonRoot', 'seccompProfile', 'allowPrivilegeEscalation', 'capabilities'].map(
      async (field) => {
        const without = (context: Record<string, unknown>) => ({ ...context, [field]: undefined });
        const spec = {
          ...daemon.spec,
          securityContext: without(daemon.spec.securityContext),
          containers: daemon.spec.containers.map((container) => ({
            ...container,
            securityContext: without(container.securityContext),
          })),
        };
        const metadata = { name: 'x', namespace: 'forescale' };
        const input = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
        await assert.rejects(
          plane.kubectl([...dryRun, '-f', '-'], { input }),
          /violates PodSecurity "restricted/,
          field,
        );
      },
    );
    await Promise.all(attempts);
  });

  describe('restore --expired with the account and the rights of the CronJob', () => {
    const account = 'system:serviceaccount:forescale:forescale-restore';
    const targets = [ref('checkout'), ref('cart', 'shop', 'StatefulSet')];
    const lively = ref('search');
    let config: string;
    let rules: readonly Rule[];

    /** An HPA with a floor of 8 over its own 2, leased until then. */
    function leased(target: (typeof targets)[number], expiresMs: number) {
      const object = hpa(target, 8, 20);
      const annotations = {
        'forescale.dev/original-min-replicas': '2',
        'forescale.dev/floor': '8',
        'forescale.dev/floor-expires': new Date(expiresMs).toISOString(),
      };
      return { ...object, metadata: { ...object.metadata, annotations } };
    }

    const raise = () => plane.apply(targets.map((target) => leased(target, Date.now() - 1_000)));
    const restore = () => restoreFloors({ configPath: config, expiredOnly: true, dryRun: false, now: Date.now });
    const floors = () => Promise.all(targets.map(async (target) => (await readHpa(plane, target)).spec.minReplicas));
    const written = () => plane.auditLog().filter((event) => isWrite(event) && event.user.username === account);

    before(async () => {
      const all = await rendered(variants[0].folder);
      rules = one(all, 'ClusterRole', 'forescale-restore').rules!;
      await plane.kubectl(['apply', '-k', variants[0].folder]);
      await plane.apply([...targets, lively].map((target) => workload(target)));
      await plane.apply(leased(lively, Date.now() + 600_000));
      const text = one(all, 'ConfigMap', 'forescale').data!['forescale.yaml']!;
      const token = await plane.serviceAccountToken('forescale', 'forescale-restore');
      const kubernetes = { kubeconfig: plane.kubeconfigFor(token) };
      config = join(folder, 'restore.yaml');
      writeFileSync(config, stringify({ ...parse(text), kubernetes }));
    });

    it('puts back 2 floors whose lease ran out and leaves the one that stands, though the mode is dry-run', async () => {
      await raise();
      const restored = await restore();
      assert.deepEqual(
        restored.map(({ target, actuation }) => [target && workloadKey(target), actuation.kind]).sort(),
        targets.map((target) => [workloadKey(target), 'applied']).sort(),
      );
      assert.deepEqual(await floors(), [2, 2]);
      assert.equal((await readHpa(plane, lively)).spec.minReplicas, 8);
      const resources = written().map(({ objectRef }) => objectRef?.resource);
      assert.deepEqual(new Set(resources), new Set(['horizontalpodautoscalers', 'events']));
    });

    it('misses each of its rights when it is taken away', async () => {
      const single = rules.flatMap(({ apiGroups, resources, verbs }) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ apiGroups, resources: [resource], verbs: [verb] }))),
      );
      const grant = (kept: readonly Rule[]) =>
        plane.api.mergePatch('/apis/rbac.authorization.k8s.io/v1/clusterroles/forescale-restore', { rules: kept });
      const whole = await attempt();
      assert.deepEqual(whole, { applied: 2, events: 2 });
      for (const taken of single) {
        const what = `${taken.verbs[0]} ${taken.resources[0]}`;
        // Needed only after a conflict: the HPA is read again before the second attempt.
        if (what === 'get horizontalpodautoscalers') continue;
        await grant(single.filter((rule) => rule !== taken));
        await waitUntil(`without ${what}`, async () => !(await may(taken)));
        assert.notDeepEqual(await attempt(), whole, `nothing misses ${what}`);
      }
      await grant(rules);
    });

    /** Both floors expired again, and what a run makes of them. */
    async function attempt(): Promise<{ readonly applied: number; readonly events: number }> {
      await raise();
      const before = written().length;
      const restored = await restore().catch(() => []);
      const events = written()
        .slice(before)
        .filter(({ objectRef }) => objectRef?.resource === 'events');
      return {
        applied: restored.filter(({ actuation }) => actuation.kind === 'applied').length,
        events: events.filter(({ responseStatus }) => responseStatus?.code === 201).length,
      };
    }

    async function may({ apiGroups, resources, verbs }: Rule): Promise<boolean> {
      const [group] = apiGroups;
      const resourceAttributes = { verb: verbs[0], resource: resources[0], group, namespace: 'shop' };
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: account, resourceAttributes },
      };
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      const review = await plane.api.request<{ status: { allowed: boolean } }>('POST', path, { body });
      return review.status.allowed;
    }
  });
});
