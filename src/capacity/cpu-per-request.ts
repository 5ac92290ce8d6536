/**
 * What a request costs: the utilisation law (Denning & Buzen 1978), CPU = S · requests/s + c₀ · replicas + noise with
 * S, c₀ ≥ 0, by least squares with forgetting. A change of the code shows within days, not months.
 */
import type { Observations } from './observations.ts';

const HALF_LIFE_MS = 2 * 24 * 3_600_000;
/** Steps with requests that are needed at all. */
const LEAST_STEPS = 30;
/** Beyond this the columns cannot be told apart, and all CPU is put down to the requests. */
const MOST_CONDITION = 100;
/** Two-sided 90 %. */
const Z90 = 1.645;

export interface RequestCost {
  /** Millicores per request per second, which is CPU-milliseconds per request; > 0. */
  readonly millicores: number;
  /** 90 % interval; its lower end is at least a tenth of the estimate. */
  readonly interval: readonly [number, number];
  /** Millicores that a replica uses without any request. */
  readonly idleMillicores: number;
  /** Minutes with requests. */
  readonly minutes: number;
}

/** Weighted sums of the normal equations: x1 requests, x2 replicas, y CPU. */
interface Sums {
  x11: number;
  x12: number;
  x22: number;
  x1y: number;
  x2y: number;
}

/** Calls `visit` for every complete step, oldest first, with the weight that forgetting leaves it. */
function eachStep(
  seen: Observations,
  replicasNow: number,
  visit: (requests: number, replicas: number, cpu: number, weight: number) => void,
): void {
  const length = seen.requests.length;
  const forget = 2 ** (-seen.stepMs / HALF_LIFE_MS);
  for (let i = 0; i < length; i++) {
    const requests = seen.requests[i]!;
    const cpu = seen.cpu[i]!;
    const known = seen.replicas[i]!;
    const replicas = Number.isNaN(known) ? replicasNow : known;
    if (requests >= 0 && cpu >= 0) visit(requests, replicas, cpu, forget ** (length - 1 - i));
  }
}

function sumsOf(seen: Observations, replicasNow: number): Sums & { readonly steps: number } {
  const sums = { x11: 0, x12: 0, x22: 0, x1y: 0, x2y: 0, steps: 0 };
  eachStep(seen, replicasNow, (requests, replicas, cpu, weight) => {
    sums.x11 += weight * requests * requests;
    sums.x12 += weight * requests * replicas;
    sums.x22 += weight * replicas * replicas;
    sums.x1y += weight * requests * cpu;
    sums.x2y += weight * replicas * cpu;
    if (requests > 0) sums.steps++;
  });
  return sums;
}

/** Of the matrix scaled to a unit diagonal: (1 + |ρ|) / (1 − |ρ|). */
function condition({ x11, x12, x22 }: Sums): number {
  const correlation = Math.abs(x12) / Math.sqrt(x11 * x22);
  return correlation < 1 ? (1 + correlation) / (1 - correlation) : Number.POSITIVE_INFINITY;
}

interface Fit {
  readonly perRequest: number;
  readonly idle: number;
  /** Variance of `perRequest` per unit of noise variance. */
  readonly spread: number;
}

function costAlone({ x11, x1y }: Sums): Fit {
  return { perRequest: x1y / x11, idle: 0, spread: 1 / x11 };
}

/** Least squares with both ≥ 0; two columns have the closed form. */
function solve(sums: Sums): Fit {
  const { x11, x12, x22, x1y, x2y } = sums;
  if (!(condition(sums) < MOST_CONDITION)) return costAlone(sums);
  const determinant = x11 * x22 - x12 * x12;
  const idle = (x11 * x2y - x12 * x1y) / determinant;
  if (idle <= 0) return costAlone(sums);
  return { perRequest: (x22 * x1y - x12 * x2y) / determinant, idle, spread: x22 / determinant };
}

/** Noise variance around a fit, raised for the correlation of neighbouring steps, which hides information. */
function noiseVariance(seen: Observations, replicasNow: number, fit: Fit): number {
  let weights = 0;
  let squares = 0;
  let neighbours = 0;
  let before = 0;
  eachStep(seen, replicasNow, (requests, replicas, cpu, weight) => {
    const residual = cpu - fit.perRequest * requests - fit.idle * replicas;
    weights += weight;
    squares += weight * residual * residual;
    neighbours += weight * residual * before;
    before = residual;
  });
  const correlation = squares > 0 ? Math.min(0.95, Math.max(0, neighbours / squares)) : 0;
  return ((squares / weights) * (1 + correlation)) / (1 - correlation);
}

/**
 * @param replicasNow - stands in where the history of replicas is missing, > 0
 * @param mostIdle - idle millicores above this are not believed, and put down to the requests
 * @returns undefined while there are too few steps, or when CPU does not rise with the requests
 */
export function learnRequestCost(seen: Observations, replicasNow: number, mostIdle: number): RequestCost | undefined {
  const sums = sumsOf(seen, replicasNow);
  if (sums.steps < LEAST_STEPS) return undefined;
  const both = solve(sums);
  const fit = both.idle > mostIdle ? costAlone(sums) : both;
  const error = Math.sqrt(noiseVariance(seen, replicasNow, fit) * fit.spread);
  if (!(fit.perRequest > 0) || error > fit.perRequest / 2) return undefined;
  return {
    millicores: fit.perRequest,
    interval: [Math.max(fit.perRequest / 10, fit.perRequest - Z90 * error), fit.perRequest + Z90 * error],
    idleMillicores: fit.idle,
    minutes: Math.floor((sums.steps * seen.stepMs) / 60_000),
  };
}
