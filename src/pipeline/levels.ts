/** The largest and smallest level that a forecast is asked for: beyond, a few weeks of data say nothing. */
const BOUNDS = [0.5, 0.9999] as const;

/**
 * The quantile level of the load to provision for, from the share of time that may be in violation.
 *
 * Newsvendor (Arrow, Harris & Marschak 1951): a step is short when the load exceeds the quantile, so a level of
 * 1 − share is short in that share of steps. Whole replicas, holds and the reactive floor make the violations fewer.
 */
export function levelFor(violationShare: number): number {
  return Math.min(BOUNDS[1], Math.max(BOUNDS[0], 1 - violationShare));
}

/** The levels to fit, score and show for a workload, ascending; the last one that is planned with is among them. */
export function levelsFor(violationShare: number): readonly number[] {
  return [...new Set([0.5, 0.9, 0.99, levelFor(violationShare)])].sort((a, b) => a - b);
}
