/**
 * The time scales of a global network. It counts in units, not in minutes, so that one set of weights serves every step
 * and every horizon: the same network follows a series in single steps, in units of five minutes and in hours, each
 * with a state of its own, and every horizon is answered by the finest of them that still sees it well.
 */

/** Horizons that the network answers, in units; those between are interpolated. */
export const UNIT_HORIZONS = [1, 2, 4, 8, 12, 16, 24, 48] as const;
/** Beyond this many units a coarser scale sees a horizon better. */
const FAR_UNITS = 16;
const MOST_UNITS = UNIT_HORIZONS[UNIT_HORIZONS.length - 1]!;
const COARSE_MS = [300_000, 3_600_000] as const;
/** Two scales closer than this would tell the same. */
const LEAST_RATIO = 3;

/** Widths in steps, ascending, beginning with 1; none that the longest horizon has no use for. */
export function unitWidths(stepMs: number, longestHorizon: number): number[] {
  const widths = [1];
  for (const unitMs of COARSE_MS) {
    const width = Math.round(unitMs / stepMs);
    const finer = widths.at(-1)!;
    if (width >= LEAST_RATIO * finer && longestHorizon > FAR_UNITS * finer) widths.push(width);
  }
  return widths;
}

/**
 * Index of the scale that answers `horizon` (in steps): the finest that sees it within 16 units, or a finer one within 48
 * while that is not ready; −1 when none can.
 */
export function scaleFor(horizon: number, widths: readonly number[], isReady: (index: number) => boolean): number {
  let index = widths.findIndex((width) => horizon <= FAR_UNITS * width);
  if (index < 0) index = widths.length - 1;
  while (index >= 0 && !isReady(index)) index -= 1;
  return index >= 0 && horizon <= MOST_UNITS * widths[index]! ? index : -1;
}

/** Place of step `horizon` on the scale of unit ends: the middle of unit k lies (width − 1)/2 steps before its end. */
export function unitPlace(horizon: number, width: number): number {
  return (horizon + (width - 1) / 2) / width;
}
