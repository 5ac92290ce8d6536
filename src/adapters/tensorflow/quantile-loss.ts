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
  shape: QuantileShape,
  gradient: Float32Array,
): number {
  const { horizons, levels, carries } = shape;
  const known = targets.reduce((count, y) => count + (Number.isNaN(y) ? 0 : 1), 0);
  const share = 1 / (levels.length * Math.max(1, known));
  const fan = startFan(raw, shape, share, gradient);
  const middle = levels.indexOf(0.5) * horizons;
  const behind = levels.length * horizons;
  gradient.fill(0);
  let loss = 0;
  for (let n = 0; n < targets.length; n++) {
    const y = targets[n]!;
    if (Number.isNaN(y)) continue;
    const row = Math.floor(n / horizons);
    /** Place of block 0 for this row and horizon. */
    const at = row * outputsOf(shape) + (n % horizons);
    let median = raw[at + middle]!;
    for (let c = 0; c < carries; c++) median += raw[at + behind + c * horizons]! * carried[row * carries + c]!;
    loss += fan.outwards(at, y, median);
    const slope = fan.backwards(at);
    for (let c = 0; c < carries; c++) gradient[at + behind + c * horizons] = slope * carried[row * carries + c]!;
  }
  return loss * share;
}

/** All quantiles of one row and horizon. */
interface Fan {
  /** From the median to both ends. @returns the sum of the losses */
  outwards(at: number, y: number, median: number): number;
  /** Each increment moves all quantiles beyond it. @returns the gradient in the median, which moves all of them */
  backwards(at: number): number;
}

function startFan(raw: Float32Array, { horizons, levels }: QuantileShape, share: number, gradient: Float32Array): Fan {
  const middle = levels.indexOf(0.5);
  /** Of the loss of each quantile, in that quantile. */
  const slopes = new Float64Array(levels.length);

  function lossOf(j: number, y: number, q: number): number {
    slopes[j] = y < q ? 1 - levels[j]! : -levels[j]!;
    return slopes[j]! * (q - y);
  }

  return {
    outwards(at, y, median) {
      let loss = lossOf(middle, y, median);
      let q = median;
      for (let j = middle + 1; j < levels.length; j++) {
        q += softplus(raw[at + j * horizons]!);
        loss += lossOf(j, y, q);
      }
      q = median;
      for (let j = middle - 1; j >= 0; j--) {
        q -= softplus(raw[at + j * horizons]!);
        loss += lossOf(j, y, q);
      }
      return loss;
    },
    backwards(at) {
      let [above, below] = [0, 0];
      for (let j = levels.length - 1; j > middle; j--) {
        above += slopes[j]!;
        gradient[at + j * horizons] = (share * above) / (1 + Math.exp(-raw[at + j * horizons]!));
      }
      for (let j = 0; j < middle; j++) {
        below += slopes[j]!;
        gradient[at + j * horizons] = (-share * below) / (1 + Math.exp(-raw[at + j * horizons]!));
      }
      const slope = share * (slopes[middle]! + above + below);
      gradient[at + middle * horizons] = slope;
      return slope;
    },
  };
}

/** log(1 + e^x), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
