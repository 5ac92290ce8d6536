/**
 * The scale on which models work: `z = log(y + k)`.
 *
 * Load noise is `Var(y) ≈ φμ + νμ²` (counting noise plus relative noise). The variance-stabilising transform of that law
 * is `asinh(√(νμ/φ))·2/√ν`, which `log(y + φ/2ν)` approximates, so `k = φ/(2ν)`, bounded to [0.05, 3] × mean load.
 * A series with negative values is no load; it stays linear, in units of its mean magnitude.
 */
import { exponentials } from './exponentials.ts';

export type Transform =
  | { readonly kind: 'log'; readonly offset: number }
  | { readonly kind: 'linear'; readonly unit: number };

const OFFSET_BOUNDS = [0.05, 3] as const;

export function fitTransform(values: Float64Array, seasons: readonly number[]): Transform {
  const present = values.filter(Number.isFinite);
  const mean = present.reduce((sum, y) => sum + Math.abs(y), 0) / Math.max(1, present.length);
  if (mean === 0) return { kind: 'log', offset: 1 };
  if (present.some((y) => y < 0)) return { kind: 'linear', unit: mean };
  const candidates = [1, ...seasons.filter((m) => m > 1 && m * 2 < values.length)];
  const laws = candidates.map((lag) => noiseLaw(values, lag));
  const quietest = laws.reduce((best, law) => (law.error < best.error ? law : best));
  const offset = quietest.relative > 0 ? quietest.counting / (2 * quietest.relative) : OFFSET_BOUNDS[1] * mean;
  return { kind: 'log', offset: Math.min(OFFSET_BOUNDS[1] * mean, Math.max(OFFSET_BOUNDS[0] * mean, offset)) };
}

interface NoiseLaw {
  readonly counting: number;
  readonly relative: number;
  readonly error: number;
}

/**
 * Non-negative least squares of `r²/μ² = φ·(1/μ) + ν` with r the difference at `lag` and μ the mean of the pair.
 * Ratios are clipped at 1 so that a spike does not set the law.
 */
function noiseLaw(values: Float64Array, lag: number): NoiseLaw {
  let [n, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (let t = lag; t < values.length; t++) {
    const level = (values[t]! + values[t - lag]!) / 2;
    if (!(level > 0)) continue;
    const ratio = Math.min(1, (values[t]! - values[t - lag]!) ** 2 / (2 * level * level));
    const x = 1 / level;
    n += 1;
    sx += x;
    sy += ratio;
    sxx += x * x;
    sxy += x * ratio;
  }
  if (n < 2) return { counting: 0, relative: 1, error: Number.POSITIVE_INFINITY };
  const spread = n * sxx - sx * sx;
  const slope = spread > 1e-12 * n * sxx ? (n * sxy - sx * sy) / spread : 0;
  const intercept = (sy - slope * sx) / n;
  if (slope < 0) return { counting: 0, relative: sy / n, error: sy / n };
  if (intercept < 0) return { counting: sxy / sxx, relative: 0, error: sy / n };
  return { counting: slope, relative: intercept, error: sy / n };
}

/** NaN and infinities become NaN: missing. A negative sample of a load is counted as zero load. */
export function toZ(transform: Transform, y: number): number {
  if (!Number.isFinite(y)) return Number.NaN;
  return transform.kind === 'log' ? Math.log(Math.max(0, y) + transform.offset) : y / transform.unit;
}

/** Inverse of `toZ`; a load is never negative. Monotone, so quantiles pass through. */
export function fromZ(transform: Transform, z: number): number {
  return transform.kind === 'log' ? Math.max(0, Math.exp(z) - transform.offset) : z * transform.unit;
}

/** `fromZ` of all values, in their place. */
export function loadsFromZ(transform: Transform, values: Float64Array): void {
  if (transform.kind === 'linear') {
    for (let i = 0; i < values.length; i++) values[i] = values[i]! * transform.unit;
    return;
  }
  const { offset } = transform;
  exponentials(values);
  for (let i = 0; i < values.length; i++) values[i] = Math.max(0, values[i]! - offset);
}

export function transformValues(transform: Transform, values: Float64Array): Float64Array {
  return values.map((y) => toZ(transform, y));
}
