/**
 * Carries out one decision: whose number it is decides the way.
 *
 *   paused                    nothing at all
 *   an HPA that is free       its floor, under a lease        (write-floor.ts)
 *   an HPA that others own    nothing, with the reason
 *   several HPAs              nothing, with the reason
 *   no HPA                    the scale subresource           (write-scale.ts)
 *
 * and then requests, where `apply` is chosen (write-requests.ts).
 */
import type { Actuation } from '../../../domain/actuation.ts';
import type { Actuator } from '../../../domain/ports.ts';
import type { Reason } from '../../../domain/reasons.ts';
import { workloadKey } from '../../../domain/workload.ts';
import type { KubeClient } from '../client/client.ts';
import type { HpaView } from '../state/hpa-view.ts';
import { combine, nothing, withReasons } from './combine.ts';
import { createConflictMemory } from './conflicts.ts';
import type { Task, WriteContext } from './context.ts';
import type { EventWriter } from './events.ts';
import type { Gate } from './gate.ts';
import { writeFloor } from './write-floor.ts';
import { writeRequests } from './write-requests.ts';
import { writeScale } from './write-scale.ts';

export interface ActuatorOptions {
  readonly gate: Gate;
  readonly events: EventWriter;
  readonly leaseMs: number;
  /** The reader's copy of an HPA (`KubernetesReader.hpa`); without it each change reads the HPA first. */
  readonly cachedHpa?: (namespace: string, name: string) => HpaView | undefined;
}

export function createActuator(client: KubeClient, options: ActuatorOptions): Actuator {
  const { gate, events, leaseMs, cachedHpa = () => undefined } = options;
  const context: WriteContext = { client, gate, events, leaseMs, cachedHpa, conflicts: createConflictMemory() };
  /** Workloads whose replicas were written here, to say so when an HPA takes over. */
  const direct = new Set<string>();
  return {
    apply: async (spec, state, decision, nowMs) => {
      if (state.paused) return nothing([{ code: 'paused', message: 'forescale.dev/paused is set' }]);
      const task = { spec, state, decision, nowMs };
      const scaled = await scale(context, task, direct);
      return combine(scaled, await writeRequests(context, task));
    },
  };
}

async function scale(context: WriteContext, task: Task, direct: Set<string>): Promise<Actuation> {
  const { ref, hpa } = task.state;
  const key = workloadKey(ref);
  switch (hpa.kind) {
    case 'none': {
      const outcome = await writeScale(context, task);
      if (outcome.kind === 'applied') direct.add(key);
      return outcome;
    }
    case 'owned': {
      const handedOver = direct.delete(key) ? await handOver(context, task, hpa.hpa.name) : [];
      return withReasons(await writeFloor(context, task, hpa.hpa), handedOver);
    }
    case 'foreign':
      return nothing([{ code: 'foreign-hpa', message: `HPA ${hpa.hpa.name} belongs to ${hpa.owner}` }]);
    case 'ambiguous':
      return nothing([{ code: 'ambiguous-hpa', message: `HPAs ${hpa.names.join(', ')} all target ${key}` }]);
  }
}

async function handOver({ events }: WriteContext, { state, nowMs }: Task, hpa: string): Promise<readonly Reason[]> {
  const message = `HPA ${hpa} scales ${workloadKey(state.ref)} now; forescale only sets its floor`;
  await events.emit({ apiVersion: 'apps/v1', ...state.ref }, 'Normal', 'handed-over', message, nowMs);
  return [{ code: 'handed-over', message }];
}
