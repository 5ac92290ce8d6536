import type { TimeSeries } from '../domain/time-series.ts';

const DAY_MS = 24 * 3_600_000;
/** Older usage is left out. */
const WINDOW_MS = 8 * DAY_MS;

/** A value and what it still counts: half as much for every 24 h of age. */
interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Use of one replica, oldest first: at most the last 8 days. */
export interface Usage {
  readonly stepMs: number;
  readonly values: Float64Array;
}

/** @param replicas - ready replicas at a time; steps without any are missing */
export function usagePerReplica(total: TimeSeries, replicasAt: (atMs: number) => number): Usage {
  const { stepMs } = total;
  const newest = total.values.subarray(-Math.floor(WINDOW_MS / stepMs));
  const startMs = total.startMs + (total.values.length - newest.length) * stepMs;
  const values = newest.map((value, i) => {
    const replicas = replicasAt(startMs + i * stepMs);
    return replicas > 0 ? value / replicas : Number.NaN;
  });
  return { stepMs, values };
}

/** Days between the first and the last sample. */
export function daysOf({ values, stepMs }: Usage): number {
  const first = values.findIndex((value) => !Number.isNaN(value));
  return first < 0 ? 0 : ((values.length - first) * stepMs) / DAY_MS;
}

function weightedQuantile(samples: readonly Weighted[], level: number): number {
  const sorted = samples.toSorted((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let seen = 0;
  for (const { value, weight } of sorted) {
    seen += weight;
    if (seen >= level * total) return value;
  }
  return Number.NaN;
}

/** The quantile of all samples, newer ones counting more. NaN without a sample. */
export function usageQuantile({ values, stepMs }: Usage, level: number): number {
  const samples: Weighted[] = [];
  values.forEach((value, i) => {
    if (!Number.isNaN(value)) samples.push({ value, weight: 2 ** (((i - values.length + 1) * stepMs) / DAY_MS) });
  });
  return weightedQuantile(samples, level);
}

function largest(values: Float64Array): number {
  let most = Number.NaN;
  for (const value of values) if (!(value <= most)) most = Number.isNaN(value) ? most : value;
  return most;
}

/** The quantile of the peaks of each 24 h counted back from the end: one short peak a day must not be outvoted. */
export function peakQuantile({ values, stepMs }: Usage, level: number): number {
  const perDay = Math.round(DAY_MS / stepMs);
  const peaks: Weighted[] = [];
  for (let end = values.length, age = 0; end > 0; end -= perDay, age++) {
    const value = largest(values.subarray(Math.max(0, end - perDay), end));
    if (!Number.isNaN(value)) peaks.push({ value, weight: 2 ** -age });
  }
  return weightedQuantile(peaks, level);
}

export function lastUsage({ values }: Usage): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
}

/** Growth of the least-squares line through the last 24 h, as a share of its mean; 0 without samples. */
export function growthOverDay({ values, stepMs }: Usage): number {
  const day = values.subarray(-Math.round(DAY_MS / stepMs));
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  day.forEach((y, x) => {
    if (Number.isNaN(y)) return;
    n++;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  });
  const spread = n * sumXX - sumX * sumX;
  if (spread === 0 || sumY === 0) return 0;
  const slope = (n * sumXY - sumX * sumY) / spread;
  return (slope * day.length * n) / sumY;
}
