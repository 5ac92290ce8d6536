/** HPAs as the reader keeps them: what forescale needs of them, in its own units. */
import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { HpaSituation, HpaState } from '../../../domain/cluster.ts';
import type { WorkloadRef } from '../../../domain/workload.ts';
import { revertingOwner } from './hpa-owner.ts';
import { type HpaView, hpaView } from './hpa-view.ts';

export interface HpaRecord {
  /** Absent when it scales something that forescale does not. */
  readonly target?: WorkloadRef;
  readonly state: HpaState;
  readonly view: HpaView;
  readonly revertedBy?: string;
}

/** @returns undefined for an HPA that is being deleted: it does not scale any more. */
export function hpaRecord(hpa: V2HorizontalPodAutoscaler): HpaRecord | undefined {
  if (hpa.metadata?.deletionTimestamp) return undefined;
  const view = hpaView(hpa);
  const revertedBy = revertingOwner(hpa);
  return {
    state: hpaState(hpa, view),
    view,
    ...(view.target && { target: view.target }),
    ...(revertedBy !== undefined && { revertedBy }),
  };
}

function hpaState(hpa: V2HorizontalPodAutoscaler, view: HpaView): HpaState {
  const { namespace, name, minReplicas, maxReplicas, cpu, lease, pending } = view;
  return {
    namespace,
    name,
    minReplicas,
    maxReplicas,
    currentReplicas: hpa.status?.currentReplicas ?? 0,
    desiredReplicas: hpa.status?.desiredReplicas ?? 0,
    resourceVersion: hpa.metadata?.resourceVersion ?? '',
    ...(cpu && { cpuUtilisationTarget: cpu.percent / 100 }),
    ...(lease.kind === 'lease' && { lease: lease.lease }),
    ...(pending.kind !== 'none' && { requestsPending: true }),
  };
}

/** @param records - the HPAs that target one workload. */
export function hpaSituation(records: readonly HpaRecord[]): HpaSituation {
  const [first, ...others] = records;
  if (!first) return { kind: 'none' };
  if (others.length > 0) return { kind: 'ambiguous', names: records.map(({ state }) => state.name).sort() };
  if (first.revertedBy !== undefined) return { kind: 'foreign', hpa: first.state, owner: first.revertedBy };
  return { kind: 'owned', hpa: first.state };
}
