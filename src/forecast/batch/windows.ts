/** Pieces of all series, cut to one length: what a pooled member learns from. */
import type { Past } from './expert.ts';

export interface WindowShape {
  readonly input: number;
  readonly output: number;
}

export interface Windows extends WindowShape {
  readonly count: number;
  /** Index of the series of each window. */
  readonly series: Int32Array;
  /** Where its input starts. */
  readonly start: Int32Array;
}

/** A window with a larger share of filled values teaches how holes were filled. */
const MOST_FILLED = 0.1;

/**
 * All windows at a stride, in the order of the series and of time.
 *
 * @param first - for each series the earliest step at which a target may end; 0 for all windows
 * @param most - with more windows the stride is widened, so that work and memory stay bounded
 */
export function collectWindows(
  pasts: readonly Past[],
  { input, output }: WindowShape,
  stride: number,
  most: number,
  first: (index: number) => number = () => 0,
): Windows {
  const length = input + output;
  const steps = pasts.map(({ values }) => Math.max(0, values.length - length + 1));
  const wide = Math.max(stride, Math.ceil(steps.reduce((sum, n) => sum + n, 0) / most));
  const series: number[] = [];
  const start: number[] = [];
  for (const [index, past] of pasts.entries()) {
    const filledBefore = past.filled && runningCount(past.filled);
    for (let at = 0; at < steps[index]!; at += wide) {
      if (at + length <= first(index)) continue;
      if (filledBefore && filledBefore[at + length]! - filledBefore[at]! > MOST_FILLED * length) continue;
      series.push(index);
      start.push(at);
    }
  }
  return { input, output, count: series.length, series: Int32Array.from(series), start: Int32Array.from(start) };
}

function runningCount(filled: Uint8Array): Int32Array {
  const sums = new Int32Array(filled.length + 1);
  for (let t = 0; t < filled.length; t++) sums[t + 1] = sums[t]! + filled[t]!;
  return sums;
}
