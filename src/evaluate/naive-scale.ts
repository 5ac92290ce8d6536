/** In-sample error of the seasonal naive: what the scaled scores are divided by. */
export interface NaiveScale {
  /** Mean |y_t − y_{t−m}|, in the unit of the series. 0 when the series never changes, NaN when it is too short to say. */
  readonly absolute: number;
  /** Mean (y_t − y_{t−m})². */
  readonly squared: number;
}

/**
 * @param history - what was known before the first origin, so that no score is scaled by what it judges
 * @param season - m in steps, ≥ 1
 * Hyndman & Koehler, Int. J. Forecasting 22 (2006). Pairs with a missing sample are left out.
 */
export function naiveScale(history: Float64Array, season: number): NaiveScale {
  let [absolute, squared, n] = [0, 0, 0];
  for (let t = season; t < history.length; t++) {
    const change = history[t]! - history[t - season]!;
    if (!Number.isFinite(change)) continue;
    absolute += Math.abs(change);
    squared += change * change;
    n += 1;
  }
  return n > 0 ? { absolute: absolute / n, squared: squared / n } : { absolute: Number.NaN, squared: Number.NaN };
}

/** `error / scale`; NaN where the scale is 0 or unknown, so that the series is left out and counted instead of ruling the mean. */
export function scaled(error: number, scale: number): number {
  return scale > 0 ? error / scale : Number.NaN;
}
