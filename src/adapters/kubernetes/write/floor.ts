/**
 * The floor of an HPA under a lease: what the HPA shall be, from what it is and what was decided. Pure.
 *
 *              decided > original                       decided > original: raise, lower, renew
 *     no lease ──────────────────────────► leased ◄──────────────┐
 *        ▲                                  │  └─────────────────┘
 *        └── decided ≤ original, or the ────┘
 *            lease ran out, or `restore`
 *
 * The HPA keeps its `maxReplicas` and everything above the floor. Why `minReplicas` with a lease, and what happens when
 * somebody else changes it: docs/decisions/0003.
 */
import type { FloorLease } from '../../../domain/cluster.ts';
import type { Reason } from '../../../domain/reasons.ts';
import type { HpaMode } from '../../../domain/workload.ts';
import { annotation } from '../annotations.ts';
import type { HpaView } from '../state/hpa-view.ts';
import type { DesiredHpa } from './hpa-change.ts';

export interface FloorWish {
  /** Replicas decided; undefined holds what is there. */
  readonly replicas?: number;
  readonly mode: HpaMode;
  readonly leaseMs: number;
  readonly nowMs: number;
}

/** What the HPA is without forescale. */
export interface Base {
  readonly minReplicas: number;
  /** Percent. */
  readonly cpuPercent?: number;
}

export interface FloorPlan {
  readonly desired: DesiredHpa;
  readonly reasons: readonly Reason[];
}

/** What somebody else changed since forescale wrote it, as a sentence; undefined when all is as it was left. */
export function changedByOthers(view: HpaView): string | undefined {
  if (view.lease.kind !== 'lease') return undefined;
  const { floor, cpuUtilisationTarget } = view.lease.lease;
  const wrote: string[] = [];
  if (floor !== undefined && floor !== view.minReplicas) {
    wrote.push(`minReplicas is ${view.minReplicas}, forescale had written ${floor}`);
  }
  const target = percent(cpuUtilisationTarget);
  if (target !== undefined && target !== view.cpu?.percent) {
    wrote.push(`the CPU target is ${view.cpu?.percent ?? 'gone'}, forescale had written ${target}`);
  }
  return wrote.length > 0 ? wrote.join('; ') : undefined;
}

/**
 * What to put back. A value that somebody else wrote since is theirs and stays: it is the new original.
 * The two fields are judged apart: whoever changed one did not give up the other.
 */
export function baseOf(view: HpaView): Base {
  const lease = view.lease.kind === 'lease' ? view.lease.lease : undefined;
  const minIsOurs = lease !== undefined && (lease.floor ?? view.minReplicas) === view.minReplicas;
  const cpuIsOurs = lease?.originalCpuUtilisationTarget !== undefined && targetIsAsWritten(lease, view);
  const cpuPercent = cpuIsOurs ? percent(lease.originalCpuUtilisationTarget) : view.cpu?.percent;
  return {
    minReplicas: minIsOurs ? lease.originalMinReplicas : view.minReplicas,
    ...(cpuPercent !== undefined && { cpuPercent }),
  };
}

function targetIsAsWritten({ cpuUtilisationTarget }: FloorLease, { cpu }: HpaView): boolean {
  return cpu !== undefined && (percent(cpuUtilisationTarget) ?? cpu.percent) === cpu.percent;
}

/** The HPA as it was before forescale: original values, no annotation of ours but a change of requests under way. */
export function withoutLease(view: HpaView, base: Base = baseOf(view)): DesiredHpa {
  const pending = view.annotations[annotation.pendingRequests];
  return {
    minReplicas: base.minReplicas,
    ...(base.cpuPercent !== undefined && { cpuPercent: base.cpuPercent }),
    annotations: pending === undefined ? {} : { [annotation.pendingRequests]: pending },
  };
}

/** @returns the desired state, which may be the present one. A lease is renewed when half of it is over, not before. */
export function planFloor(view: HpaView, wish: FloorWish): FloorPlan {
  const base = baseOf(view);
  const held = view.lease.kind === 'lease' ? view.minReplicas : base.minReplicas;
  const wanted = wish.replicas ?? held;
  const floor = Math.max(base.minReplicas, Math.min(wanted, view.maxReplicas));
  const cap: readonly Reason[] = wanted > view.maxReplicas ? [capped(wanted, view.maxReplicas)] : [];
  if (floor <= base.minReplicas) {
    return { desired: withoutLease(view, base), reasons: [...cap, ...changeReason(view, base.minReplicas)] };
  }
  const desired = leased(view, base, floor, wish);
  return { desired, reasons: [...cap, ...changeReason(view, floor)] };
}

/** The desired state with a floor; the expiry stays as it is while more than half of the lease is left and all else fits. */
export function leased(view: HpaView, base: Base, floor: number, wish: Omit<FloorWish, 'replicas'>): DesiredHpa {
  const raised = wish.mode === 'floor-and-target' ? raisedTarget(base.cpuPercent) : undefined;
  const cpuPercent = raised ?? base.cpuPercent;
  const pending = view.annotations[annotation.pendingRequests];
  const fields = {
    [annotation.originalMin]: String(base.minReplicas),
    [annotation.floor]: String(floor),
    ...(raised !== undefined && {
      [annotation.originalCpuTarget]: String(base.cpuPercent),
      [annotation.cpuTarget]: String(raised),
    }),
    ...(pending !== undefined && { [annotation.pendingRequests]: pending }),
  };
  const isSame = floor === view.minReplicas && (cpuPercent ?? view.cpu?.percent) === view.cpu?.percent;
  const expires =
    isSame && leftMs(view, wish.nowMs) * 2 > wish.leaseMs ? view.annotations[annotation.expires] : undefined;
  return {
    minReplicas: floor,
    ...(cpuPercent !== undefined && { cpuPercent }),
    annotations: { ...fields, [annotation.expires]: expires ?? rfc3339(wish.nowMs + wish.leaseMs) },
  };
}

/**
 * Half of what is left to 100 %: the forecast carries the normal load, and the HPA still acts before the requests are used up.
 *
 *   target 50 → 75    70 → 85    80 → 90    90 → 95    99 and more: left alone
 */
export function raisedTarget(target: number | undefined): number | undefined {
  if (target === undefined || target >= 99) return undefined;
  return Math.floor(target + (100 - target) / 2);
}

export function rfc3339(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function leftMs(view: HpaView, nowMs: number): number {
  return view.lease.kind === 'lease' ? view.lease.lease.expiresMs - nowMs : Number.NEGATIVE_INFINITY;
}

function changeReason(view: HpaView, floor: number): readonly Reason[] {
  if (floor === view.minReplicas) return [];
  const code = floor > view.minReplicas ? 'floor-raised' : 'floor-lowered';
  return [{ code, message: `minReplicas ${view.minReplicas} → ${floor}` }];
}

function capped(wanted: number, max: number): Reason {
  return { code: 'above-max', message: `a floor of ${wanted} is wanted, the HPA's maxReplicas is ${max}` };
}

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : Math.round(share * 100);
}
