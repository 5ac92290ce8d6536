/** One HPA, the workload that it scales and the load that it meets: drawn from a seed, plain data, no clock in it. */

import type { ControllerSettings } from '../../../src/simulate/hpa/spec.ts';
import { uniformAt } from '../../../src/simulate/random.ts';

export interface Scenario {
  /** Of the namespace, the Deployment and the HPA. */
  readonly name: string;
  readonly seed: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly startReplicas: number;
  /** As in the manifest: what is left out gets the defaults of the API server. */
  readonly behavior?: Behavior;
  readonly metrics: readonly Metric[];
  /** Absent: a Deployment of numbers only, without a pod. */
  readonly pods?: PodHabits;
  /** Chance of a metric to fail at a sync. */
  readonly failing: number;
  /** Replicas that somebody sets by hand after a sync, one after the other; see `cluster.ts` for the pause between. */
  readonly byHand: ReadonlyMap<number, readonly number[]>;
}

export type Metric =
  | { readonly source: 'utilisation'; readonly resource: 'cpu' | 'memory'; readonly percent: number }
  | { readonly source: 'resource'; readonly resource: 'cpu' | 'memory'; readonly targetMilli: number }
  | { readonly source: 'pods'; readonly name: string; readonly targetMilli: number }
  | {
      readonly source: 'object' | 'external';
      readonly name: string;
      readonly target: 'value' | 'average-value';
      readonly targetMilli: number;
    };

export interface Behavior {
  readonly scaleUp?: Rules;
  readonly scaleDown?: Rules;
}

/** In the words of autoscaling/v2. */
export interface Rules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly policies?: readonly Policy[];
  readonly tolerance?: string;
}

export interface Policy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** Chances at each sync, and spans in syncs. */
export interface PodHabits {
  readonly containers: 1 | 2;
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  /** Share of the pods without a CPU request; the controller then gives up on utilisation. */
  readonly withoutRequest: number;
  readonly longestPending: number;
  readonly longestUnready: number;
  readonly longestTerminating: number;
  /** Chance of a pod to lose or to regain its readiness. */
  readonly flapping: number;
  readonly crashing: number;
  /** Chance of a running pod to have no sample. */
  readonly missing: number;
  /** Share of the pods that are younger than the CPU initialisation period. */
  readonly young: number;
  /** Chance that no pod comes or goes after a sync, whatever number is asked for. */
  readonly idle: number;
}

/** Flags of the real controller, and the model's settings; windows of odd seconds lie half-way between two syncs. */
export const syncPeriodMs = 2_000;
export const controller: ControllerSettings = {
  tolerance: 0.1,
  cpuInitializationMs: 7_000,
  initialReadinessDelayMs: 20_000,
  downscaleStabilisationMs: 5_000,
};

/** Draws one after the other; the same seed gives the same ones. */
export interface Dice {
  /** In (0, 1). */
  readonly share: () => number;
  readonly chance: (probability: number) => boolean;
  /** Whole, both ends included. */
  readonly whole: (least: number, most: number) => number;
  readonly pick: <T>(choices: readonly T[]) => T;
}

export function diceOf(...keys: readonly number[]): Dice {
  let drawn = 0;
  const share = () => uniformAt(...keys, drawn++);
  return {
    share,
    chance: (probability) => share() < probability,
    whole: (least, most) => least + Math.floor(share() * (most - least + 1)),
    pick: (choices) => choices[Math.floor(share() * choices.length)]!,
  };
}
