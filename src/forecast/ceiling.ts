/**
 * How high the load is believed to go, from its largest sample of the last seven seasons: a little above that maximum,
 * or twice it while the load is breaking it, because where a change will end nobody knows.
 */
import { type Parameters, savedArray, singlesIn } from './parameters.ts';

export interface Ceiling {
  observe(y: number): void;
  /** Infinite before the first sample. */
  value(): number;
  /** Everything that it goes on from. */
  save(): Parameters;
}

/** Room above the maximum in ordinary times; what goes beyond it is a change. */
const ORDINARY_ROOM = 1.1;
const CHANGING_ROOM = 2;

/**
 * @param season - steps in a season; without one (1) the maximum covers everything seen
 * @param recentSteps - a maximum broken by 10 % within so many steps is a change that may go on
 */
export function startCeiling(season: number, recentSteps: number, saved?: Parameters): Ceiling {
  const maxima = saved && savedArray(saved, 'maxima');
  const now = startRecentMaximum(season, maxima?.subarray(0, BLOCKS + 1));
  const before = startRecentMaximum(season, maxima?.subarray(BLOCKS + 1, 2 * BLOCKS + 2));
  // What a maximum is compared with, to a tenth: single precision is plenty.
  const ring = saved ? singlesIn(saved, 'recent') : new Float32Array(recentSteps).fill(Number.NaN);
  let count = maxima?.[2 * BLOCKS + 2] ?? 0;
  return {
    save: () => ({ maxima: Float64Array.of(...now.save(), ...before.save(), count), recent: ring.slice() }),
    observe(y) {
      before.observe(ring[count % ring.length]!);
      ring[count % ring.length] = y;
      now.observe(y);
      count += 1;
    },
    value() {
      const largest = now.value();
      if (largest === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
      if (largest <= 0) return largest;
      return (largest > ORDINARY_ROOM * before.value() ? CHANGING_ROOM : ORDINARY_ROOM) * largest;
    },
  };
}

/**
 * Largest sample of the last seven seasons, kept in blocks of one season: between seven and eight seasons back. Missing
 * steps do not count, so that an outage forgets nothing.
 */
export interface RecentMaximum {
  observe(y: number): void;
  value(): number;
  save(): Float64Array;
}

const BLOCKS = 8;

export function startRecentMaximum(season: number, saved?: Float64Array): RecentMaximum {
  const blocks = saved?.slice(0, BLOCKS) ?? new Float64Array(BLOCKS).fill(Number.NEGATIVE_INFINITY);
  let count = saved?.[BLOCKS] ?? 0;
  return {
    save: () => Float64Array.of(...blocks, count),
    observe(y) {
      if (Number.isNaN(y)) return;
      const block = season > 1 ? Math.floor(count / season) % BLOCKS : 0;
      if (season > 1 && count % season === 0) blocks[block] = Number.NEGATIVE_INFINITY;
      if (y > blocks[block]!) blocks[block] = y;
      count += 1;
    },
    value: () => Math.max(...blocks),
  };
}
