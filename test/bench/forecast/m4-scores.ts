/** The measures of the M4 competition for hourly series (Makridakis, Spiliotis & Assimakopoulos 2020). */

export interface Scores {
  /** Mean of sMAPE and MASE, each over that of Naive2 on the competition's own hours. */
  readonly owa: number;
  /** Of the interval from 2.5 to 97.5 %, averaged over the series. */
  readonly msis: number;
  /** Share of the outcomes within the interval. */
  readonly coverage: number;
}

export interface Interval {
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const SEASON = 24;
const NAIVE2 = { smape: 18.383, mase: 2.395 };
/** 2 ÷ 0.05: what one unit outside of the interval costs. */
const MISS = 40;

/** @param pasts - what was known, for the scale: the mean difference from a day before */
export function scoresOf(
  pasts: readonly Float64Array[],
  truths: readonly Float64Array[],
  forecasts: readonly Interval[],
): Scores {
  let [smape, mase, msis, inside, count] = [0, 0, 0, 0, 0];
  for (const [i, truth] of truths.entries()) {
    const { mean, low, high } = forecasts[i]!;
    const unit = scaleOf(pasts[i]!) * truth.length;
    for (const [h, y] of truth.entries()) {
      const error = Math.abs(y - mean[h]!);
      smape += (200 * error) / Math.max(Math.abs(y) + Math.abs(mean[h]!), 1e-12) / truth.length;
      mase += error / unit;
      msis += (high[h]! - low[h]! + MISS * (Math.max(0, low[h]! - y) + Math.max(0, y - high[h]!))) / unit;
      inside += low[h]! <= y && y <= high[h]! ? 1 : 0;
      count += 1;
    }
  }
  const n = truths.length;
  return { owa: (smape / n / NAIVE2.smape + mase / n / NAIVE2.mase) / 2, msis: msis / n, coverage: inside / count };
}

function scaleOf(values: Float64Array): number {
  let sum = 0;
  for (let t = SEASON; t < values.length; t++) sum += Math.abs(values[t]! - values[t - SEASON]!);
  return sum / (values.length - SEASON);
}
