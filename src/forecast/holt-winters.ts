/**
 * Additive Holt-Winters with a damped trend, ETS(A,Ad,A), on z (Hyndman, Koehler, Ord & Snyder, Forecasting with
 * Exponential Smoothing, 2008). Smoothing constants by grid on the h-step error, the season among those that fit twice.
 *
 *     e = z − (l + φb + s_{t−m});  l ← l + φb + αe;  b ← φb + βe;  s_t ← s_{t−m} + γe
 *     forecast: l + (φ + … + φ^h)·b + s
 */
import { knownMean } from './known-mean.ts';
import { arrayIn, numberIn, type Parameters, savedNumber } from './parameters.ts';
import { type PointForecaster, slotOf, smoothingHalfWidth, type Transformed } from './point-forecaster.ts';

const ALPHAS = [0.05, 0.1, 0.2, 0.4, 0.7];
const BETAS = [0, 0.01];
const GAMMAS = [0.02, 0.1, 0.3];
const PHI = 0.98;
/** Origins at which the grid is compared; more would not change the choice and cost time. */
const MOST_ORIGINS = 2000;

export function fitHoltWinters(series: Transformed, seasons: readonly number[], horizonSteps: number): Parameters {
  const usable = seasons.filter((m) => m > 1 && m * 2 <= series.z.length);
  // The grid must not be judged on the steps that a first shape was taken from, and all on the same steps.
  const from = Math.max(2 * (usable.at(-1) ?? 1), Math.floor(series.z.length / 2));
  const older = { ...series, z: series.z.subarray(0, from) };
  const shapes = (usable.length > 0 ? usable : [1]).map((m) => initialSeason(older, m));
  let best: { parameters: Parameters; error: number } | undefined;
  for (const shape of shapes) {
    for (const alpha of ALPHAS) {
      for (const beta of BETAS) {
        for (const gamma of shape.length > 1 ? GAMMAS : [0]) {
          const parameters = { alpha, beta, gamma, level: shape.level, initialSeason: shape.season };
          const error = gridError(series, parameters, horizonSteps, from);
          if (!best || error < best.error) best = { parameters, error };
        }
      }
    }
  }
  return best!.parameters;
}

/** Mean deviation of each slot from the mean of its own cycle, smoothed over neighbours where a season has many slots. */
function initialSeason(series: Transformed, m: number): { length: number; season: Float64Array; level: number } {
  const { z, firstStep } = series;
  const sums = new Float64Array(m);
  const counts = new Float64Array(m);
  let level = Number.NaN;
  for (let start = 0; start < z.length; start += m) {
    const mean = knownMean(z.subarray(start, start + m));
    if (Number.isNaN(mean)) continue;
    if (Number.isNaN(level)) level = mean;
    if (z.length - start < m && start > 0) break;
    for (let t = start; t < Math.min(z.length, start + m); t++) {
      if (Number.isNaN(z[t]!)) continue;
      const slot = slotOf(firstStep + t, m);
      sums[slot]! += z[t]! - mean;
      counts[slot]! += 1;
    }
  }
  if (m === 1) return { length: 1, season: new Float64Array(1), level };
  return { length: m, season: smoothCircle(sums, counts, smoothingHalfWidth(m)), level };
}

function smoothCircle(sums: Float64Array, counts: Float64Array, half: number): Float64Array {
  const m = sums.length;
  const season = sums.map((_, slot) => {
    let [sum, n] = [0, 0];
    for (let k = slot - half; k <= slot + half; k++) {
      sum += sums[slotOf(k, m)]!;
      n += counts[slotOf(k, m)]!;
    }
    return n > 0 ? sum / n : 0;
  });
  const centre = knownMean(season);
  return season.map((s) => s - centre);
}

/** Mean absolute error at the first, middle and last step of the horizon, from `fromIndex` on. */
function gridError(series: Transformed, parameters: Parameters, horizonSteps: number, fromIndex: number): number {
  const { z, firstStep } = series;
  const state = newState(parameters, firstStep);
  const ahead = [1, Math.ceil(horizonSteps / 2), horizonSteps];
  const from = Math.max(1, Math.min(fromIndex, z.length - horizonSteps - 1));
  const stride = Math.max(1, Math.floor((z.length - from) / MOST_ORIGINS));
  let [sum, n] = [0, 0];
  for (let t = 0; t < z.length; t++) {
    step(state, z[t]!);
    if (t < from - 1 || (t - from + 1) % stride !== 0) continue;
    for (const h of ahead) {
      const error = Math.abs((z[t + h] ?? Number.NaN) - at(state, h));
      if (Number.isNaN(error)) continue;
      sum += error;
      n += 1;
    }
  }
  return n > 0 ? sum / n : Number.POSITIVE_INFINITY;
}

interface State {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly season: Float64Array;
  level: number;
  trend: number;
  /** Absolute number of the next step. */
  next: number;
}

function newState(parameters: Parameters, firstStep: number): State {
  return {
    alpha: numberIn(parameters, 'alpha'),
    beta: numberIn(parameters, 'beta'),
    gamma: numberIn(parameters, 'gamma'),
    season: arrayIn(parameters, 'initialSeason'),
    level: numberIn(parameters, 'level'),
    trend: savedNumber(parameters, 'trend') ?? 0,
    next: firstStep,
  };
}

/** A missing step moves the level along the damped trend and teaches nothing. */
function step(state: State, z: number): void {
  const slot = slotOf(state.next, state.season.length);
  const trend = PHI * state.trend;
  const expected = state.level + trend + state.season[slot]!;
  const error = Number.isNaN(z) ? 0 : z - expected;
  state.level += trend + state.alpha * error;
  state.trend = trend + state.beta * error;
  state.season[slot]! += state.gamma * error;
  state.next += 1;
}

function at(state: State, ahead: number): number {
  const damped = (PHI * (1 - PHI ** ahead)) / (1 - PHI);
  return state.level + damped * state.trend + state.season[slotOf(state.next + ahead - 1, state.season.length)]!;
}

export function startHoltWinters(parameters: Parameters, firstStep: number): PointForecaster {
  const state = newState(parameters, firstStep);
  return {
    observe: (z) => step(state, z),
    save() {
      const { alpha, beta, gamma, level, trend, season } = state;
      return { alpha, beta, gamma, level, trend, initialSeason: season.slice() };
    },
    predict(out) {
      let [damped, factor] = [0, 1];
      let slot = slotOf(state.next, state.season.length);
      for (let i = 0; i < out.length; i++) {
        factor *= PHI;
        damped += factor;
        out[i] = state.level + damped * state.trend + state.season[slot]!;
        slot = slot + 1 === state.season.length ? 0 : slot + 1;
      }
    },
  };
}
