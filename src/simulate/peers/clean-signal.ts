/**
 * A history made fit for the Fourier transform, as Crane does it: samples before a gap of more than an hour are left
 * out, shorter gaps are filled on a straight line, and what lies beyond the 99.9th or below the 0.1th percentile takes
 * the value before it.
 */
import { quantileOf } from './sliding-quantile.ts';

const LONGEST_GAP_MS = 3_600_000;

/** @returns finite samples up to the last one seen; those still missing at the end repeat it */
export function cleanSignal(values: Float64Array, stepMs: number): Float64Array {
  const filled = values.slice(startBehindGaps(values, LONGEST_GAP_MS / stepMs));
  fillGaps(filled);
  return withoutExtremes(filled);
}

/** First sample behind the last gap of more than `longest` steps; the length when nothing was seen behind it. */
function startBehindGaps(values: Float64Array, longest: number): number {
  let missing = 0;
  let start = values.length;
  for (let t = values.length - 1; t >= 0; t--) {
    missing = Number.isNaN(values[t]!) ? missing + 1 : 0;
    if (missing > longest) return start;
    if (missing === 0) start = t;
  }
  return start;
}

/** Writes into the samples; the first one is there. */
function fillGaps(samples: Float64Array): void {
  let last = 0;
  for (let t = 1; t < samples.length; t++) {
    if (Number.isNaN(samples[t]!)) continue;
    const rise = (samples[t]! - samples[last]!) / (t - last);
    for (let k = last + 1; k < t; k++) samples[k] = samples[last]! + rise * (k - last);
    last = t;
  }
  samples.fill(samples[last]!, last);
}

function withoutExtremes(samples: Float64Array): Float64Array {
  if (samples.length === 0) return samples;
  const sorted = samples.slice().sort();
  const [lowest, highest] = [quantileOf(sorted, 0.001), quantileOf(sorted, 0.999)];
  for (let t = 1; t < samples.length; t++)
    if (samples[t]! < lowest || samples[t]! > highest) samples[t] = samples[t - 1]!;
  return samples;
}
