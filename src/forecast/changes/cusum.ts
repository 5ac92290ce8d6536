/**
 * One side of a CUSUM (Page 1954): the sum of what scores exceed their allowance by, never below zero. Scores are one-step
 * residuals in standard deviations. Not residuals h ahead: they overlap and alarm far too often.
 *
 * Mean steps to an alarm when both sides run, Gaussian scores shifted by δ (test/forecast/changes/cusum.test.ts):
 *
 *     threshold   δ = 0      1      2     3
 *         4         163    8.4    3.3   2.2
 *         5         471   10.4    4.0   2.6
 *         8       9,690   16.4    6.0   3.8
 */

/** Half of the smallest shift that is to be found quickly: one deviation. */
export const ALLOWANCE = 0.5;
/** One monstrous sample is an outlier; several are a shift. */
const CLIP = 4;

export interface Cusum {
  /** The excess since the sum last was zero. */
  sum: number;
  /** Scores in it. */
  steps: number;
}

export const emptyCusum = (): Cusum => ({ sum: 0, steps: 0 });

/** @param score - towards this side; finite */
export function addScore(cusum: Cusum, score: number): void {
  const sum = cusum.sum + Math.min(CLIP, Math.max(-CLIP, score)) - ALLOWANCE;
  cusum.sum = Math.max(0, sum);
  cusum.steps = sum > 0 ? cusum.steps + 1 : 0;
}

/** Mean score since the sum last was zero: how large the shift is (Montgomery, Statistical Quality Control, 9.1). */
export function shiftOf({ sum, steps }: Cusum): number {
  return steps === 0 ? 0 : ALLOWANCE + sum / steps;
}

export function resetCusum(cusum: Cusum): void {
  cusum.sum = 0;
  cusum.steps = 0;
}
