/** Between moments and what the clock on the wall shows, by the offsets of a zone. */
import type { WallClock } from '../../domain/forecast.ts';

const DAY_MS = 86_400_000;

/** What is added to UTC at a moment. Before the first transition its offset counts. */
export function offsetAt({ transitions }: WallClock, ms: number): number {
  let [low, high] = [0, transitions.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (transitions[middle]!.fromMs <= ms) low = middle;
    else high = middle - 1;
  }
  return transitions[low]!.offsetMs;
}

/** What the wall clock shows, written as if it were UTC. */
export function wallAt(clock: WallClock, ms: number): number {
  return ms + offsetAt(clock, ms);
}

/**
 * The moment at which the wall clock shows `wallMs`.
 *
 * Of a time that it shows twice, when summer time ends, the first. A time that it jumps over, when summer time begins, is
 * taken with the offset before the jump: 02:30 becomes 03:30, as in RFC 5545.
 */
export function momentAt(clock: WallClock, wallMs: number): number {
  const before = offsetAt(clock, wallMs - DAY_MS);
  const after = offsetAt(clock, wallMs + DAY_MS);
  const first = wallMs - Math.max(before, after);
  return wallAt(clock, first) === wallMs ? first : wallMs - Math.min(before, after);
}

/** The part of a clock that holds from `fromMs` to `untilMs`. */
export function clockOver({ zone, transitions }: WallClock, fromMs: number, untilMs: number): WallClock {
  const first = transitions.findLastIndex((transition) => transition.fromMs <= fromMs);
  return {
    zone,
    transitions: transitions.slice(Math.max(0, first)).filter(({ fromMs: at }, i) => i === 0 || at < untilMs),
  };
}
