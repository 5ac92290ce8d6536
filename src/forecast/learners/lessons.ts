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
}

/** Rows `from` … `to − 1`; shares memory. */
export function partOf(lessons: Lessons, from: number, to: number): Lessons {
  const { inputs, width, targets } = lessons;
  return { inputs: inputs.subarray(from * width, to * width), width, targets: targets.subarray(from, to) };
}
