/** Generalised Pareto tail (Pickands 1975): how far beyond a threshold rare scores reach. */
export interface Tail {
  /** ξ: 0 is exponential; kept in [−0.2, 0.4] because a few dozen excesses cannot tell more. */
  readonly shape: number;
  /** β ≥ 0, in the unit of the excesses. */
  readonly scale: number;
}

const SHAPE_BOUNDS = [-0.2, 0.4] as const;
const FEWEST_EXCESSES = 20;

/**
 * Probability-weighted moments (Hosking & Wallis 1987, Technometrics 29): `a₀ = mean x`, `a₁ = mean (1 − (i−0.35)/n)·x_(i)`,
 * `ξ = 2 − a₀/(a₀ − 2a₁)`, `β = 2a₀a₁/(a₀ − 2a₁)`. After ξ is bounded, β is set so that the mean excess stays: β = a₀(1−ξ).
 *
 * @param excesses - distances beyond the threshold, > 0, any order. With fewer than 20 the tail is exponential.
 */
export function fitTail(excesses: readonly number[]): Tail {
  const n = excesses.length;
  if (n === 0) return { shape: 0, scale: 0 };
  const sorted = Float64Array.from(excesses).sort();
  let [a0, a1] = [0, 0];
  for (let i = 0; i < n; i++) {
    a0 += sorted[i]! / n;
    a1 += ((1 - (i + 1 - 0.35) / n) * sorted[i]!) / n;
  }
  return n < FEWEST_EXCESSES ? { shape: 0, scale: a0 } : tailOfMoments(a0, a1);
}

/** The tail with these moments; exponential where they contradict each other. */
export function tailOfMoments(a0: number, a1: number): Tail {
  if (a0 - 2 * a1 <= 0) return { shape: 0, scale: a0 };
  const shape = Math.min(SHAPE_BOUNDS[1], Math.max(SHAPE_BOUNDS[0], 2 - a0 / (a0 - 2 * a1)));
  return { shape, scale: a0 * (1 - shape) };
}

/** The same tail seen from a threshold further out; excesses of a GPD are GPD again, `β + ξ·shift`. */
export function shiftTail(tail: Tail, shift: number): Tail {
  return { shape: tail.shape, scale: Math.max(0, tail.scale + tail.shape * shift) };
}

/** Distance beyond the threshold that is exceeded with probability `ratio`, given that the threshold is; `ratio` in (0, 1]. */
export function tailExcess(tail: Tail, ratio: number): number {
  if (Math.abs(tail.shape) < 1e-6) return -tail.scale * Math.log(ratio);
  return (tail.scale / tail.shape) * (ratio ** -tail.shape - 1);
}
