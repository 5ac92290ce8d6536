/** The Kubernetes adapters wired as the daemon wires them, against a real API server, and objects for them to scale. */
import { join } from 'node:path';
import { createClient, type KubeClient } from '../../src/adapters/kubernetes/client/client.ts';
import { createRateLimit } from '../../src/adapters/kubernetes/client/rate-limit.ts';
import { createClusterReader, type KubernetesReader } from '../../src/adapters/kubernetes/state/reader.ts';
import { createActuator } from '../../src/adapters/kubernetes/write/actuator.ts';
import { createEventWriter } from '../../src/adapters/kubernetes/write/events.ts';
import { createGate, type Gate } from '../../src/adapters/kubernetes/write/gate.ts';
import { createFloorKeeper, type FloorKeeper } from '../../src/adapters/kubernetes/write/restore.ts';
import type { Actuation } from '../../src/domain/actuation.ts';
import type { WorkloadState } from '../../src/domain/cluster.ts';
import type { Decision } from '../../src/domain/plan.ts';
import type { Actuator } from '../../src/domain/ports.ts';
import type { KubernetesSettings } from '../../src/domain/settings.ts';
import { type WorkloadRef, type WorkloadSpec, workloadKey } from '../../src/domain/workload.ts';
import { type ControlPlane, waitUntil } from '../rig/rig.ts';

export const rbacFolder = join(import.meta.dirname, '../../deploy/kustomize/rbac');

export interface WorldOptions {
  readonly kubeconfig: string;
  readonly mode?: 'dry-run' | 'act';
  readonly namespaces?: readonly string[];
  readonly leaseMs?: number;
  readonly timeoutMs?: number;
  readonly silenceMs?: number;
}

export interface ActuationWorld {
  readonly client: KubeClient;
  readonly reader: KubernetesReader;
  readonly gate: Gate;
  readonly actuator: Actuator;
  readonly keeper: FloorKeeper;
  readonly warnings: string[];
  /** Waits until the local copy shows this. */
  readonly seen: (ref: WorkloadRef, check: (state: WorkloadState) => boolean) => Promise<WorkloadState>;
  /** One decision for a workload as it is seen now; `undefined` holds. */
  readonly decide: (ref: WorkloadRef, to: number | undefined, more?: More) => Promise<Actuation>;
  readonly close: () => Promise<void>;
}

interface More {
  readonly spec?: Partial<WorkloadSpec>;
  readonly requests?: Decision['requests'];
  readonly nowMs?: number;
}

export async function startWorld(options: WorldOptions): Promise<ActuationWorld> {
  const settings: KubernetesSettings = {
    kubeconfig: options.kubeconfig,
    namespaces: options.namespaces ?? [],
    timeoutMs: options.timeoutMs ?? 5_000,
    leaseMs: options.leaseMs ?? 600_000,
    writesPerSecond: 50,
  };
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const client = createClient(settings);
  const { silenceMs } = options;
  const reader = createClusterReader(client, settings, {
    onWarning,
    ...(silenceMs !== undefined && { silenceMs }),
  });
  const gate = createGate(client, {
    mode: () => options.mode ?? 'act',
    rateLimit: createRateLimit(settings.writesPerSecond),
  });
  const events = createEventWriter(gate, { instance: 'test', onWarning });
  const actuator = createActuator(client, { gate, events, leaseMs: settings.leaseMs, cachedHpa: reader.hpa });
  const keeper = createFloorKeeper(client, { gate, events }, reader.floors, () => new Set());
  await reader.start();
  const state = async (ref: WorkloadRef) => (await reader.states([ref])).get(workloadKey(ref));
  const decide = async (ref: WorkloadRef, to: number | undefined, more: More = {}) => {
    const now = await state(ref);
    if (!now) throw new Error(`${workloadKey(ref)} is not there`);
    const decision = decisionFor(now, to, more.requests);
    return actuator.apply(specFor(ref, more.spec), now, decision, more.nowMs ?? Date.now());
  };
  const seen = (ref: WorkloadRef, check: (state: WorkloadState) => boolean) =>
    waitUntil(`the reader sees ${workloadKey(ref)} as expected`, async () => {
      const now = await state(ref);
      return now && check(now) ? now : undefined;
    });
  const close = async () => {
    reader.close();
    await client.close();
  };
  return { client, reader, gate, actuator, keeper, warnings, seen, decide, close };
}

function decisionFor(state: WorkloadState, to: number | undefined, requests: Decision['requests']): Decision {
  const base = {
    ref: state.ref,
    from: state.desiredReplicas,
    reasons: [{ code: 'forecast-peak', message: 'the forecast peak needs more' }],
    trace: [],
    ...(requests && { requests }),
  } as const;
  return to === undefined ? { ...base, kind: 'hold' } : { ...base, kind: 'scale', to };
}

export function specFor(ref: WorkloadRef, more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    ref,
    objective: { kind: 'utilisation', share: 0.7 },
    minReplicas: 1,
    maxReplicas: 50,
    priority: 0,
    costWeight: 1,
    pool: 'default',
    violationShare: 0.01,
    hpaMode: 'floor',
    requestsMode: 'recommend',
    events: [],
    signals: {},
    seasonsMs: [],
    ...more,
  };
}

export function ref(name: string, namespace = 'shop', kind: WorkloadRef['kind'] = 'Deployment'): WorkloadRef {
  return { namespace, kind, name };
}

export function workload(
  { namespace, kind, name }: WorkloadRef,
  replicas = 2,
  more: { readonly annotations?: object } = {},
) {
  const labels = { app: name };
  const containers = [{ name: 'main', image: 'shop', resources: { requests: { cpu: '500m', memory: '64Mi' } } }];
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace, name, labels, annotations: more.annotations ?? {} },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' && { serviceName: name, podManagementPolicy: 'Parallel' }),
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

export function hpa(target: WorkloadRef, minReplicas = 2, maxReplicas = 10, more: { readonly name?: string } = {}) {
  const { namespace, kind, name } = target;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace, name: more.name ?? name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
      minReplicas,
      maxReplicas,
      metrics: [
        { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } } },
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 1 } },
    },
  };
}

export interface Hpa {
  readonly metadata: {
    readonly annotations?: { readonly [name: string]: string };
    readonly labels?: object;
    readonly resourceVersion: string;
  };
  readonly spec: {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly { readonly resource: { readonly target: { readonly averageUtilization: number } } }[];
  };
}

export function hpaPath({ namespace, name }: WorkloadRef): string {
  return `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`;
}

export function readHpa(plane: ControlPlane, target: WorkloadRef): Promise<Hpa> {
  return plane.api.get<Hpa>(hpaPath(target));
}

/** All that a person wrote: the status and the book-keeping of the server are left out. */
export function asWritten({ metadata, spec }: Hpa): string {
  return JSON.stringify([metadata.annotations, metadata.labels, spec]);
}

/** Applies the shipped RBAC and returns a kubeconfig with the account's own token. */
export async function shippedAccount(plane: ControlPlane, variant: string): Promise<string> {
  await plane.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'forescale' } });
  await plane.kubectl(['apply', '-k', join(rbacFolder, variant)]);
  return plane.kubeconfigFor(await plane.serviceAccountToken('forescale', 'forescale'));
}

/** For a server without TLS, such as the fault proxy. */
export function plainKubeconfig(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxy', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'user' } }],
    'current-context': 'proxy',
  });
}
