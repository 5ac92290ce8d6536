/** How often outcomes fell inside the central intervals, overall and where it matters. */
import { centralLevels, centralShares } from './levels.ts';
import { forEachObserved, quantileRow, type Verified } from './verified.ts';

/** Counts, so that parts and series can be added up. */
export interface CoverageCount {
  readonly count: number;
  /** Outcomes inside each of `centralShares`, edges included. */
  readonly inside: readonly number[];
}

const intervals = centralShares.map(centralLevels);

/**
 * @param groupOf - group of a target, by the time at which its step starts; undefined leaves it out
 * @returns one count per group
 */
export function coverageBy(
  pairs: readonly Verified[],
  groups: number,
  groupOf: (pair: Verified, step: number) => number | undefined,
): readonly CoverageCount[] {
  const counts = Array.from({ length: groups }, () => ({ count: 0, inside: intervals.map(() => 0) }));
  for (const pair of pairs) {
    forEachObserved([pair], (y, i, forecast) => {
      const group = groupOf(pair, i);
      if (group === undefined) return;
      const into = counts[group]!;
      into.count += 1;
      for (const [k, [lower, upper]] of intervals.entries()) {
        if (y >= quantileRow(forecast, lower)[i]! && y <= quantileRow(forecast, upper)[i]!) into.inside[k]! += 1;
      }
    });
  }
  return counts;
}

export function addCoverage(counts: readonly CoverageCount[]): CoverageCount {
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    inside: centralShares.map((_, k) => counts.reduce((sum, { inside }) => sum + inside[k]!, 0)),
  };
}
