/**
 * Whether a load repeats by the day or the week, as Crane decides it
 * (https://gocrane.io/docs/core-concept/timeseries-forecasting-by-dsp/, after Vlachos, Yu & Castelli 2005): the period
 * must stand out of the spectrum above what shuffled samples reach in 99 of 100 cases, and be a peak of the circular
 * autocorrelation, rising to its left and falling to its right; of two such periods the one with the higher correlation.
 *
 * The threshold is taken from its limit instead of from 100 shuffles: power over n·variance is exponential for
 * shuffled samples (Fisher 1929), so the largest of m exceeds −ln(1 − 0.99^(1/m)) once in 100.
 */
import { transformReal } from './fourier-transform.ts';

/** How far to each side a peak of the autocorrelation has to rise. */
const PEAK_SPAN_MS = 4 * 3_600_000;

/**
 * @param samples - finite
 * @param periodsMs - candidates
 * @returns the period, undefined when none is convincing
 */
export function detectPeriod(samples: Float64Array, stepMs: number, periodsMs: readonly number[]): number | undefined {
  let best: { periodMs: number; correlation: number } | undefined;
  for (const periodMs of periodsMs) {
    const correlation = correlationOf(samples, periodMs / stepMs, PEAK_SPAN_MS / stepMs);
    if (correlation !== undefined && correlation > (best?.correlation ?? 0)) best = { periodMs, correlation };
  }
  return best?.periodMs;
}

/** Autocorrelation at a period; undefined when it is no period of these samples. */
function correlationOf(samples: Float64Array, period: number, span: number): number | undefined {
  const cycles = Math.floor(samples.length / period);
  if (!Number.isInteger(period) || cycles < 2) return undefined;
  const centred = centre(samples.subarray(samples.length - cycles * period));
  const n = centred.length;
  const variance = centred.reduce((sum, x) => sum + x * x, 0) / n;
  if (!(variance > 0)) return undefined;
  const { real, imaginary } = transformReal(centred);
  const power = real.map((re, k) => re * re + imaginary[k]! ** 2);
  const threshold = -Math.log1p(-(0.99 ** (1 / (n / 2)))) * n * variance;
  if (!(power[cycles]! > threshold)) return undefined;
  // Of real and symmetric values the inverse is the transform itself, over n.
  const correlation = transformReal(power).real.map((c) => c / (n * n * variance));
  const reach = Math.floor(Math.min(span, period / 2));
  const rises = slope(correlation, period - reach, period) > 0;
  const falls = slope(correlation, period, period + reach) < 0;
  return rises && falls ? correlation[period]! : undefined;
}

function centre(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.map((x) => x - mean);
}

/** Of the regression line through the values at `from` … `to`. */
function slope(values: Float64Array, from: number, to: number): number {
  const middle = (from + to) / 2;
  let sum = 0;
  for (let i = from; i <= to; i++) sum += (i - middle) * values[i % values.length]!;
  return sum;
}
