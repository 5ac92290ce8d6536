/**
 * Recursive least squares with forgetting (Plackett 1950; Haykin, Adaptive Filter Theory, ch. 10), the covariance packed
 * as a triangle in single precision: hundreds of bytes instead of kilobytes, worked on in doubles.
 *
 *     k = P·x;  g = k / (λ + xᵀk);  e = y − wᵀx;  w += g·e;  P = (P − g·kᵀ) / λ
 *
 * Several weight vectors may share one P when their inputs have about the same second moments: then `gain` is taken from
 * P for each of them, and `absorb` called for one. A weight vector's step is a contraction for any positive P.
 */
export interface Covariance {
  /** k = P·x into `k`; returns xᵀk, the variance of the prediction in units of the noise. ≥ 0 while P is sound. */
  spread(x: Float64Array): number;
  readonly k: Float64Array;
  /** Takes x of the last `spread` into P, older ones forgotten by `lambda`. */
  absorb(spread: number, lambda: number): void;
  readonly packed: Float32Array;
}

/** Inputs below this spread carry no news: forgetting for them would only blow P up. */
const LEAST_SPREAD = 1e-9;

/** @param prior - P starts as this multiple of the identity and no variance grows beyond it */
export function startCovariance(width: number, prior: number, packed?: Float32Array): Covariance {
  const p = packed ?? new Float32Array((width * (width + 1)) / 2);
  const k = new Float64Array(width);
  if (!packed) reset(p, width, prior);
  return {
    k,
    packed: p,
    spread: (x) => multiply(p, x, k),
    absorb(spread, lambda) {
      if (!(spread > LEAST_SPREAD)) return;
      const scale = 1 / (lambda + spread);
      let at = 0;
      for (let i = 0; i < width; i++) {
        const gi = k[i]! * scale;
        for (let j = 0; j <= i; j++, at++) p[at] = (p[at]! - gi * k[j]!) / lambda;
      }
      if (isSound(p, width)) limit(p, width, prior);
      else reset(p, width, prior);
    },
  };
}

function reset(p: Float32Array, width: number, prior: number): void {
  p.fill(0);
  for (let i = 0; i < width; i++) p[diagonal(i)] = prior;
}

/** k = P·x; returns xᵀk. */
function multiply(p: Float32Array, x: Float64Array, k: Float64Array): number {
  k.fill(0);
  let spread = 0;
  let at = 0;
  for (let i = 0; i < k.length; i++) {
    const xi = x[i]!;
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const pij = p[at++]!;
      sum += pij * x[j]!;
      k[j]! += pij * xi;
    }
    k[i]! += sum + p[at++]! * xi;
  }
  for (let i = 0; i < k.length; i++) spread += k[i]! * x[i]!;
  return spread;
}

/**
 * Directions without news grow like λ^−t (wind-up): a variance beyond the prior is scaled back to it, with its row and
 * column, which keeps P positive. A limit on the trace would let one quiet input stop the forgetting of all others.
 */
function limit(p: Float32Array, width: number, prior: number): void {
  for (let i = 0; i < width; i++) {
    const variance = p[diagonal(i)]!;
    if (variance <= prior) continue;
    const scale = Math.sqrt(prior / variance);
    for (let j = 0; j < width; j++) p[i >= j ? triangle(i, j) : triangle(j, i)]! *= scale;
    p[diagonal(i)] = prior;
  }
}

function isSound(p: Float32Array, width: number): boolean {
  for (let i = 0; i < width; i++) {
    const variance = p[diagonal(i)]!;
    if (!(variance > 0 && Number.isFinite(variance))) return false;
  }
  return true;
}

function diagonal(i: number): number {
  return triangle(i, i);
}

/** Place of row i ≥ column j. */
function triangle(i: number, j: number): number {
  return (i * (i + 1)) / 2 + j;
}
