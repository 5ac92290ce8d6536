import type { Observations } from './observations.ts';

/** Steps with latency, requests and replicas that are needed at all, and of those beyond the crossing. */
const LEAST_STEPS = 60;
const LEAST_BEYOND = 10;
/** A load is too much when the objective breaks in more than this share of the steps at it. */
const BROKEN_SHARE = 0.05;

export interface LatencyCurve {
  /** The largest load of one replica at which the objective held. */
  readonly perReplica: number;
  /** Whether loads beyond it were seen, with the objective broken; else `perReplica` is only the largest load seen. */
  readonly crossed: boolean;
  readonly minutes: number;
}

interface Point {
  readonly load: number;
  readonly broken: number;
}

function pointsOf(seen: Observations, seconds: number): readonly Point[] {
  const points: Point[] = [];
  seen.requests.forEach((requests, i) => {
    const load = requests / seen.replicas[i]!;
    const latency = seen.latency[i]!;
    if (load > 0 && Number.isFinite(load) && latency >= 0) points.push({ load, broken: latency > seconds ? 1 : 0 });
  });
  return points.sort((a, b) => a.load - b.load);
}

/** A run of points with one share of broken steps. */
interface Block {
  sum: number;
  count: number;
}

/**
 * Share of broken steps as a function that never falls with the load: pool adjacent violators (Ayer et al. 1955). A
 * slow dependency that broke the objective at small loads is spread out, not taken for a limit.
 */
function isotonic(points: readonly Point[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const { broken } of points) {
    let block: Block = { sum: broken, count: 1 };
    while (blocks.length > 0) {
      const last = blocks[blocks.length - 1]!;
      if (last.sum * block.count < block.sum * last.count) break;
      blocks.pop();
      block = { sum: last.sum + block.sum, count: last.count + block.count };
    }
    blocks.push(block);
  }
  return blocks;
}

/**
 * Learns from latency against the load of one replica. Never answers with a load that was not seen.
 *
 * @param seconds - what the latency series has to stay at or under
 * @returns undefined without enough steps, or when the objective breaks at every load
 */
export function learnLatencyCurve(seen: Observations, seconds: number): LatencyCurve | undefined {
  const points = pointsOf(seen, seconds);
  if (points.length < LEAST_STEPS) return undefined;
  let held = 0;
  for (const { sum, count } of isotonic(points)) {
    if (sum > BROKEN_SHARE * count) break;
    held += count;
  }
  if (held === 0) return undefined;
  const minutes = Math.floor((points.length * seen.stepMs) / 60_000);
  return { perReplica: points[held - 1]!.load, crossed: points.length - held >= LEAST_BEYOND, minutes };
}
