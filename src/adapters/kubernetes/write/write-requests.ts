/** Carries out a change of requests in its three steps (requests.ts), or finishes one that an earlier round began. */
import type { Actuation } from '../../../domain/actuation.ts';
import type { HpaState, WorkloadState } from '../../../domain/cluster.ts';
import type { RequestsChange } from '../../../domain/plan.ts';
import { workloadKey } from '../../../domain/workload.ts';
import type { HpaView } from '../state/hpa-view.ts';
import { deploymentRecord, statefulSetRecord } from '../state/workload.ts';
import { combine, nothing } from './combine.ts';
import { failed, type Task, type WriteContext, wishOf } from './context.ts';
import { changedByOthers } from './floor.ts';
import { hpaChange } from './hpa-change.ts';
import { readHpa, readWorkload } from './read-fresh.ts';
import {
  beginRequests,
  finishRequests,
  isInPlace,
  pendingFor,
  refusal,
  templateChange,
  totalMillicores,
} from './requests.ts';

export async function writeRequests(context: WriteContext, task: Task): Promise<Actuation> {
  const { state, decision, spec } = task;
  if (state.hpa.kind === 'owned' && state.hpa.hpa.requestsPending) return finish(context, task, state.hpa.hpa);
  const change = decision.requests;
  if (change?.mode !== 'apply' || spec.requestsMode !== 'apply' || isInPlace(state, change)) return nothing();
  const problem = refusal(state, change);
  if (problem !== undefined) return { kind: 'failed', message: `requests are left as they are: ${problem}` };
  if (state.rolloutInProgress) return nothing([{ code: 'rollout-in-progress', message: 'requests change after it' }]);
  return begin(context, task, change);
}

async function begin(context: WriteContext, task: Task, change: RequestsChange): Promise<Actuation> {
  const { hpa } = task.state;
  switch (hpa.kind) {
    case 'none':
      return writeTemplate(context, task, change);
    case 'owned': {
      const restated = await restateTarget(context, task, change, hpa.hpa);
      const mayGoOn = ['applied', 'dry-run', 'nothing-to-do'].includes(restated.kind);
      return mayGoOn ? combine(restated, await writeTemplate(context, task, change)) : restated;
    }
    case 'foreign':
    case 'ambiguous':
      // Its target could not be restated, and would mean other cores from then on.
      return nothing([{ code: `${hpa.kind}-hpa`, message: 'requests are left as they are, with the CPU target' }]);
  }
}

async function restateTarget(
  context: WriteContext,
  task: Task,
  change: RequestsChange,
  hpa: HpaState,
): Promise<Actuation> {
  const read = await readHpa(context.client, hpa.namespace, hpa.name);
  if (read.kind === 'failed') return failed(read.failure);
  const view = read.value;
  const difference = view.lease.kind === 'damaged' ? view.lease.message : changedByOthers(view);
  if (difference !== undefined) return { kind: 'conflict', message: `requests are left as they are: ${difference}` };
  const wish = wishOf(context, task);
  const pending = pendingFor(view, task.state, change, wish);
  return pending ? writeHpa(context, view, beginRequests(view, pending, wish)) : nothing();
}

async function writeTemplate(context: WriteContext, task: Task, change: RequestsChange): Promise<Actuation> {
  const { ref } = task.state;
  const read = await readWorkload(context.client, ref);
  if (read.kind === 'failed') return failed(read.failure);
  if (!sameRequests(task.state, containersOf(read.value))) {
    return { kind: 'conflict', message: `the requests of ${workloadKey(ref)} were changed at this moment` };
  }
  const template = templateChange(read.value, task.state, change);
  const { uid, ...outcome } = await context.gate.submit(template.change, template.writes);
  if (outcome.kind === 'applied') {
    const object = { apiVersion: 'apps/v1', ...ref, ...(uid !== undefined && { uid }) } as const;
    await context.events.emit(object, 'Normal', 'requests-applied', change.reason.message, task.nowMs);
  }
  return outcome;
}

async function finish(context: WriteContext, task: Task, hpa: HpaState): Promise<Actuation> {
  const read = await readHpa(context.client, hpa.namespace, hpa.name);
  if (read.kind === 'failed') return failed(read.failure);
  const view = read.value;
  if (view.pending.kind === 'damaged') return { kind: 'failed', message: view.pending.message };
  if (view.pending.kind === 'none') return nothing();
  const workload = await readWorkload(context.client, task.state.ref);
  if (workload.kind === 'failed') return failed(workload.failure);
  const { containers, rolloutInProgress } = recordOf(workload.value);
  const now = { millicores: totalMillicores(containers), hasSettled: !rolloutInProgress };
  const end = finishRequests(view, view.pending.pending, now, wishOf(context, task));
  if (end.kind === 'wait')
    return nothing([{ code: 'rollout-in-progress', message: 'the CPU target follows after it' }]);
  return writeHpa(context, view, end.desired);
}

async function writeHpa(
  { gate }: WriteContext,
  view: HpaView,
  desired: Parameters<typeof hpaChange>[1],
): Promise<Actuation> {
  const change = hpaChange(view, desired);
  if (!change) return nothing();
  const { uid: _, ...outcome } = await gate.submit(change.change, change.writes);
  return outcome;
}

type Workload = Parameters<typeof deploymentRecord>[0] | Parameters<typeof statefulSetRecord>[0];

/** Their requests are in the same place; what tells a rollout is not. */
export function recordOf(workload: Workload) {
  const isSet = 'serviceName' in (workload.spec ?? {}) || 'updateRevision' in (workload.status ?? {});
  return isSet ? statefulSetRecord(workload as never) : deploymentRecord(workload as never);
}

function containersOf(workload: Workload): WorkloadState['containers'] {
  return recordOf(workload).containers;
}

function sameRequests({ containers }: WorkloadState, now: WorkloadState['containers']): boolean {
  const text = (all: WorkloadState['containers']) =>
    JSON.stringify(
      all.map(({ name, cpuRequestMillicores, memoryRequestBytes }) => [name, cpuRequestMillicores, memoryRequestBytes]),
    );
  return text(containers) === text(now);
}
