/**
 * Changing requests and the HPA's CPU target so that the target keeps meaning the same cores. Pure; actuator.ts does the writes.
 *
 * The two are two objects, so two writes, and the process may die between any of them. The order is chosen so that each
 * state in between asks for more replicas than needed, never for fewer: the target is first what is smaller of old and new.
 *
 *   1. HPA        target = min(old, new), and a note of what is under way      dies here: more replicas, noted
 *   2. template   the new requests                                             dies here: more replicas, noted
 *   3. HPA        target = new, note removed; once the rollout is over, because old pods are measured by it too
 *
 *   500m at 80 % → 1000m at 40 %: 40 % of 500m is 200m a pod for a while, instead of 80 % of 1000m = 800m.
 *
 * Whoever comes next reads the note and looks at the template: as before, so the target goes back; as planned, so it goes on.
 */
import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import type { Write } from '../../../domain/actuation.ts';
import type { ContainerResources, WorkloadState } from '../../../domain/cluster.ts';
import type { RequestsChange } from '../../../domain/plan.ts';
import { workloadKey } from '../../../domain/workload.ts';
import { annotation } from '../annotations.ts';
import type { HpaView, PendingRequests } from '../state/hpa-view.ts';
import { baseOf, type FloorWish, leased, rfc3339, withoutLease } from './floor.ts';
import type { Change } from './gate.ts';
import type { DesiredHpa } from './hpa-change.ts';
import { type PatchOperation, pointer } from './json-patch.ts';

/** What the HPA needs to know about a change of requests; undefined when it has no CPU target to restate. */
export function pendingFor(
  view: HpaView,
  state: WorkloadState,
  change: RequestsChange,
  wish: Pick<FloorWish, 'nowMs' | 'leaseMs'>,
): PendingRequests | undefined {
  const { cpuPercent } = baseOf(view);
  if (cpuPercent === undefined || !change.cpuUtilisationTarget) return undefined;
  const fromMillicores = totalMillicores(state.containers);
  const toMillicores = totalMillicores(resized(state.containers, change));
  // From the target as it is without a lease: the planner may have seen it raised.
  const toTarget = Math.max(1, Math.round((cpuPercent * fromMillicores) / toMillicores));
  const expires = rfc3339(wish.nowMs + wish.leaseMs);
  return { fromMillicores, toMillicores, fromTarget: cpuPercent, toTarget, expires };
}

/** Step 1. */
export function beginRequests(view: HpaView, pending: PendingRequests, wish: FloorWish): DesiredHpa {
  const desired = withTarget(view, Math.min(pending.fromTarget, pending.toTarget), wish);
  const { expires, ...numbers } = pending;
  const note = JSON.stringify({ ...numbers, expires });
  return { ...desired, annotations: { ...desired.annotations, [annotation.pendingRequests]: note } };
}

export type Finish =
  | { readonly kind: 'wait' }
  | { readonly kind: 'finish'; readonly desired: DesiredHpa; readonly message: string };

/**
 * Step 3, or the way back when step 2 never happened.
 *
 * @param millicores - what the containers of the template request together now.
 * @param hasSettled - no rollout is in progress.
 */
export function finishRequests(
  view: HpaView,
  pending: PendingRequests,
  now: { readonly millicores: number; readonly hasSettled: boolean },
  wish: FloorWish,
): Finish {
  const finish = (target: number | undefined, message: string): Finish => {
    const { [annotation.pendingRequests]: _, ...annotations } = withTarget(view, target, wish).annotations;
    return { kind: 'finish', desired: { ...withTarget(view, target, wish), annotations }, message };
  };
  const expected = Math.min(pending.fromTarget, pending.toTarget);
  if (baseOf(view).cpuPercent !== expected)
    return finish(undefined, 'somebody else set the CPU target meanwhile; it stays');
  if (now.millicores === pending.toMillicores) {
    return now.hasSettled ? finish(pending.toTarget, 'requests are in place') : { kind: 'wait' };
  }
  return finish(pending.fromTarget, 'the template does not have the new requests; the target is back to what it was');
}

