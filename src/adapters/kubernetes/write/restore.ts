/**
 * Puts floors back: all of them on request, or those whose lease ran out, whoever raised them and whether or not their
 * workload is still configured. Used by `forescale restore`, by the CronJob and by the daemon.
 */
import type { Actuation } from '../../../domain/actuation.ts';
import type { HpaState } from '../../../domain/cluster.ts';
import type { Reason } from '../../../domain/reasons.ts';
import { type WorkloadRef, workloadKey } from '../../../domain/workload.ts';
import { annotation, isPaused } from '../annotations.ts';
import type { KubeClient } from '../client/client.ts';
import { failureText } from '../client/failure.ts';
import { readAgain } from '../client/retry.ts';
import { type HpaRecord, hpaRecord, hpaSituation } from '../state/hpa.ts';
import type { HpaView } from '../state/hpa-view.ts';
import { nothing, withReasons } from './combine.ts';
import { failed } from './context.ts';
import type { EventWriter } from './events.ts';
import { changedByOthers, withoutLease } from './floor.ts';
import type { Gate } from './gate.ts';
import { type DesiredHpa, hpaChange } from './hpa-change.ts';
import { readHpa, readWorkload } from './read-fresh.ts';
import { finishRequests, totalMillicores } from './requests.ts';
import { recordOf } from './write-requests.ts';

export interface RestoreOptions {
  /** Only leases that ran out by `nowMs`. */
  readonly expiredOnly: boolean;
  readonly nowMs: number;
  readonly gate: Gate;
  readonly events?: EventWriter;
  /** Workloads whose floor somebody renews: left out, unless their HPA is one whose floor nobody may renew. */
  readonly except?: (target: WorkloadRef) => boolean;
}

export interface Restored {
  readonly namespace: string;
  readonly name: string;
  readonly target?: WorkloadRef;
  readonly actuation: Actuation;
}

/** @throws Error when the HPAs cannot be listed; what happens to each of them is in the answer. */
export async function restore(client: KubeClient, options: RestoreOptions): Promise<readonly Restored[]> {
  const records = await listHpas(client);
  const due = records.filter((record) => !isLeftOut(record, records, options) && isDue(record.view, options));
  const restored: Restored[] = [];
  for (const { view } of due) {
    const { namespace, name, target } = view;
    const actuation = await restoreOne(client, options, view);
    restored.push({ namespace, name, ...(target && { target }), actuation });
  }
  return restored;
}

/** Of the daemon: at its first call every lease that ran out, later only those of workloads that it does not decide on. */
export interface FloorKeeper {
  restoreExpired(
    nowMs: number,
  ): Promise<readonly { readonly target: string; readonly outcome: string; readonly message: string }[]>;
}

/**
 * A workload that is being decided on renews or lowers its own floor; to put it back first, after an outage longer than
 * the lease, would shrink it for lack of data.
 *
 * @param floors - from the local copy (`KubernetesReader.floors`), so that a round without an expired lease costs no request.
 * @param followed - keys of the workloads that the daemon decides on.
 */
export function createFloorKeeper(
  client: KubeClient,
  options: Pick<RestoreOptions, 'gate' | 'events'>,
  floors: () => readonly HpaState[],
  followed: () => ReadonlySet<string>,
): FloorKeeper {
  let isFirst = true;
  return {
    restoreExpired: async (nowMs) => {
      const known = isFirst ? new Set<string>() : followed();
      isFirst = false;
      const mayBeDue = ({ lease, requestsPending }: HpaState) => requestsPending || (lease && lease.expiresMs <= nowMs);
      if (!floors().some(mayBeDue)) return [];
      const except = (target: WorkloadRef) => known.has(workloadKey(target));
      const restored = await restore(client, { ...options, expiredOnly: true, nowMs, except });
      return restored.map(({ namespace, name, actuation }) => ({
        target: `${namespace}/HorizontalPodAutoscaler/${name}`,
        outcome: actuation.kind,
        message: describe(actuation),
      }));
    },
  };
}

function describe(actuation: Actuation): string {
  if ('message' in actuation) return actuation.message;
  const writes = 'writes' in actuation ? actuation.writes : [];
  const reasons = (actuation.reasons ?? []).map(({ message }) => message);
  return [...writes.map(({ field, from, to }) => `${field} ${from} → ${to}`), ...reasons].join('; ');
}

async function listHpas(client: KubeClient): Promise<readonly HpaRecord[]> {
  const scopes = client.namespaces.length > 0 ? client.namespaces : [undefined];
  const records: HpaRecord[] = [];
  for (const namespace of scopes) {
    const answer = await readAgain(() =>
      namespace === undefined
        ? client.autoscaling.listHorizontalPodAutoscalerForAllNamespaces()
        : client.autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace }),
    );
    if (answer.kind === 'failed') throw new Error(`HPAs cannot be listed: ${failureText(answer.failure)}`);
    records.push(...answer.value.items.flatMap((hpa) => hpaRecord(hpa) ?? []));
  }
  return records;
}

