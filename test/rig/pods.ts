/**
 * Plays scheduler and kubelet: binds pods to a node, starts them, makes them ready after their start-up
 * time, and lets go of them when they are deleted. Containers do not run; all that controllers and
 * forescale look at is in the pods' status, written as the kubelet writes it.
 *
 *   Pending ──bind──▶ Pending, scheduled ──▶ Running, not ready ──start-up──▶ Running, ready ──delete──▶ gone
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Api, ApiError, type Condition, type List, labelSelectorQuery, type Pod } from './api.ts';
import type { ControlPlane } from './control-plane.ts';

export interface PlayOptions {
  /** all namespaces if it is left out */
  readonly namespace?: string;
  /** e.g. `app=checkout`; all pods if it is left out */
  readonly selector?: string;
  /** from running to ready; default 200 ms */
  readonly startUpMs?: number | ((pod: Pod) => number);
  /**
   * What the times in the status say from scheduled to ready, instead of what it really took: so that a
   * test of a start-up of two minutes does not last two minutes. Ready may then be dated in the future.
   */
  readonly reportedStartUpMs?: number;
  /** a pod for which this is false does not become ready, or stops being it */
  readonly readyWhen?: (pod: Pod) => boolean;
  /** from the deletion to the end; default 0 */
  readonly terminationMs?: number;
  readonly everyMs?: number;
}

export interface PodPlayer {
  readonly setReadyWhen: (readyWhen: (pod: Pod) => boolean) => void;
  readonly stop: () => Promise<void>;
}

const NODE = 'rig-node';
const READINESS = ['ContainersReady', 'Ready'];

/** Plays until it is stopped. A server that is away or answers with an error is asked again at the next turn. */
export async function playPods(plane: ControlPlane, options: PlayOptions = {}): Promise<PodPlayer> {
  const ending = new AbortController();
  const cast: Cast = {
    api: plane.kubelet,
    options,
    readyWhen: options.readyWhen ?? (() => true),
    startedAt: new Map(),
    deletedAt: new Map(),
  };
  await ensureNode(cast.api);
  const playing = playUntil(cast, ending.signal);
  return {
    setReadyWhen: (readyWhen) => {
      cast.readyWhen = readyWhen;
    },
    stop: async () => {
      ending.abort();
      await playing;
    },
  };
}

interface Cast {
  readonly api: Api;
  readonly options: PlayOptions;
  readyWhen: (pod: Pod) => boolean;
  /** by uid, in ms, because the times of the API have whole seconds */
  readonly startedAt: Map<string, number>;
  readonly deletedAt: Map<string, number>;
}

async function playUntil(cast: Cast, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pods = await listPods(cast).catch(() => []);
    // A pod may have been deleted or changed since it was listed; the next turn sees what it is then.
    await Promise.allSettled(pods.map((pod) => play(cast, pod)));
    await sleep(cast.options.everyMs ?? 100, undefined, { signal, ref: false }).catch(() => {});
  }
}

async function listPods({ api, options }: Cast): Promise<readonly Pod[]> {
  const scope = options.namespace === undefined ? '' : `/namespaces/${options.namespace}`;
  return (await api.get<List<Pod>>(`/api/v1${scope}/pods${labelSelectorQuery(options.selector ?? '')}`)).items;
}

function play(cast: Cast, pod: Pod): Promise<unknown> {
  if (pod.metadata.deletionTimestamp) return letGo(cast, pod);
  if (!pod.spec.nodeName) return bind(cast, pod);
  if (pod.status?.phase === 'Pending') return start(cast, pod);
  return setReadiness(cast, pod);
}

function pathOf(pod: Pod): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
}

/** A bound pod stays, terminating, until its kubelet says that it has ended. */
async function letGo({ api, options, deletedAt }: Cast, pod: Pod): Promise<void> {
  const since = remember(deletedAt, pod);
  if (Date.now() - since < (options.terminationMs ?? 0)) return;
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 };
  await api.request('DELETE', pathOf(pod), { body });
}

