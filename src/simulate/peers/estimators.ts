/**
 * The two ways in which Crane continues a periodic signal by one cycle (section "Predict" of
 * https://gocrane.io/docs/core-concept/timeseries-forecasting-by-dsp/), and its choice among several of them: the one
 * that fits the last cycle best from those before it.
 */
import { invert, type Spectrum, transformReal } from './fourier-transform.ts';

export type Estimator =
  | { readonly kind: 'max-value'; readonly marginFraction: number }
  | { readonly kind: 'fft'; readonly marginFraction: number; readonly limits: NoiseLimits };

/** What of the spectrum is noise. */
export interface NoiseLimits {
  /** Components of a smaller amplitude are, in units of the signal. */
  readonly lowAmplitudeThreshold: number;
  /** Faster components are. Hz. */
  readonly highFrequencyThreshold: number;
  /** Of the largest components so many stay, however small they are, and no more than so many. */
  readonly minNumOfSpectrumItems: number;
  readonly maxNumOfSpectrumItems: number;
}

/** A prediction is positive: a signal that swings below is cut there, as Crane does. */
const LEAST = 0.01;

/**
 * The next cycle of a signal that is a whole number of cycles long, by each estimator. Transforms are shared.
 *
 * @param cycle - samples in a cycle
 */
export function estimate(
  signal: Float64Array,
  cycle: number,
  stepMs: number,
  estimators: readonly Estimator[],
): readonly Float64Array[] {
  let spectrum: Spectrum | undefined;
  const smooth = new Map<NoiseLimits, Float64Array>();
  const smoothed = (limits: NoiseLimits): Float64Array => {
    spectrum ??= transformReal(signal);
    const known = smooth.get(limits) ?? invert(withoutNoise(spectrum, stepMs, limits)).real.slice(-cycle);
    smooth.set(limits, known);
    return known;
  };
  return estimators.map((estimator) => {
    const cycleAhead =
      estimator.kind === 'fft' ? smoothed(estimator.limits).map((x) => Math.max(LEAST, x)) : maxOfCycles(signal, cycle);
    return cycleAhead.map((x) => x * (1 + estimator.marginFraction));
  });
}

/** @param signal - at least two cycles */
export function bestEstimator(
  signal: Float64Array,
  cycle: number,
  stepMs: number,
  estimators: readonly Estimator[],
): Estimator {
  const last = signal.subarray(signal.length - cycle);
  const predictions = estimate(signal.subarray(0, signal.length - cycle), cycle, stepMs, estimators);
  const errors = predictions.map((predicted) => predictionError(last, predicted));
  return estimators[errors.indexOf(Math.min(...errors))]!;
}

/**
 * Mean relative error in which falling short weighs more: −ln(1 − e)/ln 1.25 in place of e. Mean absolute error when
 * an actual value is about 0.
 */
export function predictionError(actual: Float64Array, predicted: Float64Array): number {
  const relative = actual.every((x) => x >= 1e-3);
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    const [y, p] = [actual[i]!, predicted[i]!];
    if (!relative) sum += Math.abs(y - p);
    else sum += p < y ? -Math.log(p / y) / Math.log(1.25) : (p - y) / y;
  }
  return sum / actual.length;
}

function maxOfCycles(signal: Float64Array, cycle: number): Float64Array {
  const maxima = signal.slice(signal.length - cycle);
  for (let t = 0; t < signal.length; t++) {
    const slot = t % cycle;
    maxima[slot] = Math.max(maxima[slot]!, signal[t]!);
  }
  return maxima;
}

function withoutNoise(spectrum: Spectrum, stepMs: number, limits: NoiseLimits): Spectrum {
  const n = spectrum.real.length;
  const amplitudes = spectrum.real.map((re, k) => Math.hypot(re, spectrum.imaginary[k]!) / n);
  const least = leastAmplitude(amplitudes, limits);
  const stays = amplitudes.map((_, k) => {
    // A component and its mirror image go together: rounding must not part them.
    const harmonic = Math.min(k, n - k);
    const frequency = (harmonic / n) * (1000 / stepMs);
    return k === 0 || (amplitudes[harmonic]! >= least && frequency <= limits.highFrequencyThreshold) ? 1 : 0;
  });
  return {
    real: spectrum.real.map((re, k) => re * stays[k]!),
    imaginary: spectrum.imaginary.map((im, k) => im * stays[k]!),
  };
}

function leastAmplitude(amplitudes: Float64Array, limits: NoiseLimits): number {
  const { lowAmplitudeThreshold, minNumOfSpectrumItems, maxNumOfSpectrumItems } = limits;
  const descending = amplitudes.slice(1, Math.floor(amplitudes.length / 2) + 1).sort((a, b) => b - a);
  const at = (items: number) => descending[Math.min(items, descending.length) - 1]!;
  return Math.min(Math.max(lowAmplitudeThreshold, at(maxNumOfSpectrumItems)), at(minNumOfSpectrumItems));
}
