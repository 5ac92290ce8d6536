/** Loads made for tests: deterministic, with known structure. */
import type { TimeSeries } from '../../src/domain/time-series.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** Uniform in [0, 1), xorshift32. */
export function uniform(seed: number): () => number {
  let x = (seed * 2654435761) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x / 4294967296;
  };
}

/** Standard normal (Box & Muller 1958). */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

export function seriesOf(values: ArrayLike<number>, stepMs = HOUR_MS, startMs = 0): TimeSeries {
  return { startMs, stepMs, values: Float64Array.from(values) };
}

/** A shop: 100 on average, a daily wave of ±60 %, quieter weekends, multiplicative noise. */
export function shopLoad(days: number, slotsPerDay: number, noise: number, seed = 1): TimeSeries {
  const gauss = normal(seed);
  const values = Float64Array.from({ length: days * slotsPerDay }, (_, t) => {
    const day = Math.floor(t / slotsPerDay);
    const wave = 1 - 0.6 * Math.cos((2 * Math.PI * (t % slotsPerDay)) / slotsPerDay);
    return 100 * wave * (day % 7 >= 5 ? 0.6 : 1) * Math.exp(noise * gauss());
  });
  return { startMs: 0, stepMs: (24 * HOUR_MS) / slotsPerDay, values };
}

/** AR(1) around a level; what neither season nor persistence forecasts best. */
export function autoregression(n: number, phi: number, seed = 1): Float64Array {
  const gauss = normal(seed);
  const values = new Float64Array(n);
  for (let t = 1; t < n; t++) values[t] = phi * values[t - 1]! + gauss();
  return values;
}

export function cut(series: TimeSeries, steps: number): TimeSeries {
  return { ...series, values: series.values.subarray(0, steps) };
}
