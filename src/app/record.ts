/** Last step of the round: what was expected, what happened and what it cost, as metrics and log lines. */
import type { Actuation } from '../domain/actuation.ts';
import type { WorkloadState } from '../domain/cluster.ts';
import type { Outcome } from '../domain/facts.ts';
import { qualityStates } from '../domain/quality.ts';
import { knownBy } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import { type Entry, loadOf } from './book.ts';
import { ownSpec, syncShadow } from './plain-hpa.ts';
import { type Labels, labelsOf, recordDeployment, recordStanding } from './record-status.ts';
import type { RoundResult } from './round.ts';
import type { LoopState, World } from './world.ts';

interface Seen {
  readonly entry: Entry;
  readonly outcome: Outcome;
  readonly state: WorkloadState | undefined;
  readonly actuation: Actuation | undefined;
  readonly nowMs: number;
  /** Seconds since the round before, for the counters of time. */
  readonly elapsedSeconds: number;
}

function recordQuality({ metrics }: World, { entry }: Seen, labels: Labels): void {
  const qualities = [...entry.quality.values()];
  for (const { signal, action } of qualities)
    metrics.signal_usable.set({ ...labels, signal }, action === 'use' ? 1 : 0);
  for (const state of qualityStates) {
    metrics.quality_signals.set({ ...labels, state }, qualities.filter((quality) => quality.state === state).length);
  }
}

/** The band that is shown around the load. */
const BAND_LEVELS = [0.1, 0.5, 0.9, 0.99] as const;

function recordForecast({ metrics }: World, { entry, outcome, nowMs }: Seen, labels: Labels): void {
  const { forecast, demand, startUp } = outcome.explanation;
  const whole = loadOf(entry)?.series;
  const comparison = whole && entry.hindsight.compare(knownBy(whole, nowMs));
  if (comparison) metrics.load.set(labels, comparison.load);
  if (comparison?.predicted) {
    metrics.forecast_load.set({ ...labels, quantile: 'mean' }, comparison.predicted.mean);
    for (const [level, value] of comparison.predicted.quantiles)
      metrics.forecast_load.set({ ...labels, quantile: level }, value);
  }
  const error = entry.hindsight.errorRatio();
  if (error !== undefined) metrics.forecast_error_ratio.set(labels, error);
  if (demand) metrics.planned_load.set(labels, demand.load);
  const following = entry.following?.forecaster;
  if (forecast && following) {
    const steps = 1 + Math.ceil(startUp.p90Ms / forecast.stepMs);
    entry.hindsight.remember(following.forecast(steps, BAND_LEVELS), startUp.p90Ms);
  }
}

function recordLearning(world: World, { settings }: LoopState, { entry, outcome, state, nowMs }: Seen): void {
  recordStanding(world, entry, settings.stepMs, outcome.explanation.startUp.p90Ms);
  if (state) recordDeployment(world, entry, state.templateHash, Math.floor(nowMs / settings.stepMs));
}

function recordCapacity({ metrics }: World, { outcome }: Seen, labels: Labels): void {
  const { capacity, startUp } = outcome.explanation;
  if (capacity && capacity.source !== 'none') metrics.capacity_per_replica.set(labels, capacity.perReplica);
  for (const [quantile, value] of [
    ['0.5', startUp.p50Ms],
    ['0.9', startUp.p90Ms],
    ['0.99', startUp.p99Ms],
  ] as const) {
    metrics.startup_seconds.set({ ...labels, quantile }, value / 1000);
  }
}

function recordReplicas(world: World, seen: Seen, labels: Labels): void {
  const { metrics } = world;
  const { outcome, state, elapsedSeconds } = seen;
  const { decision, explanation } = outcome;
  if (!state) return;
  const needed = explanation.needed?.byReaction;
  metrics.replicas.set({ ...labels, state: 'desired' }, state.desiredReplicas);
  metrics.replicas.set({ ...labels, state: 'ready' }, state.readyReplicas);
  metrics.replicas.set({ ...labels, state: 'planned' }, decision.kind === 'scale' ? decision.to : decision.from);
  metrics.replica_seconds_total.inc({ ...labels, policy: 'actual' }, state.desiredReplicas * elapsedSeconds);
  if (needed !== undefined) {
    metrics.replicas.set({ ...labels, state: 'needed' }, needed);
    metrics.violation_seconds_total.inc(labels, state.readyReplicas < needed ? elapsedSeconds : 0);
  }
  const lease = state.hpa.kind === 'owned' || state.hpa.kind === 'foreign' ? state.hpa.hpa.lease : undefined;
  metrics.floor_expiry_timestamp_seconds.set(labels, lease ? lease.expiresMs / 1000 : 0);
}

