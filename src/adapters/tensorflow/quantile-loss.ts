/**
 * Mean pinball loss (Koenker & Bassett 1978) of quantiles that cannot cross, and its gradient in the outputs of the
 * network. Plain arithmetic: one pass over the outputs costs less than the dozen tensor operations it would take, and is
 * the same on every backend.
 *
 *     q_median = raw;  upwards q_j = q_{j−1} + softplus(raw_j);  downwards q_j = q_{j+1} − softplus(raw_j)
 */
export interface QuantileShape {
  readonly horizons: number;
  /** Ascending, the median among them. */
  readonly levels: readonly number[];
}

/**
 * @param raw - `rows × (levels · horizons)`, column `j·horizons + i` for level j at horizon i
 * @param targets - `rows × horizons`; NaN counts for nothing
 * @param gradient - as long as `raw`; overwritten
 * @returns mean over levels and known targets; 0 when none is known
 */
export function quantileLoss(
  raw: Float32Array,
  targets: Float32Array,
  { horizons, levels }: QuantileShape,
  gradient: Float32Array,
): number {
  const middle = levels.indexOf(0.5);
  const width = horizons * levels.length;
  const known = targets.reduce((count, y) => count + (Number.isNaN(y) ? 0 : 1), 0);
  const share = 1 / (levels.length * Math.max(1, known));
  gradient.fill(0);
  let loss = 0;
  for (let n = 0; n < targets.length; n++) {
    const y = targets[n]!;
    if (Number.isNaN(y)) continue;
    const row = Math.floor(n / horizons);
    const at = row * width + (n - row * horizons);
    const fall = quantileFall(y, raw[at + middle * horizons]!, levels[middle]!);
    loss += fall.loss;
    const up = walk(raw, gradient, at, horizons, levels, middle, 1, y, share);
    const down = walk(raw, gradient, at, horizons, levels, middle, -1, y, share);
    loss += up.loss + down.loss;
    gradient[at + middle * horizons] = share * (fall.slope + up.slope + down.slope);
  }
  return loss * share;
}

/** Loss and slope of one quantile. */
function quantileFall(y: number, q: number, level: number): { loss: number; slope: number } {
  return y < q ? { loss: (1 - level) * (q - y), slope: 1 - level } : { loss: level * (y - q), slope: -level };
}

/**
 * From the median to one end and back: the way out gives the quantiles and their losses, the way back gathers, for each
 * increment, the slopes of all quantiles beyond it.
 */
function walk(
  raw: Float32Array,
  gradient: Float32Array,
  at: number,
  horizons: number,
  levels: readonly number[],
  middle: number,
  direction: 1 | -1,
  y: number,
  share: number,
): { loss: number; slope: number } {
  let q = raw[at + middle * horizons]!;
  let loss = 0;
  let j = middle + direction;
  for (; j >= 0 && j < levels.length; j += direction) {
    q += direction * softplus(raw[at + j * horizons]!);
    const fall = quantileFall(y, q, levels[j]!);
    loss += fall.loss;
    gradient[at + j * horizons] = fall.slope;
  }
  let slope = 0;
  for (j -= direction; j !== middle; j -= direction) {
    const place = at + j * horizons;
    slope += gradient[place]!;
    gradient[place] = (share * direction * slope) / (1 + Math.exp(-raw[place]!));
  }
  return { loss, slope };
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
