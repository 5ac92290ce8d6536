import type { WorkloadState } from '../domain/cluster.ts';
import type { Allocation, DecisionMemory, Verdict } from '../domain/plan.ts';
import type { Quality } from '../domain/quality.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { DecideSettings } from '../domain/settings.ts';
import type { WorkloadSpec } from '../domain/workload.ts';

/** What the policies judge by. The number itself travels beside it, from policy to policy. */
export interface Situation {
  readonly nowMs: number;
  readonly spec: WorkloadSpec;
  /** Absent when the workload does not exist. */
  readonly state?: WorkloadState;
  /** What stands now: the floor of the HPA where there is one, else `spec.replicas`. */
  readonly from: number;
  readonly memory: DecisionMemory;
  readonly settings: DecideSettings;
  /** Verdicts on the signals that the number was worked out from. */
  readonly quality: readonly Quality[];
  /** Known from the budget on. */
  readonly allocation?: Allocation;
}

/** One rule. It sees the number of the rule before it and says what it makes of it, with the reason. */
export interface Policy {
  readonly name: string;
  judge(situation: Situation, replicas: number): Verdict;
}

export const pass: Verdict = Object.freeze({ kind: 'pass' });

export function limit(replicas: number, code: ReasonCode, message: string): Verdict {
  return { kind: 'limit', replicas, reason: { code, message } };
}

export function hold(replicas: number, code: ReasonCode, message: string): Verdict {
  return { kind: 'hold', replicas, reason: { code, message } };
}
