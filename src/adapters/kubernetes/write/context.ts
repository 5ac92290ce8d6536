/** What every way of writing is given. */
import type { Actuation } from '../../../domain/actuation.ts';
import type { WorkloadState } from '../../../domain/cluster.ts';
import type { Decision } from '../../../domain/plan.ts';
import type { WorkloadSpec } from '../../../domain/workload.ts';
import type { KubeClient } from '../client/client.ts';
import { type ApiFailure, failureText } from '../client/failure.ts';
import type { HpaView } from '../state/hpa-view.ts';
import type { ConflictMemory } from './conflicts.ts';
import type { EventWriter } from './events.ts';
import type { FloorWish } from './floor.ts';
import type { Gate } from './gate.ts';

export interface WriteContext {
  readonly client: KubeClient;
  readonly gate: Gate;
  readonly events: EventWriter;
  readonly conflicts: ConflictMemory;
  readonly leaseMs: number;
  /** The local copy of an HPA, when there is one: saves a read, and the tests in the patch make up for its age. */
  readonly cachedHpa: (namespace: string, name: string) => HpaView | undefined;
}

/** One decision on its way. */
export interface Task {
  readonly spec: WorkloadSpec;
  readonly state: WorkloadState;
  readonly decision: Decision;
  readonly nowMs: number;
}

export function wishOf({ leaseMs }: WriteContext, { spec, decision, nowMs }: Task): FloorWish {
  const replicas = decision.kind === 'scale' ? decision.to : undefined;
  return { mode: spec.hpaMode, leaseMs, nowMs, ...(replicas !== undefined && { replicas }) };
}

export function why({ decision }: Task): string {
  return decision.reasons.map(({ message }) => message).join('; ');
}

export function failed(failure: ApiFailure): Actuation {
  return { kind: 'failed', message: failureText(failure) };
}
