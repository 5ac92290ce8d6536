/** Cuts a read into queries that Prometheus answers and that fit into memory. */
import type { WorkloadRef } from '../../domain/workload.ts';

/**
 * Prometheus refuses a range query of more points per series than this (`maxPointsPerTimeseries` in its web API).
 */
export const MOST_POINTS = 11_000;

/** Instants from `firstMs` to `lastMs`, both included, at which a query is evaluated for `workloads`. */
export interface Chunk {
  readonly workloads: readonly WorkloadRef[];
  readonly firstMs: number;
  readonly lastMs: number;
}

interface StepRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/**
 * Oldest first. All workloads stay in one query unless a single instant of them already exceeds `maxSamples`: a
 * query costs Prometheus its series lookup once, however many steps it covers.
 *
 * @param range - of steps; none is left out and none is in two chunks
 * @param maxSamples - most samples one answer should hold, reckoned as one series per workload; ≥ 1
 */
export function planChunks(workloads: readonly WorkloadRef[], range: StepRange, maxSamples: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let i = 0; i < workloads.length; i += maxSamples) {
    const group = workloads.slice(i, i + maxSamples);
    const points = Math.min(MOST_POINTS, Math.floor(maxSamples / group.length));
    chunks.push(...chunksInTime(group, range, points));
  }
  return chunks;
}

function chunksInTime(workloads: readonly WorkloadRef[], range: StepRange, points: number): readonly Chunk[] {
  const { startMs, endMs, stepMs } = range;
  const chunks: Chunk[] = [];
  for (let firstMs = startMs + stepMs; firstMs <= endMs; firstMs += points * stepMs) {
    const lastMs = Math.min(firstMs + (points - 1) * stepMs, endMs);
    chunks.push({ workloads, firstMs, lastMs });
  }
  return chunks;
}

/** Two halves of a chunk in time; undefined when it is a single instant. */
export function halves(chunk: Chunk, stepMs: number): readonly [Chunk, Chunk] | undefined {
  const steps = Math.round((chunk.lastMs - chunk.firstMs) / stepMs);
  if (steps < 1) return undefined;
  const middleMs = chunk.firstMs + Math.floor(steps / 2) * stepMs;
  return [
    { ...chunk, lastMs: middleMs },
    { ...chunk, firstMs: middleMs + stepMs },
  ];
}
