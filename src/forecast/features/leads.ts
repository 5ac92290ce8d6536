import type { Past } from '../experts/past.ts';
import type { FeatureSet } from './feature-set.ts';
import { meanOver } from './recent.ts';

/** A workload whose load comes before this one's, for example the front end before its back end. */
export interface Lead {
  readonly name: string;
  readonly past: Past;
  /** How many steps earlier its load shows what comes here; ≥ 0. */
  readonly steps: number;
}

/** The change is over this many steps, or the lead when that is longer. */
const LEAST_SPAN = 5;

/**
 * How the leading workload moved in the last `steps` steps: at a horizon near the lead this one is about to move alike.
 * Changes only, because levels of other workloads say nothing of this one's. Reads no step after the origin.
 */
export function leadingChanges(leads: readonly Lead[]): FeatureSet {
  return {
    names: leads.map(({ name, steps }) => `change of ${name} in ${steps}`),
    write(_past, { origin, target }, out, offset) {
      for (let i = 0; i < leads.length; i++) {
        const { past, steps } = leads[i]!;
        // What shows here at the target showed there `steps` earlier; later news than the origin is not out yet.
        const shown = Math.min(origin, target - steps);
        const before = origin - Math.max(steps, LEAST_SPAN);
        out[offset + i] = meanOver(past, shown - 1, shown) - meanOver(past, before - 1, before);
      }
    },
  };
}
