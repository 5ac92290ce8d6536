/**
 * The HorizontalPodAutoscaler of autoscaling/v2 as data: its spec, what it reads at one sync, what it remembers.
 * Written after https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/ (algorithm
 * details, configurable scaling behaviour) and the controller's observable rules: amounts are integers in
 * thousandths, utilisation is a whole percent rounded down.
 */

export interface HpaSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly MetricSpec[];
  /** Absent: the fixed rules of an HPA without a `behavior` field (see `behaviour.ts`). */
  readonly behavior?: { readonly scaleUp: ScalingRules; readonly scaleDown: ScalingRules };
  readonly controller: ControllerSettings;
}

/** Flags of kube-controller-manager (`--horizontal-pod-autoscaler-*`). */
export interface ControllerSettings {
  readonly tolerance: number;
  readonly cpuInitializationMs: number;
  readonly initialReadinessDelayMs: number;
  /** Window on the way down of an HPA without a `behavior` field. */
  readonly downscaleStabilisationMs: number;
}

export const defaultController: ControllerSettings = {
  tolerance: 0.1,
  cpuInitializationMs: 300_000,
  initialReadinessDelayMs: 30_000,
  downscaleStabilisationMs: 300_000,
};

/** Amounts are integers in thousandths of the metric's unit, as `Quantity.MilliValue()`. */
export type MetricSpec =
  /** CPU or memory as a share of the requests, target in whole percent. */
  | { readonly kind: 'utilisation'; readonly resource: 'cpu' | 'memory'; readonly targetPercent: number }
  /** CPU or memory per pod. */
  | { readonly kind: 'resource'; readonly resource: 'cpu' | 'memory'; readonly targetMilli: number }
  /** A custom metric averaged over the pods. */
  | { readonly kind: 'pods'; readonly targetMilli: number }
  /** One number for the whole workload (object and external metrics), against a value or an average per pod. */
  | { readonly kind: 'value'; readonly targetMilli: number }
  | { readonly kind: 'average-value'; readonly targetMilli: number };

export interface ScalingPolicy {
  readonly type: 'pods' | 'percent';
  readonly value: number;
  readonly periodMs: number;
}

export interface ScalingRules {
  readonly stabilisationMs: number;
  readonly selectPolicy: 'max' | 'min' | 'disabled';
  readonly policies: readonly ScalingPolicy[];
  /** Overrides the controller's tolerance in this direction. */
  readonly tolerance?: number;
}

/** Defaults of the API server for a `behavior` that leaves a direction out. */
export const defaultScaleUp: ScalingRules = {
  stabilisationMs: 0,
  selectPolicy: 'max',
  policies: [
    { type: 'pods', value: 4, periodMs: 15_000 },
    { type: 'percent', value: 100, periodMs: 15_000 },
  ],
};

export const defaultScaleDown: ScalingRules = {
  stabilisationMs: 300_000,
  selectPolicy: 'max',
  policies: [{ type: 'percent', value: 100, periodMs: 15_000 }],
};

/** Pods that are alike in everything the algorithm looks at: a group of `count`, so that a fleet costs as little as a pod. */
export interface PodGroup {
  readonly count: number;
  /** `terminating`: running, and being deleted. */
  readonly phase: 'pending' | 'running' | 'terminating' | 'failed';
  readonly startedMs?: number;
  /** The Ready condition, when there is one. */
  readonly ready?: { readonly status: boolean; readonly changedMs: number };
  /** CPU request per pod; the utilisation of CPU needs it of every pod. */
  readonly requestMilli?: number;
  /** Memory request per pod, in thousandths of a byte, likewise. */
  readonly memoryRequestMilli?: number;
}

/** A metric of one pod of a group; absent when the metrics API has none for it. */
export interface PodSample {
  readonly milli: number;
  readonly atMs: number;
  readonly windowMs: number;
}

/** What the controller got for one metric of the spec. */
export type MetricReading =
  /** One entry for each pod group. */
  | { readonly kind: 'pods'; readonly samples: readonly (PodSample | undefined)[] }
  | { readonly kind: 'value'; readonly milli: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface HpaInput {
  readonly nowMs: number;
  /** `spec.replicas` of the scale target. */
  readonly replicas: number;
  /** `status.replicas`: pods that exist. */
  readonly statusReplicas: number;
  readonly pods: readonly PodGroup[];
  /** One for each metric of the spec. */
  readonly readings: readonly MetricReading[];
}

export interface Dated {
  readonly atMs: number;
  readonly replicas: number;
}

/** What the controller remembers between syncs. */
export interface HpaState {
  /** Recommendations before stabilisation; undefined until the first sync. */
  readonly recommendations?: readonly Dated[];
  /** Replicas added and removed, for the limits by period. */
  readonly added: readonly Dated[];
  readonly removed: readonly Dated[];
}

export const newHpa: HpaState = { added: [], removed: [] };
