/**
 * Largest sample of the last seven seasons, kept in blocks of one season: between seven and eight seasons back. Missing
 * steps do not count, so that an outage forgets nothing.
 */
export interface RecentMaximum {
  observe(z: number): void;
  value(): number;
  /** Steps since the largest one, missing ones included. */
  age(): number;
}

const BLOCKS = 8;

/** @param season - steps in a season; without one (1) the maximum covers everything seen. */
export function startRecentMaximum(season: number): RecentMaximum {
  const blocks = new Float64Array(BLOCKS).fill(Number.NEGATIVE_INFINITY);
  let count = 0;
  let age = 0;
  const value = () => Math.max(...blocks);
  return {
    observe(z) {
      age = z >= value() ? 0 : age + 1;
      if (Number.isNaN(z)) return;
      const block = season > 1 ? Math.floor(count / season) % BLOCKS : 0;
      if (season > 1 && count % season === 0) blocks[block] = Number.NEGATIVE_INFINITY;
      if (z > blocks[block]!) blocks[block] = z;
      count += 1;
    },
    value,
    age: () => age,
  };
}
