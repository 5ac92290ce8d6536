/**
 * Requests that fit the measured usage, in the manner of the Vertical Pod Autoscaler's recommender: CPU the p90 of
 * use, memory the p90 of daily peaks, 15 % on top of both, newer samples counting more.
 *
 * Usage is the workload's total over its replicas; where no history of replicas is kept, over today's count, which is
 * rough for a workload that scales much. Hence a band around every figure, wide while little was seen.
 */
import type { ContainerResources, WorkloadState } from '../domain/cluster.ts';
import type { RequestsChange } from '../domain/plan.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { SignalName, WorkloadSpec } from '../domain/workload.ts';
import { daysOf, growthOverDay, lastUsage, peakQuantile, type Usage, usagePerReplica, usageQuantile } from './usage.ts';

const LEVEL = 0.9;
const MARGIN = 1.15;
const LEAST_CPU = 10;
const MIB = 1024 ** 2;
/** A working set that rose by more than this over the last day counts as a growing heap. */
const GROWING = 0.02;

export interface RequestsInput {
  readonly spec: Pick<WorkloadSpec, 'objective' | 'requestsMode'>;
  readonly state: Pick<WorkloadState, 'containers' | 'readyReplicas' | 'hpa'>;
  readonly series: { readonly [name in SignalName]?: TimeSeries };
  /** Ready replicas over time, where that is kept. */
  readonly replicas?: TimeSeries;
}

/** The new sum over a pod's containers and what is known about it. */
interface Target {
  readonly amount: number;
  readonly changed: boolean;
}

function replicasAt({ replicas, state }: RequestsInput): (atMs: number) => number {
  if (!replicas) return () => state.readyReplicas;
  return (atMs) => replicas.values[Math.floor((atMs - replicas.startMs) / replicas.stepMs)] ?? Number.NaN;
}

/** Outside the band that so many days of usage leave open: (1 + 1/days) above, (1 + 0.001/days)^−2 below. */
function outside(present: number, amount: number, days: number): boolean {
  return present > amount * (1 + 1 / days) || present < amount * (1 + 0.001 / days) ** -2;
}

function keep(present: number): Target {
  return { amount: present, changed: false };
}

function cpuTarget(usage: Usage, present: number): Target {
  const amount = Math.max(LEAST_CPU, Math.ceil(usageQuantile(usage, LEVEL) * MARGIN));
  return Number.isFinite(amount) && outside(present, amount, daysOf(usage)) ? { amount, changed: true } : keep(present);
}

/** Never below the present working set, which the limit kills on, and never lower under a growing heap. */
function memoryTarget(usage: Usage, present: number): Target {
  const peak = Math.max(peakQuantile(usage, LEVEL) * MARGIN, lastUsage(usage));
  const amount = Math.ceil(peak / MIB) * MIB;
  if (!Number.isFinite(amount) || !outside(present, amount, daysOf(usage))) return keep(present);
  if (amount < present && growthOverDay(usage) > GROWING) return keep(present);
  return { amount, changed: true };
}

type Amount = (container: ContainerResources) => number | undefined;

function total(containers: readonly ContainerResources[], amount: Amount): number {
  return containers.reduce((sum, container) => sum + (amount(container) ?? 0), 0);
}

/** A container's part of the pod's target by its part of the requests; the limit bounds it, as the API demands. */
function partOf(
  container: ContainerResources,
  target: Target,
  sum: number,
  amount: Amount,
  most: Amount,
): number | undefined {
  const present = amount(container);
  if (sum > 0 && present === undefined) return undefined;
  const part = sum > 0 ? ((present ?? 0) * target.amount) / sum : target.amount;
  return Math.min(Math.ceil(part), most(container) ?? Number.POSITIVE_INFINITY);
}

type ContainerChange = RequestsChange['containers'][number];

const cpuOf: Amount = (c) => c.cpuRequestMillicores;
const memoryOf: Amount = (c) => c.memoryRequestBytes;

