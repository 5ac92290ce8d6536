/** Quantiles of errors in units of their expected size, pooled over all series: what one series alone has too few errors for. */
import { studentQuantile } from '../levels.ts';
import { fitTail, type Tail, tailExcess } from '../tails.ts';
import type { Errors } from './spread.ts';

/** Where the tails begin: the share of errors beyond. */
const TAIL_SHARE = 0.04;
/** Errors from one origin hang together, so a series counts as this many errors an origin. */
const PRIOR_WEIGHT = 200;
/**
 * Members are chosen and their weights set on the very origins that the errors come from, and the world goes on changing
 * behind them: errors to come are larger by 0.6 ÷ √origins. Measured on hold-outs of M4-Hourly with five and with nine; fewer
 * than five count as five.
 */
const FLATTERY = 0.6;
const LEAST_ORIGINS = 5;

/** @returns the quantile of relative errors at any level in (0, 1); 0 at the median; ascending */
export function pooledQuantiles(all: readonly Errors[], scales: readonly Float64Array[]): (level: number) => number {
  const sorted = relativeErrors(all, scales).sort();
  const weight = sorted.length / (sorted.length + PRIOR_WEIGHT);
  const origins = all.reduce((sum, one) => sum + one.origins.backs.length / all.length, 0);
  const allowance = 1 + FLATTERY / Math.sqrt(Math.max(LEAST_ORIGINS, origins));
  const empirical = sorted.length > 0 ? quantilesOf(sorted) : () => 0;
  return (level) => {
    const side = level >= 0.5 ? 1 : -1;
    // The point forecast is the centre: a common shift of all series is no property of one of them.
    const seen = side * Math.max(0, side * (empirical(level) - empirical(0.5)));
    return allowance * (weight * seen + (1 - weight) * studentQuantile(level));
  };
}

function relativeErrors(all: readonly Errors[], scales: readonly Float64Array[]): Float64Array {
  const relative = new Float64Array(all.reduce((sum, { errors }) => sum + errors.length, 0));
  let count = 0;
  for (const [i, { errors, origins }] of all.entries()) {
    for (let k = 0; k < errors.length; k++) {
      const scale = scales[i]![k % origins.judged]!;
      const error = errors[k]! / scale;
      if (Number.isFinite(error)) relative[count++] = error;
    }
  }
  return relative.subarray(0, count);
}

function quantilesOf(sorted: Float64Array): (level: number) => number {
  const inside = (level: number) => {
    const at = level * (sorted.length - 1);
    const below = Math.floor(at);
    const next = sorted[Math.min(below + 1, sorted.length - 1)]!;
    return sorted[below]! + (at - below) * (next - sorted[below]!);
  };
  const [low, high] = [inside(TAIL_SHARE), inside(1 - TAIL_SHARE)];
  const tailOf = (excesses: Float64Array): Tail => fitTail(Array.from(excesses.filter((x) => x > 0)));
  const lower = tailOf(sorted.map((x) => low - x));
  const upper = tailOf(sorted.map((x) => x - high));
  return (level) => {
    if (level < TAIL_SHARE) return low - tailExcess(lower, level / TAIL_SHARE);
    if (level > 1 - TAIL_SHARE) return high + tailExcess(upper, (1 - level) / TAIL_SHARE);
    return inside(level);
  };
}
