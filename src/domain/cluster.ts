import type { WorkloadRef } from './workload.ts';

/** What the cluster says about one workload at one time. */
export interface WorkloadState {
  readonly ref: WorkloadRef;
  /** `spec.replicas`. */
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  readonly containers: readonly ContainerResources[];
  /** Changes with every new pod template; capacity and start-up are learned per template. */
  readonly templateHash: string;
  readonly rolloutInProgress: boolean;
  /** `forescale.dev/paused` on the workload or its namespace. */
  readonly paused: boolean;
  readonly hpa: HpaSituation;
  /** First Ready transitions of pods seen so far, newest last. */
  readonly startUps: readonly StartUpSample[];
}

export interface ContainerResources {
  readonly name: string;
  readonly cpuRequestMillicores?: number;
  readonly cpuLimitMillicores?: number;
  readonly memoryRequestBytes?: number;
  readonly memoryLimitBytes?: number;
}

export type HpaSituation =
  | { readonly kind: 'none' }
  | { readonly kind: 'owned'; readonly hpa: HpaState }
  /** Managed by something that would revert or fight the change (KEDA, a GitOps tool). */
  | { readonly kind: 'foreign'; readonly hpa: HpaState; readonly owner: string }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

export interface HpaState {
  readonly namespace: string;
  readonly name: string;
  /** As in the spec; the API server defaults it to 1. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  /** Average utilisation target of the CPU resource metric, as a share; undefined when it has none. */
  readonly cpuUtilisationTarget?: number;
  readonly resourceVersion: string;
  readonly lease?: FloorLease;
  /** Requests of the workload were changed and the restated CPU target is still to follow. */
  readonly requestsPending?: boolean;
}

/** Annotations on an HPA that forescale raised: what it was, and until when the change may stand. */
export interface FloorLease {
  readonly originalMinReplicas: number;
  /** Present when the target was raised too. */
  readonly originalCpuUtilisationTarget?: number;
  readonly expiresMs: number;
  /** What forescale wrote; another value in the spec was put there by somebody else since. */
  readonly floor?: number;
  readonly cpuUtilisationTarget?: number;
}

/** One pod's way to its first Ready. A pod that is not ready yet has no `readyMs` (censored at `observedMs`). */
export interface StartUpSample {
  readonly podUid: string;
  readonly templateHash: string;
  readonly createdMs: number;
  readonly scheduledMs?: number;
  readonly readyMs?: number;
  readonly observedMs: number;
  /** The pod had to wait for a node. */
  readonly waitedForNode: boolean;
}
