import type { StartUpEstimate } from '../domain/capacity.ts';
import type { StartUpSample } from '../domain/cluster.ts';
import type { WorkloadSpec } from '../domain/workload.ts';

/** Used until three pods were seen: a small service with an image that is already on the node. */
const DEFAULT_MS = { p50Ms: 30_000, p90Ms: 60_000, p99Ms: 120_000 } as const;
const LEAST_SAMPLES = 3;
/** Older starts say little about this template and these nodes. */
const NEWEST_SAMPLES = 200;
/** From so many pods of the newest template on, older templates are left out. */
const TEMPLATE_SAMPLES = 10;
/** A pod that is not ready by then is broken, not slow; without this a crash loop would stretch the lead to days. */
const LONGEST_MS = 30 * 60_000;

/** How long a pod took to its first Ready, or how long it has been waiting for it. */
interface Duration {
  readonly ms: number;
  readonly ready: boolean;
}

function durationOf(sample: StartUpSample): Duration {
  const ms = (sample.readyMs ?? sample.observedMs) - sample.createdMs;
  if (ms > LONGEST_MS) return { ms: LONGEST_MS, ready: false };
  return { ms: Math.max(0, ms), ready: sample.readyMs !== undefined };
}

/** The newest samples; of the newest template alone when it has enough. */
function relevant(samples: readonly StartUpSample[]): readonly StartUpSample[] {
  const newest = samples.slice(-NEWEST_SAMPLES);
  const template = newest[newest.length - 1]?.templateHash;
  const own = newest.filter((sample) => sample.templateHash === template);
  return own.length >= TEMPLATE_SAMPLES ? own : newest;
}

/** Points at which the share of pods that are still starting falls, ascending in time. */
type Survival = readonly { readonly ms: number; readonly share: number }[];

/**
 * Product-limit estimate (Kaplan & Meier 1958): pods that are still starting count until the time they were last
 * seen, so that a rollout of slow pods is not judged by its fast ones alone.
 */
function survival(durations: readonly Duration[]): Survival {
  // At equal times the pods that became ready come first: a censored pod was still there at its last sight.
  const sorted = durations.toSorted((a, b) => a.ms - b.ms || Number(b.ready) - Number(a.ready));
  let share = 1;
  const steps: { ms: number; share: number }[] = [];
  sorted.forEach(({ ms, ready }, i) => {
    if (!ready) return;
    share *= 1 - 1 / (sorted.length - i);
    steps.push({ ms, share });
  });
  return steps;
}

function shareAt(steps: Survival, ms: number): number {
  let share = 1;
  for (const step of steps) {
    if (step.ms > ms) break;
    share = step.share;
  }
  return share;
}

/** Starts on a node that was there, and starts that had to wait for one, with the chance of each. */
interface Mixture {
  readonly parts: readonly { readonly weight: number; readonly survival: Survival }[];
  readonly times: readonly number[];
}

function mixtureOf(samples: readonly StartUpSample[]): Mixture {
  const groups = [samples.filter((s) => !s.waitedForNode), samples.filter((s) => s.waitedForNode)];
  const parts = groups
    .filter((group) => group.length > 0)
    .map((group) => ({ weight: group.length / samples.length, survival: survival(group.map(durationOf)) }));
  const times = samples.map((sample) => durationOf(sample).ms).sort((a, b) => a - b);
  return { parts, times };
}

/** The least time by which a share `level` of the pods is ready; the longest time seen when censoring hides it. */
function quantileOf(mixture: Mixture, level: number): number {
  const waiting = (ms: number) =>
    mixture.parts.reduce((sum, part) => sum + part.weight * shareAt(part.survival, ms), 0);
  const found = mixture.times.find((ms) => 1 - waiting(ms) >= level - 1e-12);
  return found ?? mixture.times[mixture.times.length - 1]!;
}

/**
 * Time from a pod's creation to its first Ready. Plan with p90, warm events up with p99.
 *
 * @param samples - newest last; pods that are not ready yet count as censored
 * @param nowMs - samples from the future (a clock that stepped back) are left out
 */
export function estimateStartUp(
  samples: readonly StartUpSample[],
  spec: Pick<WorkloadSpec, 'startUpMs'>,
  nowMs: number,
): StartUpEstimate {
  const { startUpMs } = spec;
  if (startUpMs !== undefined) {
    return { p50Ms: startUpMs, p90Ms: startUpMs, p99Ms: startUpMs, samples: samples.length, source: 'configured' };
  }
  const used = relevant(samples.filter((sample) => sample.createdMs <= nowMs));
  const ready = used.filter((sample) => sample.readyMs !== undefined).length;
  if (ready < LEAST_SAMPLES) return { ...DEFAULT_MS, samples: ready, source: 'default' };
  const mixture = mixtureOf(used);
  const at = (level: number) => quantileOf(mixture, level);
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), samples: used.length, source: 'measured' };
}
