/** What a learner learns from: rows of inputs, each with the number that should come out. */
export interface Lessons {
  /**
   * Row-major, `targets.length × width`; finite, or NaN where missing. Single precision, so that a value falls on the
   * same side of a threshold when it is learned from and when it is predicted from.
   */
  readonly inputs: Float32Array;
  readonly width: number;
  /** Finite. */
  readonly targets: Float64Array;
  /** 1 where the target is only a lower bound: then more than it is no error. All are exact when absent. */
  readonly censored?: Uint8Array;
}

/** The rows of these numbers, in this order. */
export function chooseRows({ inputs, width, targets, censored }: Lessons, rows: ArrayLike<number>): Lessons {
  const chosen = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    chosen.set(inputs.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  }
  return {
    inputs: chosen,
    width,
    targets: Float64Array.from(rows, (row) => targets[row]!),
    ...(censored && { censored: Uint8Array.from(rows, (row) => censored[row]!) }),
  };
}
