/**
 * What the methods of other autoscalers have in common here: a few structural settings and one ladder from cheap to
 * safe, so that tuning (`tune.ts`) costs each of them the same number of replays.
 */
import type { Moment, WorkloadCard, WorkloadView } from '../policy.ts';
import type { Timetable } from '../timetable.ts';

/** Replicas wanted at a row: an integer of at least 1. Called at every row but the first, in order. */
export type Decide = (view: WorkloadView, moment: Moment) => number;

/**
 * Starts a method at one rung of its ladder. `timetable.warmUpRows` is the row from which on it is scored: what a
 * method learns once, it learns there. Called several times, for replays of the same load; what depends on nothing but
 * that load may be kept between them.
 */
export type StartAt<Rung> = (rung: Rung, timetable: Timetable, seed: number) => Decide;

export interface Peer<Rung> {
  /** Structural settings, at most 3. The first one serves in the warm-up, before anything is tuned. */
  readonly variants: readonly ((card: WorkloadCard) => StartAt<Rung>)[];
  /** Settings from cheap to safe, at most 15: violations fall from each to the next, noise apart. */
  readonly ladder: readonly Rung[];
}
