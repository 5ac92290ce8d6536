/**
 * Tells a lost dependency from a quiet hour: when the load of several workloads collapses within one step, something
 * that they share (an ingress, a login, a scrape) has failed and taken the load with it. It comes back at once when that
 * is mended, so it must find the replicas there.
 *
 * One workload alone proves nothing: its load may really have ended.
 */
import type { WorkloadFacts } from '../domain/facts.ts';
import type { DecisionMemory } from '../domain/plan.ts';
import { knownBy, type TimeSeries } from '../domain/time-series.ts';

/** Steps before the last one that say what the load was. */
const BEFORE_STEPS = 10;
const LEAST_KNOWN = 5;
/** Collapsed: less than this share of the load before. */
const COLLAPSED_SHARE = 0.2;
/** Back: at least this share of it. */
const RECOVERED_SHARE = 0.5;
/** Together: this many workloads, and this share of those whose load is known. */
const LEAST_WORKLOADS = 2;
const LEAST_SHARE = 0.5;
/** After this long the new level is taken for the truth. */
const BELIEVED_AFTER_MS = 30 * 60_000;

interface Change {
  readonly before: number;
  readonly now: number;
}

function lastChange(series: TimeSeries): Change | undefined {
  const { values } = series;
  const now = values[values.length - 1];
  if (now === undefined || Number.isNaN(now)) return undefined;
  const known = values.subarray(-1 - BEFORE_STEPS, -1).filter((value) => !Number.isNaN(value));
  if (known.length < LEAST_KNOWN) return undefined;
  return { now, before: known.reduce((sum, value) => sum + value, 0) / known.length };
}

function changeOf({ capacity, series }: WorkloadFacts, nowMs: number): Change | undefined {
  const load = capacity && series[capacity.driver];
  return load && lastChange(knownBy(load, nowMs));
}

function hasCollapsed(change: Change | undefined): boolean {
  return change !== undefined && change.before > 0 && change.now < COLLAPSED_SHARE * change.before;
}

function memoryAfter(
  memory: DecisionMemory,
  change: Change | undefined,
  together: boolean,
  nowMs: number,
): DecisionMemory {
  const { lost, ...rest } = memory;
  if (lost) {
    const isBack = change !== undefined && change.now >= RECOVERED_SHARE * lost.loadBefore;
    return isBack || nowMs - lost.sinceMs >= BELIEVED_AFTER_MS ? rest : memory;
  }
  if (!together || !change || !hasCollapsed(change)) return memory;
  return { ...memory, lost: { sinceMs: nowMs, loadBefore: change.before } };
}

/** The workloads with what is to be remembered of a common collapse; the policy `dependency-lost` acts on it. */
export function withDependencyLoss(workloads: readonly WorkloadFacts[], nowMs: number): readonly WorkloadFacts[] {
  const changes = workloads.map((facts) => changeOf(facts, nowMs));
  const known = changes.filter((change) => change !== undefined).length;
  const collapsed = changes.filter(hasCollapsed).length;
  const together = collapsed >= LEAST_WORKLOADS && collapsed >= LEAST_SHARE * known;
  return workloads.map((facts, i) => ({ ...facts, memory: memoryAfter(facts.memory, changes[i], together, nowMs) }));
}
