/** Load for tests of the calendar: days and weeks in a time zone, slow noise, Poisson-like noise, and events. */

import { wallClockOf } from '../../src/config/wall-clock.ts';
import { wallAt } from '../../src/pipeline/calendar/wall-clock.ts';
import { normalAt } from '../../src/simulate/random.ts';
import { minuteMs } from './scenario.ts';

const DAY = 1440;
const WEEK = [0.8, 1, 1, 1.02, 1, 0.98, 0.85];

export interface CalendarLoad {
  readonly startMs: number;
  readonly days: number;
  readonly zone: string;
  readonly seed: number;
  /** Factor on the ordinary load at a moment; 1 where no event is on. */
  readonly factorAt: (atMs: number) => number;
}

/** Requests per second around 100 by day and 30 at night. */
export function calendarLoad({ startMs, days, zone, seed, factorAt }: CalendarLoad): readonly number[] {
  const clock = wallClockOf(zone);
  let mood = 0;
  return Array.from({ length: days * DAY }, (_, i) => {
    const ms = startMs + i * minuteMs;
    const wall = wallAt(clock, ms);
    const hour = (wall % (DAY * minuteMs)) / (60 * minuteMs);
    const weekday = new Date(wall).getUTCDay();
    mood = 0.97 * mood + 0.03 * Math.sqrt(1 - 0.97 ** 2) * normalAt(seed, i, 1);
    const shape = 30 + 70 * Math.exp(-0.5 * ((hour - 14) / 3.5) ** 2);
    const expected = shape * WEEK[weekday]! * Math.exp(mood) * factorAt(ms);
    return Math.max(0, expected + Math.sqrt(expected / 60) * normalAt(seed, i, 2));
  });
}

/** Rises over 5 minutes, stays, and falls by half every `halfMinutes` behind its end. */
export function surge(sinceStartMs: number, lengthMs: number, halfMinutes: number): number {
  if (sinceStartMs < 0) return 0;
  if (sinceStartMs < lengthMs) return Math.min(1, sinceStartMs / (5 * minuteMs));
  return 0.5 ** ((sinceStartMs - lengthMs) / (halfMinutes * minuteMs));
}
