/** Reads again what failed for the moment. Writes have their own rules, in write/gate.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiFailure, describeFailure, isTransient } from './failure.ts';

const attempts = 3;
const firstPauseMs = 200;
/** A server that wants to be left alone for longer than this is asked in the next round, not waited for. */
const longestPauseMs = 5_000;

export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: ApiFailure };

/**
 * @param read - one GET; called up to 3 times, on 429, 5xx and network failures only.
 * @param pause - waits for this many milliseconds; tests put their own in its place.
 */
export async function readAgain<T>(
  read: () => Promise<T>,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<Answer<T>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { kind: 'answered', value: await read() };
    } catch (error) {
      const failure = describeFailure(error);
      const waitMs = pauseAfter(failure, attempt);
      if (waitMs === undefined) return { kind: 'failed', failure };
      await pause(waitMs);
    }
  }
}

function pauseAfter(failure: ApiFailure, attempt: number): number | undefined {
  if (attempt >= attempts || !isTransient(failure)) return undefined;
  const asked = failure.kind === 'status' ? failure.retryAfterMs : undefined;
  const waitMs = asked ?? firstPauseMs * 4 ** (attempt - 1);
  return waitMs <= longestPauseMs ? waitMs : undefined;
}
