/** The shipped RBAC is enough and not more: with it everything works, and each verb is missed when it is taken away. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createActuator } from '../../src/adapters/kubernetes/write/actuator.ts';
import { createEventWriter } from '../../src/adapters/kubernetes/write/events.ts';
import { restore } from '../../src/adapters/kubernetes/write/restore.ts';
import type { RequestsChange } from '../../src/domain/plan.ts';
import type { WorkloadRef } from '../../src/domain/workload.ts';
import {
  type ControlPlane,
  findRig,
  isWrite,
  startControlPlane,
  temporaryFolder,
  titleWithRig,
  waitUntil,
} from '../rig/rig.ts';
import { hpa, hpaPath, rbacFolder, ref, shippedAccount, specFor, startWorld, workload } from './actuation-world.ts';

const rig = findRig();
const account = 'system:serviceaccount:forescale:forescale';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly rules: readonly Rule[];
}

/** Every single permission of a role. */
function permissions(role: Role) {
  return role.rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })))),
  );
}

function without(role: Role, { group, resource, verb }: ReturnType<typeof permissions>[number]): readonly Rule[] {
  return permissions(role)
    .filter((one) => !(one.group === group && one.resource === resource && one.verb === verb))
    .map((one) => ({ apiGroups: [one.group], resources: [one.resource], verbs: [one.verb] }));
}

