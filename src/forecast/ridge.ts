/** Least squares with a penalty per column: solves `(XᵀX + diag(penalty))·β = Xᵀy` by Cholesky. */
import { factorise, substitute } from './cholesky.ts';

/**
 * @param width - number of columns
 * @param writeRow - writes row t of X into `row`
 * @param y - targets; rows whose target is NaN are left out
 * @param penaltyPerRow - ridge penalty of each column, multiplied by the number of rows used
 * @returns coefficients, length `width`; all zero when no row has a target, NaN when the sums are not finite
 */
export function ridge(
  width: number,
  writeRow: (t: number, row: Float64Array) => void,
  y: Float64Array,
  penaltyPerRow: Float64Array,
): Float64Array {
  const gram = new Float64Array(width * width);
  const moment = new Float64Array(width);
  const row = new Float64Array(width);
  let rows = 0;
  for (let t = 0; t < y.length; t++) {
    if (Number.isNaN(y[t]!)) continue;
    writeRow(t, row);
    rows += 1;
    for (let i = 0; i < width; i++) {
      const x = row[i]!;
      moment[i]! += x * y[t]!;
      for (let j = 0; j <= i; j++) gram[i * width + j]! += x * row[j]!;
    }
  }
  for (let i = 0; i < width; i++) gram[i * width + i]! += penaltyPerRow[i]! * rows + 1e-12 * (rows + 1);
  if (!factorise(gram, width, Number.MIN_VALUE)) return moment.fill(Number.NaN);
  substitute(gram, width, moment);
  return moment;
}