function recordPlainHpa(
  { metrics }: World,
  { entry, outcome, state, nowMs, elapsedSeconds }: Seen,
  labels: Labels,
): void {
  const { capacity, reactive } = outcome.explanation;
  const series = loadOf(entry)?.series;
  if (!state || !series || !reactive || !capacity || capacity.source === 'none') return;
  const hpa = ownSpec(entry.spec, state);
  entry.shadow = syncShadow(entry.shadow, hpa, capacity, reactive.load, nowMs, series.stepMs);
  metrics.replicas.set({ ...labels, state: 'plain_hpa' }, entry.shadow.replicas);
  metrics.replica_seconds_total.inc({ ...labels, policy: 'plain_hpa' }, entry.shadow.replicas * elapsedSeconds);
}

function logDecision({ log }: World, loop: LoopState, { outcome, actuation }: Seen): void {
  const { decision } = outcome;
  const workload = workloadKey(decision.ref);
  const [first] = decision.reasons;
  if (decision.kind === 'scale') {
    const why = decision.reasons.map((reason) => reason.message).join('; ');
    const fields = { workload, from: decision.from, to: decision.to, reason: first?.code, outcome: actuation?.kind };
    log.info(
      `${loop.settings.mode === 'dry-run' ? 'would scale' : 'scale'} ${decision.from} → ${decision.to}: ${why}`,
      fields,
    );
  } else if (first && first.code !== 'steady') {
    log.debug(`hold at ${decision.from}: ${first.message}`, { workload, reason: first.code });
  }
  if (actuation && 'message' in actuation)
    log.warn(`${actuation.kind}: ${actuation.message}`, { workload, outcome: actuation.kind });
}

function recordDecision({ metrics }: World, { outcome, actuation }: Seen, labels: Labels): void {
  for (const { code } of outcome.decision.reasons) metrics.decisions_total.inc({ ...labels, reason: code });
  if (actuation) metrics.actuations_total.inc({ ...labels, outcome: actuation.kind });
}

function recordBudgets({ metrics }: World, { round }: RoundResult): void {
  for (const { pool, left } of round.plan.pools) {
    if (left.cpuMillicores !== undefined) metrics.budget_left.set({ pool, resource: 'cpu' }, left.cpuMillicores / 1000);
    if (left.memoryBytes !== undefined) metrics.budget_left.set({ pool, resource: 'memory' }, left.memoryBytes);
    if (left.replicas !== undefined) metrics.budget_left.set({ pool, resource: 'replicas' }, left.replicas);
  }
}

/** At most this much time is charged to one round, so that a pause of the process does not look like cost. */
const LONGEST_CHARGE_LOOPS = 3;

function elapsedSeconds(loop: LoopState, entry: Entry, nowMs: number): number {
  const since = nowMs - (entry.recordedMs ?? nowMs);
  entry.recordedMs = nowMs;
  return Math.min(since, LONGEST_CHARGE_LOOPS * loop.settings.loopMs) / 1000;
}

export function record(world: World, loop: LoopState, result: RoundResult): void {
  for (const outcome of result.round.outcomes) {
    const key = workloadKey(outcome.decision.ref);
    const entry = loop.book.get(key);
    if (!entry) continue;
    const nowMs = result.atMs;
    const seen: Seen = {
      entry,
      outcome,
      state: result.states.get(key),
      actuation: result.actuations.get(key),
      nowMs,
      elapsedSeconds: elapsedSeconds(loop, entry, nowMs),
    };
    const labels = labelsOf(outcome.decision.ref);
    for (const part of [recordQuality, recordForecast, recordCapacity, recordReplicas, recordDecision, recordPlainHpa])
      part(world, seen, labels);
    recordLearning(world, loop, seen);
    logDecision(world, loop, seen);
  }
  recordBudgets(world, result);
  world.metrics.workloads.set(loop.book.size);
}