/** A floor on an HPA that others took over, or that is no longer the only one, is renewed by nobody and must end. */
function isLeftOut({ target }: HpaRecord, all: readonly HpaRecord[], { except }: RestoreOptions): boolean {
  if (!target || !except?.(target)) return false;
  const key = workloadKey(target);
  const situation = hpaSituation(all.filter((one) => one.target && workloadKey(one.target) === key));
  return situation.kind === 'owned';
}

function isDue({ lease, pending }: HpaView, { expiredOnly, nowMs }: RestoreOptions): boolean {
  if (lease.kind === 'damaged' || pending.kind === 'damaged') return true;
  if (lease.kind === 'lease' && (!expiredOnly || lease.lease.expiresMs <= nowMs)) return true;
  return pending.kind === 'pending' && (!expiredOnly || Date.parse(pending.pending.expires) <= nowMs);
}

/** Twice, since the first look may be as old as the list; a second failed test is a conflict. */
async function restoreOne(client: KubeClient, options: RestoreOptions, view: HpaView): Promise<Actuation> {
  const first = await attempt(client, options, view);
  if (first.kind !== 'conflict') return first;
  const fresh = await readHpa(client, view.namespace, view.name);
  if (fresh.kind === 'failed') return failed(fresh.failure);
  return isDue(fresh.value, options) ? attempt(client, options, fresh.value) : nothing();
}

async function attempt(client: KubeClient, options: RestoreOptions, view: HpaView): Promise<Actuation> {
  const damaged =
    view.lease.kind === 'damaged' ? view.lease : view.pending.kind === 'damaged' ? view.pending : undefined;
  if (damaged) return { kind: 'failed', message: `it cannot be read what was there before: ${damaged.message}` };
  const where = await surroundings(client, view);
  if (where.kind === 'unknown') return { kind: 'failed', message: where.message };
  if (where.paused)
    return nothing([{ code: 'paused', message: 'forescale.dev/paused is set, so it is left as it is' }]);
  const change = hpaChange(view, originalOf(view, where.millicores, options.nowMs));
  if (!change) return nothing();
  const { uid: _, ...outcome } = await options.gate.submit(change.change, change.writes);
  const reason = reasonFor(view, options.expiredOnly);
  if (outcome.kind === 'applied') await tell(options, view, reason);
  return withReasons(outcome, [reason]);
}

function reasonFor(view: HpaView, expiredOnly: boolean): Reason {
  const changed = changedByOthers(view);
  if (changed !== undefined)
    return { code: 'changed-by-others', message: `${changed}; that stays, only the lease goes` };
  if (expiredOnly)
    return { code: 'floor-expired', message: `the lease ended at ${view.annotations[annotation.expires] ?? '?'}` };
  return { code: 'floor-restored', message: 'the original was put back on request' };
}

async function tell({ events, nowMs }: RestoreOptions, view: HpaView, reason: Reason): Promise<void> {
  const { namespace, name, uid } = view;
  const object = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace, name, uid } as const;
  await events?.emit(object, 'Normal', reason.code, reason.message, nowMs);
}

type Surroundings =
  | { readonly kind: 'known'; readonly paused: boolean; readonly millicores: number | undefined }
  | { readonly kind: 'unknown'; readonly message: string };

/** Whether people paused it, and what its pods request. A workload that is gone pauses nothing. */
async function surroundings(client: KubeClient, view: HpaView): Promise<Surroundings> {
  const namespace = await readAgain(() => client.core.readNamespace({ name: view.namespace }));
  if (namespace.kind === 'failed') return { kind: 'unknown', message: failureText(namespace.failure) };
  const paused = isPaused(namespace.value.metadata?.annotations);
  if (paused || !view.target) return { kind: 'known', paused, millicores: undefined };
  const workload = await readWorkload(client, view.target);
  if (workload.kind === 'answered') {
    const record = recordOf(workload.value);
    return { kind: 'known', paused: record.paused, millicores: totalMillicores(record.containers) };
  }
  const isGone = workload.failure.kind === 'status' && workload.failure.code === 404;
  return isGone
    ? { kind: 'known', paused: false, millicores: undefined }
    : { kind: 'unknown', message: failureText(workload.failure) };
}

/** Without lease, and with the CPU target that fits the requests that the template has now. */
function originalOf(view: HpaView, millicores: number | undefined, nowMs: number): DesiredHpa {
  const original = withoutLease(view);
  if (view.pending.kind !== 'pending') return original;
  const now = { millicores: millicores ?? view.pending.pending.fromMillicores, hasSettled: true };
  const end = finishRequests(view, view.pending.pending, now, { mode: 'floor', leaseMs: 0, nowMs });
  const cpuPercent = end.kind === 'finish' ? end.desired.cpuPercent : original.cpuPercent;
  return { ...original, ...(cpuPercent !== undefined && { cpuPercent }), annotations: {} };
}
