/**
 * What regression, trees and networks are told of a target step, from what was known at an origin. One module for all,
 * so that a leak needs closing once and reports name inputs alike.
 */
import type { Past } from '../experts/past.ts';

/** A moment to describe: forecast `target` from `origin`. Reused by its owner, so that nothing is allocated per step. */
export interface Moment {
  /** Newest step that may be read, however far `past` has gone on since. */
  origin: number;
  /** Step to forecast, later than `origin`. */
  target: number;
  /** On z: levels are written as their distance from here; 0 for plain levels. Usually z at the origin. */
  base: number;
}

/** Bound to no series: one set serves all of equal step and seasons. */
export interface FeatureSet {
  /** For reports and importances, one per number written. */
  readonly names: readonly string[];
  /** Writes `names.length` numbers from `offset` on; NaN where the past does not reach. */
  write(past: Past, moment: Readonly<Moment>, out: Float64Array, offset: number): void;
}

/** All of them side by side, in this order. */
export function joinFeatures(sets: readonly FeatureSet[]): FeatureSet {
  return {
    names: sets.flatMap((set) => set.names),
    write(past, moment, out, offset) {
      for (const set of sets) {
        set.write(past, moment, out, offset);
        offset += set.names.length;
      }
    },
  };
}
