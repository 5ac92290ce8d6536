/** The offsets of a time zone as plain data, so that what decides needs no time-zone database. */
import type { WallClock } from '../domain/forecast.ts';
import { wallMs } from './local-time.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Farther back than any trace that is replayed, farther ahead than any calendar. */
const FROM_MS = Date.UTC(1990, 0, 1);
const UNTIL_MS = Date.UTC(2100, 0, 1);
/** Two changes lie farther apart than this: in Morocco, which leaves summer time for Ramadan, some 30 days. */
const PROBE_MS = 15 * DAY_MS;

const known = new Map<string, WallClock>();

function offsetMs(ms: number, zone: string): number {
  return wallMs(ms, zone) - ms;
}

/** The first minute with the offset that holds at `high`. */
function changeBetween(low: number, high: number, zone: string): number {
  const after = offsetMs(high, zone);
  let [before, since] = [low, high];
  while (since - before > MINUTE_MS) {
    const middle = before + Math.floor((since - before) / MINUTE_MS / 2) * MINUTE_MS;
    if (offsetMs(middle, zone) === after) since = middle;
    else before = middle;
  }
  return since;
}

function transitionsOf(zone: string): WallClock['transitions'] {
  const transitions = [{ fromMs: FROM_MS, offsetMs: offsetMs(FROM_MS, zone) }];
  for (let ms = FROM_MS + PROBE_MS; ms < UNTIL_MS; ms += PROBE_MS) {
    const offset = offsetMs(ms, zone);
    if (offset === transitions.at(-1)!.offsetMs) continue;
    transitions.push({ fromMs: changeBetween(ms - PROBE_MS, ms, zone), offsetMs: offset });
  }
  return transitions;
}

/**
 * All changes of a zone's offset from 1990 to 2099, as the runtime knows them today.
 *
 * @param zone - valid (see `isTimeZone`)
 */
export function wallClockOf(zone: string): WallClock {
  const found = known.get(zone);
  if (found) return found;
  const transitions = zone === 'UTC' ? [{ fromMs: FROM_MS, offsetMs: 0 }] : transitionsOf(zone);
  const clock = { zone, transitions };
  known.set(zone, clock);
  return clock;
}
