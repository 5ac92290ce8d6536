/** Medians that wait for their outcome: for each tracked horizon h a ring of the last h predictions. */
export interface PendingMedians {
  /** Notes the medians made after the newest step. */
  push(ahead: Float64Array): void;
  /** The median made `horizons[i]` steps ago for the step after the newest; NaN when there was none. */
  at(i: number): number;
}

export function pendingMedians(horizons: ArrayLike<number>): PendingMedians {
  const rings = Array.from(horizons, (h) => new Float64Array(h).fill(Number.NaN));
  let count = 0;
  return {
    push(ahead) {
      for (let i = 0; i < rings.length; i++) {
        const h = horizons[i]!;
        rings[i]![count % h] = ahead[h - 1]!;
      }
      count += 1;
    },
    // The entry written h pushes ago is the next one to be overwritten.
    at: (i) => rings[i]![count % horizons[i]!]!,
  };
}
