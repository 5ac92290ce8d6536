import type { WallClock } from '../../domain/forecast.ts';
import { slotOf } from '../point-forecaster.ts';

/** Seasons of whole days follow the wall clock of the people who make the load; shorter ones follow the machine. */
export interface WallTime {
  /** The step one season earlier on the wall clock. Always earlier than `step`. */
  before(step: number, season: number): number;
  /** Place of a step in its season on the wall clock, in [0, season). */
  slot(step: number, season: number): number;
}

const DAY_MS = 86_400_000;

/** @param clock - UTC when absent. Steps are counted from the epoch. */
export function wallTime(stepMs: number, clock?: WallClock): WallTime {
  const shiftAt = clock ? startShifts(stepMs, clock) : () => 0;
  const followsDays = (season: number) => (season * stepMs) % DAY_MS === 0;
  return {
    before(step, season) {
      const earlier = step - season;
      return followsDays(season) ? earlier + shiftAt(step) - shiftAt(earlier) : earlier;
    },
    slot: (step, season) => slotOf(followsDays(season) ? step + shiftAt(step) : step, season),
  };
}

/** Offset from UTC in whole steps. Keeps the span of the last answer, because questions come in runs. */
function startShifts(stepMs: number, { transitions }: WallClock): (step: number) => number {
  let from = 0;
  let until = 0;
  let shift = 0;
  return (step) => {
    if (step >= from && step < until) return shift;
    let i = transitions.length - 1;
    while (i > 0 && transitions[i]!.fromMs > step * stepMs) i -= 1;
    from = i === 0 ? Number.NEGATIVE_INFINITY : Math.ceil(transitions[i]!.fromMs / stepMs);
    until = i + 1 < transitions.length ? Math.ceil(transitions[i + 1]!.fromMs / stepMs) : Number.POSITIVE_INFINITY;
    shift = Math.round(transitions[i]!.offsetMs / stepMs);
    return shift;
  };
}
