/** Symmetric equations by Cholesky: one factor, any number of right-hand sides. */

/**
 * Replaces the lower triangle of a symmetric matrix by its Cholesky factor, row-major.
 *
 * @param least - squared pivots below it are lifted to it, so that a matrix that is singular by rounding has a factor too
 * @returns false when the matrix is not positive definite to working precision; its content is then of no use
 */
export function factorise(matrix: Float64Array, n: number, least = Number.NEGATIVE_INFINITY): boolean {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * n;
      let sum = matrix[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[rowI + k]! * matrix[rowJ + k]!;
      if (j < i) {
        matrix[rowI + j] = sum / matrix[rowJ + j]!;
      } else {
        const squared = Math.max(sum, least);
        if (!(squared > 0 && squared < Number.POSITIVE_INFINITY)) return false;
        matrix[rowI + i] = Math.sqrt(squared);
      }
    }
  }
  return true;
}

/** Solves in place for one right-hand side: `b[start + i·step]`, i < n. */
export function substitute(factor: Float64Array, n: number, b: Float64Array, start = 0, step = 1): void {
  for (let i = 0; i < n; i++) {
    let sum = b[start + i * step]!;
    for (let k = 0; k < i; k++) sum -= factor[i * n + k]! * b[start + k * step]!;
    b[start + i * step] = sum / factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[start + i * step]!;
    for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * b[start + k * step]!;
    b[start + i * step] = sum / factor[i * n + i]!;
  }
}
