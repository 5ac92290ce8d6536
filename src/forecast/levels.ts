/** Quantile levels that are tracked one by one; levels between them are interpolated, levels outside come from the tails. */
export const GRID = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99] as const;
export const LOWEST = GRID[0];
export const HIGHEST = GRID[GRID.length - 1]!;
/** Where the tails begin to be fitted: the grid levels next to 0.05 and 0.95. */
export const LOWER_TAIL_INDEX = GRID.indexOf(0.05);
export const UPPER_TAIL_INDEX = GRID.indexOf(0.95);

/** Coefficients of `normalScore`. */
const CENTRE_TOP = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const CENTRE_BOTTOM = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
];
const TAIL_TOP = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_BOTTOM = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];

/**
 * Quantiles at `GRID` of Student's t with 4 degrees of freedom, whose mean absolute value is 1: what scores look like
 * before there are enough of them. (Closed-form quantile function, Shaw 2006, J. Computational Finance 9.)
 */
export const PRIOR_QUANTILES = GRID.map(studentQuantile);

/** Quantile function of that law. */
export function studentQuantile(level: number): number {
  const a = 4 * level * (1 - level);
  const root = Math.sqrt(a);
  const q = Math.cos(Math.acos(root) / 3) / root;
  return Math.sign(level - 0.5) * 2 * Math.sqrt(Math.max(0, q - 1));
}

/** Weight of each grid quantile in the mean: the probability nearest to it. */
export const MEAN_WEIGHTS = GRID.map((level, i) => {
  const from = i === 0 ? 0 : (GRID[i - 1]! + level) / 2;
  const to = i === GRID.length - 1 ? 1 : (level + GRID[i + 1]!) / 2;
  return to - from;
});

const NORMAL_SCORES = GRID.map(normalScore);

/** Where a level lies on the grid: below it, above it, or between `index` and `index + 1` with `share` of the way. */
export type LevelPlace =
  | { readonly kind: 'lower-tail' | 'upper-tail'; readonly level: number }
  | { readonly kind: 'inside'; readonly index: number; readonly share: number };

/** Interpolation is linear in the normal score of the level, which makes a Gaussian exact. */
export function placeLevel(level: number): LevelPlace {
  if (!(level > 0 && level < 1)) throw new RangeError(`quantile level ${level}: expected a number in (0, 1)`);
  if (level < LOWEST) return { kind: 'lower-tail', level };
  if (level > HIGHEST) return { kind: 'upper-tail', level };
  let index = 0;
  while (index < GRID.length - 2 && level > GRID[index + 1]!) index += 1;
  const from = NORMAL_SCORES[index]!;
  return { kind: 'inside', index, share: (normalScore(level) - from) / (NORMAL_SCORES[index + 1]! - from) };
}

/** Inverse of the standard normal distribution, relative error below 1.2e-9 (rational approximation of P. J. Acklam, 2003). */
export function normalScore(p: number): number {
  if (p > 0.5) return -normalScore(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL_TOP, q) / (polynomial(TAIL_BOTTOM, q) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(CENTRE_TOP, r) * q) / (polynomial(CENTRE_BOTTOM, r) * r + 1);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, c) => sum * x + c, 0);
}
