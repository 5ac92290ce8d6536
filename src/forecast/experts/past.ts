/**
 * What the experts of one series share: the newest samples on z, by absolute step number (steps since the epoch).
 *
 * Memory is bounded: single steps for somewhat more than a day, then means over slots of five minutes (or of a step, when
 * that is longer) for somewhat more than two weeks, or four when a slot is half an hour or more.
 */
import type { Mark } from '../../domain/forecast.ts';

export interface Past {
  /** The newest complete step; one less than the step that is running now. */
  readonly newest: number;
  /** True samples so far, missing ones not counted. */
  readonly count: number;
  /** z at a step; NaN when it was missing, lies in the future or is no longer kept. A slot's mean for an old step. */
  at(step: number): number;
  /** As `at`, with missing steps replaced by what the seasonal shape expected there when they went by. NaN only where nothing is kept. */
  filled(step: number): number;
  /** As `at`, and NaN where the sample is excluded: what a seasonal shape may learn from. */
  ordinary(step: number): number;
  /** How the sample may be used; undefined when the step is missing or no longer kept. */
  markOf(step: number): Mark | undefined;
  /** The step one season earlier on the wall clock of the workload: `step − season`, corrected at a daylight-saving change. */
  before(step: number, season: number): number;
  /** Place of a step in its season on the wall clock, in [0, season). */
  slot(step: number, season: number): number;
  /** As `slot` for one step after the other from `step` on. */
  slotsFrom(step: number, season: number, out: Int32Array): void;
}
