/**
 * ARMA(p,q) run forward in O(p+q) a step, with the sign of the moving-average part as the arima package has it:
 *
 *     x_t = w_t − mean;   x_t = Σ φ_i·x_{t−i} + ε_t − Σ θ_j·ε_{t−j}
 *
 * A missing value is replaced by its own one-step forecast, so ε = 0 and the state decays towards the mean.
 */
export interface ArmaCoefficients {
  readonly phi: Float64Array;
  readonly theta: Float64Array;
  readonly mean: number;
}

export interface ArmaFilter {
  /** @returns the innovation ε, 0 when `w` is NaN. */
  observe(w: number): number;
  /** Deviations and innovations that the next step depends on, newest first. */
  save(): { readonly x: Float64Array; readonly innovations: Float64Array };
  /** Means of the next `out.length` values. */
  predict(out: Float64Array): void;
}

export function startArmaFilter(
  { phi, theta, mean }: ArmaCoefficients,
  saved?: ReturnType<ArmaFilter['save']>,
): ArmaFilter {
  // Newest first.
  const x = saved ? saved.x.slice() : new Float64Array(phi.length);
  const innovations = saved ? saved.innovations.slice() : new Float64Array(theta.length);

  function expected(): number {
    let sum = 0;
    for (let i = 0; i < phi.length; i++) sum += phi[i]! * x[i]!;
    for (let j = 0; j < theta.length; j++) sum -= theta[j]! * innovations[j]!;
    return sum;
  }

  return {
    save: () => ({ x: x.slice(), innovations: innovations.slice() }),
    observe(w) {
      const forecast = expected();
      const value = Number.isNaN(w) ? forecast : w - mean;
      const innovation = value - forecast;
      push(x, value);
      push(innovations, innovation);
      return innovation;
    },
    predict(out) {
      const reach = Math.min(out.length, Math.max(phi.length, theta.length));
      for (let h = 0; h < reach; h++) {
        let sum = 0;
        for (let i = 0; i < phi.length; i++) sum += phi[i]! * (i < h ? out[h - 1 - i]! : x[i - h]!);
        for (let j = h; j < theta.length; j++) sum -= theta[j]! * innovations[j - h]!;
        out[h] = sum;
      }
      runOn(phi, out, reach);
      for (let h = 0; h < out.length; h++) out[h]! += mean;
    },
  };
}

/** From where what was seen is in the forecast only by what was said of the steps before. */
function runOn(phi: Float64Array, deviations: Float64Array, from: number): void {
  const first = phi[0] ?? 0;
  let newest = deviations[from - 1] ?? 0;
  for (let h = from; h < deviations.length; h++) {
    let sum = 0;
    for (let i = 1; i < phi.length; i++) sum += phi[i]! * deviations[h - 1 - i]!;
    newest = sum + first * newest;
    deviations[h] = newest;
  }
}

function push(newestFirst: Float64Array, value: number): void {
  if (newestFirst.length === 0) return;
  newestFirst.copyWithin(1, 0);
  newestFirst[0] = value;
}
