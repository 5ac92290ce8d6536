import type { WallClock } from '../../domain/forecast.ts';
import { slotOf } from '../point-forecaster.ts';

/** Seasons of whole days follow the wall clock of the people who make the load; shorter ones follow the machine. */
export interface WallTime {
  /** The step one season earlier on the wall clock. Always earlier than `step`. */
  before(step: number, season: number): number;
  /** Place of a step in its season on the wall clock, in [0, season). */
  slot(step: number, season: number): number;
  /** As `slot` for one step after the other from `step` on, counted instead of divided. */
  slotsFrom(step: number, season: number, out: Int32Array): void;
}

const DAY_MS = 86_400_000;

/** @param clock - UTC when absent. Steps are counted from the epoch. */
export function wallTime(stepMs: number, clock?: WallClock): WallTime {
  const span = clock && startSpans(stepMs, clock);
  if (!span) {
    const slotsFrom: WallTime['slotsFrom'] = (step, season, out) =>
      count(slotOf(step, season), season, out, 0, out.length);
    return { before: (step, season) => step - season, slot: slotOf, slotsFrom };
  }
  const followsDays = (season: number) => (season * stepMs) % DAY_MS === 0;
  const slot = (step: number, season: number) => slotOf(followsDays(season) ? step + span.shiftAt(step) : step, season);
  return {
    slot,
    slotsFrom(step, season, out) {
      for (let k = 0; k < out.length; ) {
        const first = slot(step + k, season);
        const end = Math.min(out.length, span.endOf(step + k) - step);
        count(first, season, out, k, end);
        k = end;
      }
    },
    before(step, season) {
      const earlier = step - season;
      // Mostly both lie in the span that was asked for last.
      if (span.holds(step) && span.holds(earlier)) return earlier;
      return followsDays(season) ? earlier + span.shiftAt(step) - span.shiftAt(earlier) : earlier;
    },
  };
}

function count(first: number, season: number, out: Int32Array, from: number, to: number): void {
  for (let k = from, slot = first; k < to; k++) {
    out[k] = slot;
    slot = slot + 1 < season ? slot + 1 : 0;
  }
}

interface Spans {
  /** Whether the step lies in the span of the last answer, which has one offset. */
  holds(step: number): boolean;
  /** Offset from UTC in whole steps. */
  shiftAt(step: number): number;
  /** The first step behind the span that this one lies in. */
  endOf(step: number): number;
}

function startSpans(stepMs: number, { transitions }: WallClock): Spans {
  let from = 0;
  let until = 0;
  let shift = 0;
  const holds = (step: number) => step >= from && step < until;
  function find(step: number): void {
    let i = transitions.length - 1;
    while (i > 0 && transitions[i]!.fromMs > step * stepMs) i -= 1;
    from = i === 0 ? Number.NEGATIVE_INFINITY : Math.ceil(transitions[i]!.fromMs / stepMs);
    until = i + 1 < transitions.length ? Math.ceil(transitions[i + 1]!.fromMs / stepMs) : Number.POSITIVE_INFINITY;
    shift = Math.round(transitions[i]!.offsetMs / stepMs);
  }

  return {
    holds,
    shiftAt(step) {
      if (!holds(step)) find(step);
      return shift;
    },
    endOf(step) {
      if (!holds(step)) find(step);
      return until;
    },
  };
}
