/** Spreads writes over time, so that a plan for hundreds of workloads does not arrive at the API server at once. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A token bucket that holds one second's worth of writes, and at least one. Callers pass in the order in which they asked.
 *
 * @param perSecond - > 0.
 * @param now - a clock in milliseconds that never steps back.
 * @returns a function that resolves when the caller may write.
 */
export function createRateLimit(
  perSecond: number,
  now: () => number = () => performance.now(),
  pause: (ms: number) => Promise<unknown> = sleep,
): () => Promise<void> {
  const everyMs = 1000 / perSecond;
  const burstMs = Math.max(0, 1000 - everyMs);
  /** When the next token is there; up to `burstMs` in the past while tokens are saved up. */
  let nextMs = now() - burstMs;
  return async () => {
    const atMs = now();
    const turnMs = Math.max(nextMs, atMs - burstMs);
    nextMs = turnMs + everyMs;
    if (turnMs > atMs) await pause(turnMs - atMs);
  };
}