/** The API server itself sets PodScheduled, with the time, when it takes the binding. */
function bind({ api }: Cast, pod: Pod): Promise<unknown> {
  const { name } = pod.metadata;
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: NODE } };
  return api.request('POST', `${pathOf(pod)}/binding`, { body });
}

async function start(cast: Cast, pod: Pod): Promise<void> {
  const now = new Date().toISOString();
  const scheduled = conditionOf(pod, 'PodScheduled');
  const conditions = [
    ...(scheduled ? [scheduled] : []),
    condition('Initialized', true, now),
    condition('ContainersReady', false, now),
    condition('Ready', false, now),
  ];
  const status = { phase: 'Running', startTime: now, conditions, containerStatuses: containers(pod, false, now) };
  await cast.api.mergePatch(`${pathOf(pod)}/status`, { status });
  remember(cast.startedAt, pod);
}

async function setReadiness(cast: Cast, pod: Pod): Promise<void> {
  const { startUpMs = 200 } = cast.options;
  const since = remember(cast.startedAt, pod);
  const isUp = Date.now() - since >= (typeof startUpMs === 'function' ? startUpMs(pod) : startUpMs);
  const shouldBe = isUp && cast.readyWhen(pod);
  const is = conditionOf(pod, 'Ready')?.status === 'True';
  if (shouldBe === is && reportsItsResources(pod)) return;
  const at = transitionTime(cast, pod, shouldBe);
  const conditions = (pod.status?.conditions ?? []).map((old) =>
    shouldBe !== is && READINESS.includes(old.type) ? condition(old.type, shouldBe, at) : old,
  );
  const containerStatuses = containers(pod, shouldBe, pod.status?.startTime ?? at);
  await cast.api.mergePatch(`${pathOf(pod)}/status`, { status: { conditions, containerStatuses } });
}

/** False after a resize: the kubelet then reports what the containers have now. */
function reportsItsResources(pod: Pod): boolean {
  const reported = pod.status?.containerStatuses?.map(({ name, resources }) => ({ name, resources: resources ?? {} }));
  const wanted = pod.spec.containers.map(({ name, resources }) => ({ name, resources: resources ?? {} }));
  return isDeepStrictEqual(reported, wanted);
}

function transitionTime({ options }: Cast, pod: Pod, isReady: boolean): string {
  const scheduledAt = conditionOf(pod, 'PodScheduled')?.lastTransitionTime;
  if (!isReady || options.reportedStartUpMs === undefined || !scheduledAt) return new Date().toISOString();
  return new Date(Date.parse(scheduledAt) + options.reportedStartUpMs).toISOString();
}

function conditionOf(pod: Pod, type: string): Condition | undefined {
  return pod.status?.conditions?.find((candidate) => candidate.type === type);
}

function condition(type: string, isTrue: boolean, lastTransitionTime: string): Condition {
  return { type, status: isTrue ? 'True' : 'False', lastTransitionTime };
}

function containers(pod: Pod, ready: boolean, startedAt: string): readonly unknown[] {
  return pod.spec.containers.map(({ name, image, resources = {} }) => ({
    name,
    image,
    resources, // without them the API server refuses `/resize`
    imageID: '',
    ready,
    started: true,
    restartCount: 0,
    containerID: `rig://${pod.metadata.uid}/${name}`,
    state: { running: { startedAt } },
  }));
}

function remember(times: Map<string, number>, pod: Pod): number {
  const uid = pod.metadata.uid ?? pod.metadata.name;
  const known = times.get(uid);
  if (known !== undefined) return known;
  times.set(uid, Date.now());
  return Date.now();
}

/** One node with room for everything; two players of one control plane share it. */
async function ensureNode(api: Api): Promise<void> {
  const room = { cpu: '1000', memory: '4Ti', pods: '10000' };
  try {
    await api.request('POST', '/api/v1/nodes', {
      body: { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE } } },
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
  const conditions = [condition('Ready', true, new Date().toISOString())];
  await api.mergePatch(`/api/v1/nodes/${NODE}/status`, { status: { capacity: room, allocatable: room, conditions } });
}
