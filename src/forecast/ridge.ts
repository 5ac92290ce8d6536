/** Least squares with a penalty per column: solves `(XᵀX + diag(penalty))·β = Xᵀy` by Cholesky. */

/**
 * @param width - number of columns
 * @param writeRow - writes row t of X into `row`
 * @param y - targets; rows whose target is NaN are left out
 * @param penaltyPerRow - ridge penalty of each column, multiplied by the number of rows used
 * @returns coefficients, length `width`; all zero when no row has a target
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
  return solveCholesky(gram, moment);
}

/** `gram` holds the lower triangle and becomes its factor; `b` becomes the solution. */
function solveCholesky(gram: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = gram[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= gram[i * n + k]! * gram[j * n + k]!;
      gram[i * n + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / gram[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= gram[i * n + k]! * b[k]!;
    b[i]! /= gram[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= gram[k * n + i]! * b[k]!;
    b[i]! /= gram[i * n + i]!;
  }
  return b;
}
