/**
 * Additive Holt-Winters smoothing with an undamped trend (Winters 1960), in the form of statsmodels'
 * `ExponentialSmoothing(trend='add', seasonal='add')`:
 *
 *     l' = α(y − s) + (1 − α)(l + b);  b' = β(l' − l) + (1 − β)b;  s' = γ(y − l − b) + (1 − γ)s
 *     one step ahead: l + b + s
 *
 * It starts from the first two seasons: level and trend from their means, the season from the mean deviations.
 */
export interface Constants {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** @param season - steps in a season; the values hold at least two */
export function smooth(
  values: readonly number[],
  season: number,
  { alpha, beta, gamma }: Constants,
): { readonly next: number; readonly squaredError: number } {
  const first = meanOf(values, 0, season);
  const second = meanOf(values, season, 2 * season);
  const seasonal = Float64Array.from(
    { length: season },
    (_, i) => (values[i]! - first + values[i + season]! - second) / 2,
  );
  let level = first;
  let trend = (second - first) / season;
  let squaredError = 0;
  for (let t = 0; t < values.length; t++) {
    const slot = t % season;
    const expected = level + trend;
    squaredError += (values[t]! - expected - seasonal[slot]!) ** 2;
    const risen = alpha * (values[t]! - seasonal[slot]!) + (1 - alpha) * expected;
    trend = beta * (risen - level) + (1 - beta) * trend;
    seasonal[slot] = gamma * (values[t]! - expected) + (1 - gamma) * seasonal[slot]!;
    level = risen;
  }
  return { next: level + trend + seasonal[values.length % season]!, squaredError };
}

function meanOf(values: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
}
