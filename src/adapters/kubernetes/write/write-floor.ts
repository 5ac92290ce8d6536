/** Raises, lowers, renews or ends the floor of an HPA. */
import type { Actuation } from '../../../domain/actuation.ts';
import type { HpaState } from '../../../domain/cluster.ts';
import { annotation } from '../annotations.ts';
import type { Answer } from '../client/retry.ts';
import type { HpaView } from '../state/hpa-view.ts';
import { nothing, withReasons } from './combine.ts';
import { failed, type Task, type WriteContext, why, wishOf } from './context.ts';
import { changedByOthers, type FloorPlan, planFloor } from './floor.ts';
import { hpaChange } from './hpa-change.ts';
import { readHpa } from './read-fresh.ts';

/**
 * From the local copy first. If that was out of date, the patch's tests fail, and it is decided once more from a fresh
 * read; if they fail again, somebody is writing at this moment: a conflict.
 */
export async function writeFloor(context: WriteContext, task: Task, hpa: HpaState): Promise<Actuation> {
  if (task.decision.kind === 'hold' && !hpa.lease) return nothing();
  const cached = context.cachedHpa(hpa.namespace, hpa.name);
  if (cached) {
    const outcome = await writeOnce(context, task, cached);
    if (outcome.kind !== 'stale') return outcome.actuation;
  }
  const fresh: Answer<HpaView> = await readHpa(context.client, hpa.namespace, hpa.name);
  if (fresh.kind === 'failed') return failed(fresh.failure);
  return (await writeOnce(context, task, fresh.value)).actuation;
}

interface Outcome {
  readonly kind: 'done' | 'stale';
  readonly actuation: Actuation;
}

const done = (actuation: Actuation): Outcome => ({ kind: 'done', actuation });

async function writeOnce(context: WriteContext, task: Task, view: HpaView): Promise<Outcome> {
  const { gate, conflicts } = context;
  if (view.lease.kind === 'damaged') return done(damaged(view, view.lease.message));
  const judged = conflicts.judge(view.uid, difference(context, view), task.nowMs);
  if (judged.kind === 'leave') return done(await leaveAlone(context, task, view, judged.untilMs));
  if (view.lease.kind === 'none') conflicts.left(view.uid, false);
  const plan = planFloor(view, wishOf(context, task));
  const change = hpaChange(view, plan.desired);
  if (!change) return done(nothing(plan.reasons));
  const { uid: _, ...outcome } = await gate.submit(change.change, change.writes);
  if (outcome.kind === 'conflict') return { kind: 'stale', actuation: conflict(view, outcome.message) };
  if (outcome.kind === 'applied') await afterWrite(context, task, view, plan);
  return done(withReasons(outcome, plan.reasons));
}

function difference({ conflicts }: WriteContext, view: HpaView): string | undefined {
  if (view.lease.kind === 'none' && conflicts.hasLease(view.uid)) return 'the annotations of the lease were removed';
  return changedByOthers(view);
}

function damaged(view: HpaView, message: string): Actuation {
  const text = `HPA ${view.namespace}/${view.name}: its lease cannot be read, so it is left alone (${message})`;
  return { kind: 'failed', message: `${text}. Put minReplicas right and remove the forescale.dev annotations.` };
}

function conflict(view: HpaView, message: string): Actuation {
  const { otherManager: manager } = view;
  return { kind: 'conflict', message, ...(manager !== undefined && { manager }) };
}

async function leaveAlone(context: WriteContext, task: Task, view: HpaView, untilMs: number): Promise<Actuation> {
  const until = untilMs <= task.nowMs ? 'this round' : new Date(untilMs).toISOString();
  const what = difference(context, view) ?? 'it was changed by somebody else before';
  const message = `HPA ${view.namespace}/${view.name}: ${what}; left alone until ${until}`;
  await context.events.emit(eventObject(view), 'Warning', 'changed-by-others', message, task.nowMs);
  return conflict(view, message);
}

async function afterWrite({ conflicts, events }: WriteContext, task: Task, view: HpaView, plan: FloorPlan) {
  conflicts.left(view.uid, annotation.floor in plan.desired.annotations);
  const [reason] = plan.reasons.filter(({ code }) => code !== 'above-max');
  if (!reason) return; // a renewal is no news
  const note = [...plan.reasons.map(({ message }) => message), why(task)].filter((text) => text !== '').join(': ');
  await events.emit(eventObject(view), 'Normal', reason.code, note, task.nowMs);
}

function eventObject({ namespace, name, uid }: HpaView) {
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace, name, uid } as const;
}
