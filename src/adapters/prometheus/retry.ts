/** When a failed request is made again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './exchange.ts';
import type { Failure } from './failure.ts';

/** Bounded, because the next round of the loop asks again anyway. */
export const MOST_ATTEMPTS = 3;
const FIRST_WAIT_MS = 200;
/** Longer than this nobody waits inside a round; the failure says so instead. */
export const LONGEST_WAIT_MS = 5_000;

/**
 * Wait before attempt `attempt + 1`, exponential with full jitter above one half so that many readers do not return
 * together; never less than the server asked for.
 *
 * @param attempt - attempts made, ≥ 1
 * @param random - in [0, 1)
 * @returns undefined when the failure is final
 */
export function waitBeforeRetry(failure: Failure, attempt: number, random: number): number | undefined {
  if (failure.kind !== 'network' && failure.kind !== 'overloaded') return undefined;
  if (attempt >= MOST_ATTEMPTS || (failure.retryAfterMs ?? 0) > LONGEST_WAIT_MS) return undefined;
  const backoffMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random);
  return Math.max(failure.retryAfterMs ?? 0, backoffMs);
}

export interface Attempts<T> {
  readonly outcome: Exchange<T>;
  readonly attempts: number;
}

/** Makes an exchange until it is answered, its failure is final, or `signal` aborts. */
export async function withRetries<T>(
  once: () => Promise<Exchange<T>>,
  signal: AbortSignal,
  onRetry: (failure: Failure, waitMs: number) => void,
): Promise<Attempts<T>> {
  for (let attempts = 1; ; attempts++) {
    const outcome = await once();
    if (outcome.kind === 'answered') return { outcome, attempts };
    const waitMs = waitBeforeRetry(outcome.failure, attempts, Math.random());
    if (waitMs === undefined) return { outcome, attempts };
    onRetry(outcome.failure, waitMs);
    const slept = await sleep(waitMs, true, { signal }).catch(() => false);
    if (!slept) return { outcome: { kind: 'failed', failure: { kind: 'cancelled', message: 'cancelled' } }, attempts };
  }
}
