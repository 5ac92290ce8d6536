/** Is one forecaster better than another on the same origins? */
export interface Comparison {
  /** `1 − loss/loss of the other`: share of the other's loss that is saved; negative when worse. */
  readonly gain: number;
  /** Diebold-Mariano statistic with the correction of Harvey, Leybourne & Newbold (1997); > 0 favours the first. */
  readonly statistic: number;
}

/**
 * @param overlap - neighbouring origins that share outcomes, K of the correction; their losses are correlated
 * Differences are relative, `(b − a)/(a + b)` in [−1, 1], so that one bad hour does not decide alone.
 */
export function compareLosses(first: Float64Array, second: Float64Array, overlap: number): Comparison {
  const differences: number[] = [];
  let [a, b] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    const [x, y] = [first[i]!, second[i]!];
    if (Number.isNaN(x + y)) continue;
    a += x;
    b += y;
    differences.push(x + y > 0 ? (y - x) / (x + y) : 0);
  }
  return { gain: b > 0 ? 1 - a / b : a > 0 ? -1 : 0, statistic: dieboldMariano(differences, overlap) };
}

/** Statistic of the mean of `d`; `overlap` as above. */
export function dieboldMariano(d: readonly number[], overlap: number): number {
  const n = d.length;
  if (n < 2) return 0;
  const K = Math.min(overlap, Math.floor(n / 2));
  const mean = d.reduce((sum, x) => sum + x, 0) / n;
  // Bartlett weights keep the variance positive where the plain sum of autocovariances need not be.
  let variance = autocovariance(d, mean, 0);
  for (let k = 1; k < K; k++) variance += 2 * (1 - k / K) * autocovariance(d, mean, k);
  if (variance <= 0) return mean === 0 ? 0 : Math.sign(mean) * Number.POSITIVE_INFINITY;
  const correction = Math.max(0, (n + 1 - 2 * K + (K * (K - 1)) / n) / n);
  return (mean / Math.sqrt(variance / n)) * Math.sqrt(correction);
}

function autocovariance(d: readonly number[], mean: number, lag: number): number {
  let sum = 0;
  for (let t = lag; t < d.length; t++) sum += (d[t]! - mean) * (d[t - lag]! - mean);
  return sum / d.length;
}
