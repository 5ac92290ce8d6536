/** How the forecaster of a workload stands, as metrics; promotions, demotions and changes also as log lines. */
import { type Change, changeKinds } from '../domain/change.ts';
import {
  type BlockStatus,
  type BorrowedStatus,
  type ContenderName,
  type ForecastStatus,
  type GateChange,
  gateCauses,
  yardstickNames,
} from '../domain/forecast.ts';
import { type WorkloadRef, workloadKey } from '../domain/workload.ts';
import { deploymentBetween } from '../forecast/changes/deployment.ts';
import type { Entry, SampleUse } from './book.ts';
import type { World } from './world.ts';

export type Labels = { namespace: string; kind: string; name: string };
export const labelsOf = ({ namespace, kind, name }: WorkloadRef): Labels => ({ namespace, kind, name });

/** What was already counted and logged, so that each event is told once, and the experts that ever had a weight. */
export interface Told {
  /** End of the last step that the forecaster had observed. */
  throughMs: number;
  gateMs: number;
  alarmStep: number;
  /** Whether the forecast on borrowed history acted. */
  borrowed: boolean;
  readonly experts: Set<string>;
}

const sampleUses: readonly SampleUse[] = ['ok', 'censored', 'excluded', 'missing'];
const contenders: readonly ContenderName[] = ['aggregate', ...yardstickNames];

/**
 * Once for every step that the forecaster observed: rounds are more frequent.
 *
 * @param stepMs - of the series
 * @param leadMs - how far ahead capacity is planned
 */
export function recordStanding(world: World, entry: Entry, stepMs: number, leadMs: number): void {
  const { following, told } = entry;
  if (!following || told?.throughMs === following.throughMs) return;
  const status = following.forecaster.status?.();
  if (!status) return;
  recordStatus(world, entry, status, stepMs, leadMs);
  entry.told!.throughMs = following.throughMs;
}

function recordStatus(world: World, entry: Entry, status: ForecastStatus, stepMs: number, leadMs: number): void {
  const { metrics } = world;
  const labels = labelsOf(entry.spec.ref);
  for (const block of status.blocks) recordBlock(world, labels, block, status.acting, stepMs);
  const lead = leadBlock(status.blocks, 1 + Math.ceil(leadMs / stepMs));
  entry.told ??= begin(world, labels, status, stepMs);
  countSamples(world, entry, labels);
  if (lead) recordLead(world, labels, lead, status.acting, entry.told.experts);
  for (const contender of contenders)
    metrics.gate_acting.set({ ...labels, contender }, contender === status.acting ? 1 : 0);
  metrics.forecaster_state_bytes.set(labels, status.stateBytes);
  recordBorrowed(world, entry, entry.told, status.borrowed);
  tellGate(world, entry, entry.told, status.lastChange);
  tellAlarm(world, entry, entry.told, status.lastAlarm);
}

function recordBorrowed(
  { metrics, log }: World,
  { spec }: Entry,
  told: Told,
  status: BorrowedStatus | undefined,
): void {
  const labels = labelsOf(spec.ref);
  const acting = status?.acting ?? false;
  metrics.borrowed_history_seconds.set(labels, (status?.pastMs ?? 0) / 1000);
  metrics.borrowed_acting.set(labels, acting ? 1 : 0);
  if (acting !== told.borrowed) log.info(wordsOf(acting, status), { workload: workloadKey(spec.ref) });
  told.borrowed = acting;
}

function wordsOf(acting: boolean, status: BorrowedStatus | undefined): string {
  if (!status) return 'the forecast on its own history acts: nothing is borrowed any longer';
  const loss = `its loss is ${status.lossRatio.toFixed(2)} times that on its own history`;
  return acting
    ? `the forecast on the history of ${status.from} acts: ${loss}`
    : `the forecast on its own history acts again, not that on the history of ${status.from}: ${loss}`;
}

function countSamples({ metrics }: World, { given }: Entry, labels: Labels): void {
  for (const use of sampleUses) {
    metrics.load_samples_total.inc({ ...labels, use }, given[use]);
    given[use] = 0;
  }
}

/** The block that the lead lies in; the farthest when it lies beyond all of them. */
function leadBlock(blocks: readonly BlockStatus[], leadSteps: number): BlockStatus | undefined {
  return blocks.find(({ throughSteps }) => throughSteps >= leadSteps) ?? blocks.at(-1);
}

