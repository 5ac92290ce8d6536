import type { HpaState, WorkloadState } from '../domain/cluster.ts';
import type { WorkloadSpec } from '../domain/workload.ts';

/** The HPA that a change would go through; undefined without one and where several compete. */
function hpaOf(state: WorkloadState): HpaState | undefined {
  const { hpa } = state;
  return hpa.kind === 'owned' || hpa.kind === 'foreign' ? hpa.hpa : undefined;
}

/** What a decision starts from: the floor of the HPA where there is one, else `spec.replicas`; 0 when nothing is there. */
export function standing(state: WorkloadState | undefined): number {
  if (!state) return 0;
  return hpaOf(state)?.minReplicas ?? state.desiredReplicas;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Who set them, for the reason. */
  readonly minFrom: string;
  readonly maxFrom: string;
}

/**
 * Least and most replicas. With an HPA its own bounds count too: its original `minReplicas` (under a lease the one in
 * the annotation) is never undercut, because the floor only ever adds, and the API server refuses a floor above
 * `maxReplicas`. Where minimum and maximum contradict each other the maximum wins.
 */
export function boundsOf(spec: WorkloadSpec, state: WorkloadState | undefined): Bounds {
  const hpa = state && hpaOf(state);
  const own = hpa ? (hpa.lease?.originalMinReplicas ?? hpa.minReplicas) : 0;
  const hpaMax = hpa?.maxReplicas ?? Number.POSITIVE_INFINITY;
  const max = Math.min(spec.maxReplicas, hpaMax);
  return {
    min: Math.min(Math.max(spec.minReplicas, own), max),
    max,
    minFrom: own > spec.minReplicas ? "the HPA's own minReplicas" : 'the configured minimum',
    maxFrom: hpaMax < spec.maxReplicas ? "the HPA's maxReplicas" : 'the configured maximum',
  };
}
