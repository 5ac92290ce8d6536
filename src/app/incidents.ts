/** Remembers when a workload's load was not its demand, because something that several workloads share was out. */
import type { WorkloadFacts } from '../domain/facts.ts';
import type { DecisionMemory } from '../domain/plan.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Span } from '../forecast/preparation/marks.ts';
import { withDependencyLoss } from '../pipeline/dependency-loss.ts';
import type { LoopState } from './world.ts';

/**
 * Called before the forecasters follow, so that the first step of an incident is known as one when it is learned.
 *
 * @param workloads - with the series of this round and the memory of the round before
 */
export function noteIncidents({ book, settings }: LoopState, workloads: readonly WorkloadFacts[], nowMs: number): void {
  const { stepMs, history } = settings;
  for (const { spec, memory } of withDependencyLoss(workloads, nowMs)) {
    const entry = book.get(workloadKey(spec.ref));
    if (entry) entry.incidents = extended(entry.incidents, memory.lost, nowMs, stepMs, nowMs - history.windowMs);
  }
}

/** The spans with the one that is going on; what is older than the history falls out. */
function extended(
  spans: readonly Span[],
  lost: DecisionMemory['lost'],
  nowMs: number,
  stepMs: number,
  oldestMs: number,
): readonly Span[] {
  if (!lost)
    return spans.some(({ untilMs }) => untilMs < oldestMs) ? spans.filter((s) => s.untilMs >= oldestMs) : spans;
  // It was noticed by the step that had just ended.
  const fromMs = (Math.floor(lost.sinceMs / stepMs) - 1) * stepMs;
  return [...spans.filter((span) => span.fromMs !== fromMs && span.untilMs >= oldestMs), { fromMs, untilMs: nowMs }];
}