/** Counters are born at 0; of what lies in the history that was replayed nothing is told, except what its last step did. */
function begin({ metrics }: World, labels: Labels, { atMs }: ForecastStatus, stepMs: number): Told {
  for (const cause of gateCauses) metrics.gate_changes_total.inc({ ...labels, cause }, 0);
  return {
    throughMs: Number.NaN,
    gateMs: atMs - stepMs,
    alarmStep: Math.round(atMs / stepMs) - 2,
    borrowed: false,
    experts: new Set(),
  };
}

/** A score that nothing is known of yet is left out: absent is not zero. */
function put(value: number, set: (value: number) => void): void {
  if (Number.isFinite(value)) set(value);
}

function recordBlock(
  { metrics }: World,
  labels: Labels,
  { throughSteps, recent }: BlockStatus,
  acting: ContenderName,
  stepMs: number,
): void {
  const scores = recent[acting];
  const horizon = spanLabel(throughSteps * stepMs);
  put(scores.error, (value) => metrics.forecast_horizon_error_ratio.set({ ...labels, horizon }, value));
  put(scores.quantileLoss, (value) => metrics.forecast_horizon_loss_ratio.set({ ...labels, horizon }, value));
  put(scores.coverage.q90, (value) => metrics.forecast_coverage_ratio.set({ ...labels, horizon }, value));
  put(scores.coverage.q99, (value) => metrics.forecast_tail_coverage_ratio.set({ ...labels, horizon }, value));
}

function recordLead(
  { metrics }: World,
  labels: Labels,
  { recent, weights, tailWeights }: BlockStatus,
  acting: ContenderName,
  experts: Set<string>,
): void {
  const { q90, q99 } = recent[acting].coverage;
  put(q90, (value) => metrics.forecast_lead_coverage_ratio.set({ ...labels, level: '0.9' }, value));
  put(q99, (value) => metrics.forecast_lead_coverage_ratio.set({ ...labels, level: '0.99' }, value));
  for (const contender of contenders)
    put(recent[contender].quantileLoss, (value) => metrics.contender_loss_ratio.set({ ...labels, contender }, value));
  for (const expert of [...Object.keys(weights), ...Object.keys(tailWeights)]) experts.add(expert);
  for (const expert of experts) {
    metrics.expert_weight_ratio.set({ ...labels, expert }, weights[expert] ?? 0);
    metrics.expert_tail_weight_ratio.set({ ...labels, expert }, tailWeights[expert] ?? 0);
  }
}

/** `90s`, `15m`, `24h`: the largest unit that divides the span. */
function spanLabel(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`;
}

function tellGate({ metrics, log }: World, { spec }: Entry, told: Told, change: GateChange | undefined): void {
  if (!change || change.atMs <= told.gateMs) return;
  told.gateMs = change.atMs;
  const { kind, from, to, reason, cause } = change;
  if (cause) metrics.gate_changes_total.inc({ ...labelsOf(spec.ref), cause });
  const fields = { workload: workloadKey(spec.ref), model: to, ...(cause && { cause }) };
  log.info(`forecast ${kind}, ${from} → ${to}: ${reason}`, fields);
}

function tellAlarm(world: World, entry: Entry, told: Told, alarm: Change | undefined): void {
  if (!alarm || alarm.atStep <= told.alarmStep) return;
  told.alarmStep = alarm.atStep;
  tell(world, entry, alarm);
}

function tell({ metrics, log }: World, { spec }: Entry, { kind, strength, message }: Change): void {
  metrics.load_changes_total.inc({ ...labelsOf(spec.ref), change: kind });
  log.info(`change noticed: ${message}`, { workload: workloadKey(spec.ref), change: kind, strength });
}

/** @param step - that is running */
export function recordDeployment(world: World, entry: Entry, templateHash: string, step: number): void {
  const first = entry.templateHash === undefined;
  const labels = labelsOf(entry.spec.ref);
  if (first) for (const change of changeKinds) world.metrics.load_changes_total.inc({ ...labels, change }, 0);
  const change = deploymentBetween(entry.templateHash, templateHash, step);
  entry.templateHash = templateHash;
  if (change) tell(world, entry, change);
}
