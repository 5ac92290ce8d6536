/**
 * Mean pinball loss (Koenker & Bassett 1978) of quantiles that cannot cross, and its gradient in the outputs of the
 * network. Plain arithmetic: one pass over the outputs costs less than the dozen tensor operations it would take, and is
 * the same on every backend.
 *
 *     q_median = raw + Σ_c share_c · carried_c
 *     upwards q_j = q_{j−1} + softplus(raw_j);  downwards q_j = q_{j+1} − softplus(raw_j)
 */
import type { LessonBatch } from '../../domain/engines.ts';

export interface QuantileShape {
  readonly horizons: number;
  /** Ascending, the median among them. */
  readonly levels: readonly number[];
  readonly carries: number;
}

/** Numbers that the head of such a network gives. */
export function outputsOf({ horizons, levels, carries }: QuantileShape): number {
  return horizons * (levels.length + carries);
}

/**
 * @param raw - `rows × ((levels + carries) · horizons)`, block after block, a block holds one number per horizon
 * @param gradient - as long as `raw`; overwritten
 * @returns mean over levels and known targets; 0 when none is known
 */
export function quantileLoss(
  raw: Float32Array,
  { targets, carried }: Pick<LessonBatch, 'targets' | 'carried'>,
  { horizons, levels, carries }: QuantileShape,
  gradient: Float32Array,
): number {
  const middle = levels.indexOf(0.5);
  const known = targets.reduce((count, y) => count + (Number.isNaN(y) ? 0 : 1), 0);
  const share = 1 / (levels.length * Math.max(1, known));
  const slopes = new Float64Array(levels.length);
  gradient.fill(0);
  let loss = 0;
  for (let n = 0; n < targets.length; n++) {
    if (Number.isNaN(targets[n]!)) continue;
    const row = Math.floor(n / horizons);
    /** Place of block 0 for this row and horizon. */
    const at = row * (levels.length + carries) * horizons + (n % horizons);
    let median = raw[at + middle * horizons]!;
    for (let c = 0; c < carries; c++) {
      median += raw[at + (levels.length + c) * horizons]! * carried[row * carries + c]!;
    }
    loss += lossesAndSlopes(raw, at, horizons, targets[n]!, median, levels, slopes);
    const slope = backwards(raw, at, horizons, middle, slopes, share, gradient);
    for (let c = 0; c < carries; c++) {
      gradient[at + (levels.length + c) * horizons] = slope * carried[row * carries + c]!;
    }
  }
  return loss * share;
}

/** Walks from the median outwards. @returns sum of the losses; writes the slope of each in its own quantile */
function lossesAndSlopes(
  raw: Float32Array,
  at: number,
  horizons: number,
  y: number,
  median: number,
  levels: readonly number[],
  slopes: Float64Array,
): number {
  const middle = levels.indexOf(0.5);
  let loss = 0;
  for (const direction of [1, -1]) {
    let q = median;
    for (let j = middle; j >= 0 && j < levels.length; j += direction) {
      if (j !== middle) q += direction * softplus(raw[at + j * horizons]!);
      else if (direction < 0) continue;
      slopes[j] = y < q ? 1 - levels[j]! : -levels[j]!;
      loss += slopes[j]! * (q - y);
    }
  }
  return loss;
}

/** Each increment moves all quantiles beyond it. @returns gradient in the median, which moves all of them */
function backwards(
  raw: Float32Array,
  at: number,
  horizons: number,
  middle: number,
  slopes: Float64Array,
  share: number,
  gradient: Float32Array,
): number {
  let total = slopes[middle]!;
  for (const direction of [1, -1]) {
    let beyond = 0;
    for (let j = direction > 0 ? slopes.length - 1 : 0; j !== middle; j -= direction) {
      beyond += slopes[j]!;
      const place = at + j * horizons;
      gradient[place] = (share * direction * beyond) / (1 + Math.exp(-raw[place]!));
    }
    total += beyond;
  }
  gradient[at + middle * horizons] = share * total;
  return share * total;
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
