/** Sets the replicas of a workload that no HPA scales. */
import type { Actuation } from '../../../domain/actuation.ts';
import { workloadKey } from '../../../domain/workload.ts';
import { nothing, withReasons } from './combine.ts';
import { failed, type Task, type WriteContext, why } from './context.ts';
import { pointer } from './json-patch.ts';
import { readHpasOf } from './read-fresh.ts';

/**
 * Asks for HPAs once more right before it writes, since two controllers of one number would fight from then on. The
 * local copy is milliseconds old on a good day; on a day with a broken watch it is not.
 *
 * Zero replicas switch autoscaling off, as they do for an HPA, and are not written over.
 */
export async function writeScale(context: WriteContext, task: Task): Promise<Actuation> {
  const { state, decision } = task;
  if (decision.kind === 'hold' || decision.to === state.desiredReplicas) return nothing();
  if (state.desiredReplicas === 0) {
    return { kind: 'conflict', message: `${workloadKey(state.ref)} is scaled to zero, which switches autoscaling off` };
  }
  if (context.gate.mode() === 'act') {
    const hpas = await readHpasOf(context.client, state.ref);
    if (hpas.kind === 'failed') return failed(hpas.failure);
    const [hpa] = hpas.value;
    if (hpa) return nothing([{ code: 'handed-over', message: `HPA ${hpa.name} scales ${workloadKey(state.ref)} now` }]);
  }
  return patchScale(context, task, decision.to);
}

async function patchScale({ gate, events }: WriteContext, task: Task, to: number): Promise<Actuation> {
  const { ref, desiredReplicas: from } = task.state;
  const path = pointer('spec', 'replicas');
  const patch = [
    { op: 'test', path, value: from },
    { op: 'replace', path, value: to },
  ] as const;
  const target = `${ref.kind} ${ref.namespace}/${ref.name}`;
  const writes = [{ target, field: 'spec.replicas', from: String(from), to: String(to) }];
  const { uid, ...outcome } = await gate.submit({ kind: 'scale', ref, patch }, writes);
  if (outcome.kind === 'applied') {
    const object = { apiVersion: 'apps/v1', ...ref, ...(uid !== undefined && { uid }) } as const;
    const code = task.decision.reasons[0]?.code ?? 'forecast-peak';
    await events.emit(object, 'Normal', code, `replicas ${from} → ${to}: ${why(task)}`, task.nowMs);
  }
  return withReasons(outcome, []);
}