function changeOf(container: ContainerResources, sums: Sums, cpu: Target, memory: Target): readonly ContainerChange[] {
  const cpuMillicores = partOf(container, cpu, sums.cpu, cpuOf, (c) => c.cpuLimitMillicores);
  const memoryBytes = partOf(container, memory, sums.memory, memoryOf, (c) => c.memoryLimitBytes);
  if (!cpuMillicores || !memoryBytes) return [];
  const from = {
    ...(container.cpuRequestMillicores !== undefined && { cpuMillicores: container.cpuRequestMillicores }),
    ...(container.memoryRequestBytes !== undefined && { memoryBytes: container.memoryRequestBytes }),
  };
  if (from.cpuMillicores === cpuMillicores && from.memoryBytes === memoryBytes) return [];
  return [{ name: container.name, from, to: { cpuMillicores, memoryBytes } }];
}

interface Sums {
  readonly cpu: number;
  readonly memory: number;
}

/** The HPA's target on the new request, so that it means the same cores as before; whole percents. */
function restatedTarget(
  { state }: RequestsInput,
  before: number,
  after: number,
): RequestsChange['cpuUtilisationTarget'] {
  const from = state.hpa.kind === 'owned' ? state.hpa.hpa.cpuUtilisationTarget : undefined;
  if (from === undefined || before === 0 || before === after) return undefined;
  const to = Math.max(1, Math.round((100 * from * before) / after)) / 100;
  return to === from ? undefined : { from, to };
}

/**
 * Applying a CPU request under a utilisation objective would chase itself: use settles at the share of the request,
 * the next request shrinks to that use, and so on. There it is recommended only.
 */
function mayChangeCpu({ spec }: RequestsInput): boolean {
  return spec.requestsMode === 'recommend' || spec.objective.kind !== 'utilisation';
}

function messageOf(containers: readonly ContainerChange[]): string {
  const mib = (bytes: number | undefined) => (bytes === undefined ? 'none' : `${Math.round(bytes / MIB)} MiB`);
  const cpu = (millicores: number | undefined) => (millicores === undefined ? 'none' : `${millicores}m`);
  return containers
    .map(
      ({ name, from, to }) =>
        `${name}: CPU ${cpu(from.cpuMillicores)} → ${cpu(to.cpuMillicores)}, memory ${mib(from.memoryBytes)} → ${mib(to.memoryBytes)}`,
    )
    .join('; ');
}

/**
 * @returns undefined when the present requests are inside the band, or when it cannot be said how much a container
 *   uses: no usage, no ready replica, several containers without requests to split by
 */
export function recommendRequests(input: RequestsInput): RequestsChange | undefined {
  const { state, series, spec } = input;
  const { containers } = state;
  const sums = { cpu: total(containers, cpuOf), memory: total(containers, memoryOf) };
  if (containers.length > 1 && (sums.cpu === 0 || sums.memory === 0)) return undefined;
  const at = replicasAt(input);
  const cpu = series.cpu && mayChangeCpu(input) ? cpuTarget(usagePerReplica(series.cpu, at), sums.cpu) : keep(sums.cpu);
  const memory = series.memory ? memoryTarget(usagePerReplica(series.memory, at), sums.memory) : keep(sums.memory);
  if (!cpu.changed && !memory.changed) return undefined;
  const changes = containers.flatMap((container) => changeOf(container, sums, cpu, memory));
  if (changes.length === 0) return undefined;
  const added = changes.reduce((sum, { from, to }) => sum + to.cpuMillicores - (from.cpuMillicores ?? 0), 0);
  const target = restatedTarget(input, sums.cpu, sums.cpu + added);
  return {
    mode: spec.requestsMode,
    containers: changes,
    ...(target && { cpuUtilisationTarget: target }),
    reason: { code: 'requests-recommended', message: messageOf(changes) },
  };
}
