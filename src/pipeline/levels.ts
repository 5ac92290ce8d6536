/** The largest and smallest level that a forecast is asked for: beyond, a few weeks of data say nothing. */
const BOUNDS = [0.5, 0.9999] as const;

/**
 * The quantile level of the load to provision for, from the share of steps in which the load may exceed it
 * (newsvendor; Arrow, Harris & Marschak 1951).
 */
export function levelFor(missRate: number): number {
  return Math.min(BOUNDS[1], Math.max(BOUNDS[0], 1 - missRate));
}

/** The levels to fit, score and show for a workload, ascending. */
export function levelsFor(violationShare: number): readonly number[] {
  return [...new Set([0.5, 0.9, 0.99, levelFor(violationShare)])].sort((a, b) => a - b);
}