(rig.kind === 'found' ? describe : describe.skip)(titleWithRig('shipped RBAC', rig), () => {
  let plane: ControlPlane;
  const overlay = temporaryOverlay();

  before(async () => {
    plane = await startControlPlane({
      controllers: ['deployment-controller', 'replicaset-controller', 'statefulset-controller'],
    });
    await plane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  });
  after(async () => {
    await plane?.stop();
    overlay.remove();
  });

  let run = 0;

  /** Uses everything once: all kinds of reads and writes. @returns whatever was refused or failed, as sentences. */
  async function useEverything(kubeconfig: string, namespaces: readonly string[], withRequests: boolean) {
    const namespace = namespaces[0] ?? 'shop';
    const id = `r${++run}`;
    const [web, set] = [ref(`${id}-web`, namespace), ref(`${id}-set`, namespace, 'StatefulSet')];
    const [bare, bareSet] = [ref(`${id}-bare`, namespace), ref(`${id}-bare-set`, namespace, 'StatefulSet')];
    const targets = [web, set, bare, bareSet];
    await plane.apply([...targets.map((one) => workload(one)), hpa(web), hpa(set)]);
    const world = await startWorld({ kubeconfig, namespaces, timeoutMs: 1_500 });
    const problems: string[] = [];
    try {
      const { client, gate, reader } = world;
      const events = createEventWriter(gate, { instance: 'test', onWarning: (message) => problems.push(message) });
      const actuator = createActuator(client, { gate, events, leaseMs: 60_000 });
      await reader.states(targets);
      const states = await waitUntil('the controllers have seen all four', async () => {
        const all = await reader.states(targets);
        return all.size === 4 && [...all.values()].every((state) => !state.rolloutInProgress) ? all : undefined;
      });
      for (const [key, state] of states) {
        const reasons = [{ code: 'forecast-peak', message: key }] as const;
        const decision = { kind: 'scale', ref: state.ref, from: 2, to: 5, reasons, trace: [] } as const;
        const requests = withRequests && state.hpa.kind === 'none' ? { requests: bigger } : {};
        const spec = specFor(state.ref, { requestsMode: 'apply' });
        const outcome = await actuator.apply(spec, state, { ...decision, ...requests }, Date.now());
        if (outcome.kind !== 'applied') problems.push(`${key}: ${JSON.stringify(outcome)}`);
      }
      for (const { name, actuation } of await restore(client, { expiredOnly: false, nowMs: Date.now(), gate })) {
        if (actuation.kind !== 'applied') problems.push(`restore of ${name}: ${JSON.stringify(actuation)}`);
      }
    } catch (error) {
      problems.push((error as Error).message);
    } finally {
      await world.close();
    }
    await remove(targets);
    return [...problems, ...world.warnings];
  }

  async function remove(targets: readonly WorkloadRef[]): Promise<void> {
    const paths = targets.flatMap((one) => [
      `/apis/apps/v1/namespaces/${one.namespace}/${one.kind.toLowerCase()}s/${one.name}`,
      hpaPath(one),
    ]);
    await Promise.allSettled(paths.map((path) => plane.api.request('DELETE', path))); // not all have an HPA
  }

  async function waitUntilDecided(
    permission: { group: string; resource: string; verb: string },
    allowed: boolean,
    namespace: string,
  ) {
    const [resource, subresource] = permission.resource.split('/');
    const { group, verb } = permission;
    const resourceAttributes = { group, resource, verb, namespace, ...(subresource && { subresource }) };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: account, groups: ['system:serviceaccounts', 'system:authenticated'], resourceAttributes },
    };
    await waitUntil(`${verb} ${permission.resource} is ${allowed ? 'allowed' : 'refused'}`, async () => {
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      const answer = await plane.api.request<{ status: { allowed: boolean } }>('POST', path, { body });
      return answer.status.allowed === allowed;
    });
  }

  const rolePath = '/apis/rbac.authorization.k8s.io/v1/clusterroles/forescale';
  const setRules = (rules: readonly Rule[]) => plane.api.mergePatch(rolePath, { rules });

  it('cluster-wide: everything works with it, and is refused nothing', async () => {
    const kubeconfig = await shippedAccount(plane, 'cluster');
    assert.deepEqual(await useEverything(kubeconfig, [], false), []);
    const refused = plane
      .auditLog()
      .filter((event) => event.user.username === account && event.responseStatus?.code === 403);
    assert.deepEqual(
      refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`),
      [],
    );
  });

  it('cluster-wide: each of its permissions is missed when it is taken away, by name', async () => {
    const kubeconfig = await shippedAccount(plane, 'cluster');
    const role = await plane.api.get<Role>(rolePath);
    const unnoticed: string[] = [];
    for (const permission of permissions(role)) {
      await setRules(without(role, permission));
      await waitUntilDecided(permission, false, 'shop');
      const problems = await useEverything(kubeconfig, [], false);
      const [resource] = permission.resource.split('/');
      if (!problems.some((text) => text.includes('403') && text.includes(resource as string))) {
        unnoticed.push(`${permission.verb} ${permission.resource}: ${problems.join(' | ')}`);
      }
    }
    await setRules(role.rules);
    assert.ok(permissions(role).length >= 18);
    assert.deepEqual(unnoticed, []);
  });

  it('does not allow to change pod templates, until the component for that is added', async () => {
    const kubeconfig = await shippedAccount(plane, 'cluster');
    const refused = await useEverything(kubeconfig, [], true);
    assert.ok(refused.some((text) => text.includes('403') && text.includes('deployments')));
    overlay.write('kind: Kustomization', ['cluster'], ['apply-requests-cluster']);
    await plane.kubectl(['apply', '-k', overlay.path]);
    await waitUntilDecided({ group: 'apps', resource: 'statefulsets', verb: 'patch' }, true, 'shop');
    assert.deepEqual(await useEverything(kubeconfig, [], true), []);
  });

  it('reads no Secrets and writes nothing but what it is for', async () => {
    const resources = plane
      .auditLog()
      .filter((event) => event.user.username === account && isWrite(event))
      .map(
        ({ verb, objectRef }) => `${verb} ${[objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/')}`,
      );
    assert.deepEqual([...new Set(resources)].sort(), [
      'create events',
      'patch deployments',
      'patch deployments/scale',
      'patch horizontalpodautoscalers',
      'patch statefulsets',
      'patch statefulsets/scale',
    ]);
  });

  it('one namespace: everything works in it, and nothing can be read outside', async () => {
    await plane.kubectl(['delete', 'clusterrolebinding', 'forescale', 'forescale-apply-requests']);
    await waitUntilDecided({ group: 'apps', resource: 'deployments', verb: 'list' }, false, 'shop');
    const kubeconfig = await shippedAccount(plane, 'namespace');
    await waitUntilDecided({ group: 'events.k8s.io', resource: 'events', verb: 'create' }, true, 'forescale');
    assert.deepEqual(await useEverything(kubeconfig, ['forescale'], false), []);
    const outside = await useEverything(kubeconfig, ['shop'], false);
    assert.match(outside[0] ?? '', /the state of the cluster is not known well enough.*403 Forbidden/);
  });
});

const bigger: RequestsChange = {
  mode: 'apply',
  containers: [
    {
      name: 'main',
      from: { cpuMillicores: 500, memoryBytes: 64 * 2 ** 20 },
      to: { cpuMillicores: 750, memoryBytes: 64 * 2 ** 20 },
    },
  ],
  reason: { code: 'requests-applied', message: 'it uses more' },
};

/** kustomize wants paths relative to its file, and no file outside of a root: so it gets a folder beside the shipped ones. */
function temporaryOverlay() {
  const folder = temporaryFolder();
  const { mkdirSync, symlinkSync, writeFileSync } = process.getBuiltinModule('node:fs');
  mkdirSync(join(folder.path, 'overlay'));
  symlinkSync(rbacFolder, join(folder.path, 'rbac'));
  const list = (names: readonly string[]) => names.map((name) => `  - ../rbac/${name}\n`).join('');
  return {
    path: join(folder.path, 'overlay'),
    remove: folder.remove,
    write: (kind: string, resources: readonly string[], components: readonly string[]) =>
      writeFileSync(
        join(folder.path, 'overlay/kustomization.yaml'),
        `apiVersion: kustomize.config.k8s.io/v1beta1\n${kind}\nresources:\n${list(resources)}components:\n${list(components)}`,
      ),
  };
}
