import { normalAt } from './random.ts';

/** Time from asking for a replica to its first service. */
export type StartUp =
  | { readonly kind: 'fixed'; readonly ms: number }
  /** Log-normal through its median and 99th percentile. */
  | { readonly kind: 'drawn'; readonly p50Ms: number; readonly p99Ms: number };

/** Standard normal quantiles of the levels that planning asks for. */
const normalQuantiles = { 0.5: 0, 0.9: 1.2815515655446004, 0.99: 2.3263478740408408 } as const;

function sigmaOf({ p50Ms, p99Ms }: Extract<StartUp, { kind: 'drawn' }>): number {
  return Math.log(p99Ms / p50Ms) / normalQuantiles[0.99];
}

/**
 * Start-up time of one replica. A drawn one depends on the seed, the row that asked and the ordinal of the replica
 * among those asked for in that row, and on nothing else: every policy meets the same draws.
 */
export function startUpAt(startUp: StartUp, seed: number, row: number, ordinal: number): number {
  if (startUp.kind === 'fixed') return startUp.ms;
  return startUp.p50Ms * Math.exp(sigmaOf(startUp) * normalAt(seed, row, ordinal));
}

export function startUpQuantile(startUp: StartUp, level: keyof typeof normalQuantiles): number {
  if (startUp.kind === 'fixed') return startUp.ms;
  return startUp.p50Ms * Math.exp(sigmaOf(startUp) * normalQuantiles[level]);
}

/** The time to plan with: all of a fixed one, the 99th percentile of a drawn one. */
export function plannedStartUpMs(startUp: StartUp): number {
  return startUp.kind === 'fixed' ? startUp.ms : startUp.p99Ms;
}
