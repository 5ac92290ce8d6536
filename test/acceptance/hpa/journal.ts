/**
 * What the real controller did in one scenario, sync by sync: what it found, from the stage, and the replicas that it
 * set, from the audit log.
 */
import type { AuditEvent } from '../../rig/rig.ts';
import { type Scenario, syncPeriodMs } from './scenario.ts';
import type { SeenSync } from './stage.ts';

export interface Journal {
  readonly scenario: Scenario;
  readonly syncs: readonly JournalSync[];
}

export type JournalSync =
  | {
      readonly kind: 'measured';
      readonly seen: SeenSync;
      readonly before: number;
      readonly after: number;
      /** When the controller wrote the first thing that came of it: it had decided by then. Absent if it wrote nothing. */
      readonly writtenMs?: number;
      /** Condition ScalingActive afterwards: false when no metric was good enough to act on; undefined if unknown. */
      readonly isActive: boolean | undefined;
    }
  /** It asked for no metric, because the replicas were outside of the limits; it shows only by what it wrote. */
  | { readonly kind: 'unmeasured'; readonly atMs: number; readonly before: number; readonly after: number };

const CONTROLLER = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';

type Happening =
  | { readonly kind: 'sync'; readonly atMs: number; readonly seen: SeenSync }
  | { readonly kind: 'scaled' | 'by-hand'; readonly atMs: number; readonly replicas: number }
  | { readonly kind: 'status'; readonly atMs: number; readonly isActive: boolean };

interface Open {
  readonly seen: SeenSync;
  readonly before: number;
  after: number;
  writtenMs?: number;
  isUnsure: boolean;
}

/** The last sync is left out: what came of it may not have been written yet. */
export function journalOf(scenario: Scenario, seen: readonly SeenSync[], events: readonly AuditEvent[]): Journal {
  const happenings: Happening[] = seen.map((sync) => ({ kind: 'sync', atMs: sync.answeredMs, seen: sync }));
  for (const event of events) happenings.push(...happeningOf(scenario.name, event));
  happenings.sort((a, b) => a.atMs - b.atMs);
  const syncs: JournalSync[] = [];
  let replicas = scenario.startReplicas;
  let isActive: boolean | undefined;
  let open: Open | undefined;
  const close = () => {
    if (!open) return;
    const { isUnsure, ...sync } = open;
    syncs.push({ kind: 'measured', ...sync, isActive: isUnsure ? undefined : isActive });
    open = undefined;
  };
  for (const happening of happenings) {
    switch (happening.kind) {
      case 'sync':
        close();
        open = { seen: happening.seen, before: replicas, after: replicas, isUnsure: false };
        break;
      case 'status':
        isActive = happening.isActive;
        // So late it may be of another sync, whose questions the API server did not let through to us.
        if (open && happening.atMs > open.seen.askedMs + syncPeriodMs) open.isUnsure = true;
        else if (open) open.writtenMs ??= happening.atMs;
        break;
      case 'by-hand':
        close();
        if (replicas === 0 && scenario.minReplicas > 0) syncs.push(leftAlone(happening.atMs));
        replicas = happening.replicas;
        break;
      case 'scaled':
        if (open && open.after === open.before) {
          open.after = happening.replicas;
          open.writtenMs ??= happening.atMs;
        } else {
          close();
          syncs.push({ kind: 'unmeasured', atMs: happening.atMs, before: replicas, after: happening.replicas });
        }
        replicas = happening.replicas;
    }
  }
  return { scenario, syncs };
}

/** At zero replicas autoscaling is off, and nothing is to be seen of the syncs before somebody sets another number. */
function leftAlone(untilMs: number): JournalSync {
  return { kind: 'unmeasured', atMs: untilMs - syncPeriodMs, before: 0, after: 0 };
}

function happeningOf(name: string, event: AuditEvent): readonly Happening[] {
  const { objectRef, user, requestObject, responseStatus } = event;
  if (objectRef?.namespace !== name || (responseStatus?.code ?? 500) >= 300) return [];
  const atMs = Date.parse(event.requestReceivedTimestamp);
  const isController = user.username === CONTROLLER;
  if (objectRef.resource === 'deployments' && objectRef.subresource === 'scale') {
    const { replicas } = (requestObject as { readonly spec: { readonly replicas?: number } }).spec;
    return [{ kind: isController ? 'scaled' : 'by-hand', atMs, replicas: replicas ?? 0 }];
  }
  if (objectRef.resource !== 'horizontalpodautoscalers' || objectRef.subresource !== 'status' || !isController)
    return [];
  const active = conditionsOf(requestObject).find(({ type }) => type === 'ScalingActive');
  return active ? [{ kind: 'status', atMs, isActive: active.status === 'True' }] : [];
}

interface Status {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function conditionsOf(requestObject: unknown): NonNullable<NonNullable<Status['status']>['conditions']> {
  return (requestObject as Status).status?.conditions ?? [];
}