/** The HPA with another CPU target underneath, its lease kept if it has one. */
function withTarget(view: HpaView, cpuPercent: number | undefined, wish: FloorWish): DesiredHpa {
  const base = { ...baseOf(view), ...(cpuPercent !== undefined && { cpuPercent }) };
  return view.lease.kind === 'lease' ? leased(view, base, view.minReplicas, wish) : withoutLease(view, base);
}

/** Step 2. The tests hold the requests that were read, so that somebody else's change at this moment is a conflict. */
export function templateChange(
  workload: V1Deployment | V1StatefulSet,
  state: WorkloadState,
  change: RequestsChange,
): { readonly change: Extract<Change, { readonly kind: 'template' }>; readonly writes: readonly Write[] } {
  const containers = workload.spec?.template.spec?.containers ?? [];
  const patch = change.containers.flatMap(({ name, to }) => {
    const index = containers.findIndex((container) => container.name === name);
    const requests = { cpu: `${Math.round(to.cpuMillicores)}m`, memory: String(Math.round(to.memoryBytes)) };
    return containerEdits(index, name, containers[index]?.resources?.requests, requests);
  });
  const target = `${state.ref.kind} ${state.ref.namespace}/${state.ref.name}`;
  const writes = change.containers.flatMap(({ name, from, to }) => [
    { target, field: `${name} cpu request`, from: shown(from.cpuMillicores, 'm'), to: shown(to.cpuMillicores, 'm') },
    { target, field: `${name} memory request`, from: shown(from.memoryBytes, ''), to: shown(to.memoryBytes, '') },
  ]);
  return {
    change: { kind: 'template', ref: state.ref, patch },
    writes: writes.filter(({ from, to }) => from !== to),
  };
}

function containerEdits(
  index: number,
  name: string,
  before: { readonly [resource: string]: string } | undefined,
  after: { readonly cpu: string; readonly memory: string },
): readonly PatchOperation[] {
  const container = ['spec', 'template', 'spec', 'containers', index] as const;
  const requests = [...container, 'resources', 'requests'] as const;
  return [
    { op: 'test', path: pointer(...container, 'name'), value: name },
    { op: 'test', path: pointer(...requests), value: before ?? null },
    { op: 'add', path: pointer(...requests), value: { ...before, ...after } },
  ];
}

function shown(amount: number | undefined, unit: string): string {
  return amount === undefined ? 'none' : `${Math.round(amount)}${unit}`;
}

/** Why a change of requests must not be begun, before anything is written; undefined when it may. */
export function refusal(state: WorkloadState, change: RequestsChange): string | undefined {
  for (const { name, to } of change.containers) {
    const container = state.containers.find((one) => one.name === name);
    if (!container) return `${workloadKey(state.ref)} has no container ${name}`;
    const { cpuLimitMillicores = Number.POSITIVE_INFINITY, memoryLimitBytes = Number.POSITIVE_INFINITY } = container;
    if (to.cpuMillicores > cpuLimitMillicores)
      return `${name}: ${to.cpuMillicores}m is above its limit of ${cpuLimitMillicores}m`;
    if (to.memoryBytes > memoryLimitBytes)
      return `${name}: ${to.memoryBytes} bytes are above its limit of ${memoryLimitBytes}`;
  }
  return undefined;
}

/** Nothing to write: the containers already request this. */
export function isInPlace(state: WorkloadState, change: RequestsChange): boolean {
  const to = resized(state.containers, change);
  return state.containers.every((container, i) => {
    const same = container.cpuRequestMillicores === to[i]?.cpuRequestMillicores;
    return same && container.memoryRequestBytes === to[i]?.memoryRequestBytes;
  });
}

export function totalMillicores(containers: readonly ContainerResources[]): number {
  return containers.reduce((sum, { cpuRequestMillicores = 0 }) => sum + cpuRequestMillicores, 0);
}

function resized(containers: readonly ContainerResources[], change: RequestsChange): readonly ContainerResources[] {
  return containers.map((container) => {
    const to = change.containers.find(({ name }) => name === container.name)?.to;
    if (!to) return container;
    const cpuRequestMillicores = Math.round(to.cpuMillicores);
    return { ...container, cpuRequestMillicores, memoryRequestBytes: Math.round(to.memoryBytes) };
  });
}
