/**
 * Harmonics of day and week with ARMA(p,q) errors: the linear forecaster. Seasons of a thousand steps are out of reach
 * of seasonal ARIMA, so the regular part is regression and only the errors go to the arima package. Refitted by the slow
 * clock, filtered in between.
 */
import type { ArimaEngine, ArimaFit, ArimaTask } from '../domain/engines.ts';
import { startArmaFilter } from './arma-filter.ts';
import { fitFourier, fourierCurve } from './fourier.ts';
import { arrayIn, numberIn, type Parameters, savedArray } from './parameters.ts';
import type { PointForecaster, Transformed } from './point-forecaster.ts';

/** Compared by AIC. Never (0,0): the package answers it from uninitialised memory. */
const ORDERS = [
  [1, 0],
  [2, 0],
  [3, 0],
  [1, 1],
  [2, 1],
  [1, 2],
  [2, 2],
] as const;
/** Longer seasons are left to the harmonics: the package needs half a minute for 96 steps. */
const LONGEST_SEASON = 48;
const LEAST_SHIFT_GAIN = -0.1;
const MOST_VALUES = 4000;
const MOST_SCREENED = 1500;
const FEWEST_VALUES = 200;
const MOST_MISSING = 0.2;
/** A load that is closed at night has long holes and long runs between them. */
const FEWEST_IN_RUN = 24;

/** @throws Error with the reason when the errors cannot be fitted safely */
export function fitArima(
  series: Transformed,
  seasons: readonly number[],
  engine: ArimaEngine,
  earlier?: Parameters,
): Parameters {
  const regular = fitFourier(series, seasons);
  const curve = fourierCurve(regular);
  const errors = fillGaps(series.z.map((z, t) => z - curve(series.firstStep + t)).subarray(-MOST_VALUES));
  const order = earlier ? readOrder(earlier) : chooseOrder(errors.subarray(-MOST_SCREENED), seasons, engine);
  const fit = fittedOr(engine, errors, order);
  return {
    ...regular,
    'arma.order': [order.p, order.q, order.season ?? 0],
    'arma.phi': fit.phi,
    'arma.theta': fit.theta,
    'arma.mean': fit.mean,
    'arma.variance': fit.variance,
  };
}

interface Order {
  readonly p: number;
  readonly q: number;
  readonly season?: number;
}

function readOrder(parameters: Parameters): Order {
  const [p, q, season] = arrayIn(parameters, 'arma.order');
  return { p: p!, q: q!, ...(season ? { season } : {}) };
}

type Fitted = Extract<ArimaFit, { kind: 'fitted' }>;

/** By AIC; with a short season also with terms at its lag. */
function chooseOrder(errors: Float64Array, seasons: readonly number[], engine: ArimaEngine): Order {
  const short = seasons.find((m) => m > 3 && m <= LONGEST_SEASON && m * 4 <= errors.length);
  const orders: Order[] = ORDERS.flatMap(([p, q]) =>
    short
      ? [
          { p, q },
          { p, q, season: short },
        ]
      : [{ p, q }],
  );
  let best: { order: Order; aic: number } | undefined;
  let message = '';
  for (const order of orders) {
    const fit = fitOnce(engine, { values: errors, ...order, effort: 'screen' });
    if (fit.kind === 'rejected') message = fit.message;
    else if (!best || fit.aic < best.aic) best = { order, aic: fit.aic };
  }
  if (!best) throw new Error(`no order could be fitted: ${message}`);
  return best.order;
}

/** The order asked for, else the two that hardly ever fail. Exact likelihood costs a second with seasonal terms. */
function fittedOr(engine: ArimaEngine, values: Float64Array, order: Order): Fitted {
  let message = '';
  for (const tried of [order, { p: 2, q: 0 }, { p: 1, q: 0 }] as const) {
    const fit = fitOnce(engine, { values, ...tried, effort: 'season' in tried ? 'screen' : 'full' });
    if (fit.kind === 'fitted') return fit;
    message ||= `ARMA(${tried.p},${tried.q}): ${fit.message}`;
  }
  throw new Error(message);
}

/**
 * Also rejects what would answer a lasting shift of the load by forecasting the opposite: the one-step forecast moves by
 * `1 − φ(1)/θ(1)` of a shift that stays, and nearly cancelling factors on noise can make that far below 0.
 */
function fitOnce(engine: ArimaEngine, task: ArimaTask): ArimaFit {
  const fit = engine.fit(task);
  if (fit.kind === 'rejected') return fit;
  const gain = 1 - atOne(fit.phi) / atOne(fit.theta);
  if (gain >= LEAST_SHIFT_GAIN) return fit;
  return {
    kind: 'rejected',
    message: `a lasting shift of the load would move the forecast by ${gain.toFixed(2)} of it`,
  };
}

function atOne(coefficients: Float64Array): number {
  return coefficients.reduce((sum, c) => sum - c, 1);
}

/** Straight lines through small holes; with many, the runs between them are joined. Holes are never filled from one side. */
function fillGaps(errors: Float64Array): Float64Array {
  const present = (value: number) => !Number.isNaN(value);
  const trimmed = errors.slice(errors.findIndex(present), errors.findLastIndex(present) + 1);
  const missing = trimmed.reduce((n, value) => n + (Number.isNaN(value) ? 1 : 0), 0);
  if (missing <= MOST_MISSING * trimmed.length) return interpolate(trimmed);
  const joined = joinRuns(trimmed);
  if (joined.length >= FEWEST_VALUES) return joined;
  throw new Error(`runs without a gap hold ${joined.length} steps together, ${FEWEST_VALUES} are needed`);
}

function interpolate(values: Float64Array): Float64Array {
  let last = 0;
  for (let t = 1; t < values.length; t++) {
    if (Number.isNaN(values[t]!)) continue;
    for (let k = last + 1; k < t; k++) {
      values[k] = values[last]! + ((values[t]! - values[last]!) * (k - last)) / (t - last);
    }
    last = t;
  }
  return values;
}

/** One bad transition at each join is little beside the run it closes. */
function joinRuns(values: Float64Array): Float64Array {
  const runs: Float64Array[] = [];
  let start = 0;
  for (let t = 0; t <= values.length; t++) {
    if (t < values.length && !Number.isNaN(values[t]!)) continue;
    if (t - start >= FEWEST_IN_RUN) runs.push(values.subarray(start, t));
    start = t + 1;
  }
  const joined = new Float64Array(runs.reduce((n, run) => n + run.length, 0));
  let at = 0;
  for (const run of runs) {
    joined.set(run, at);
    at += run.length;
  }
  return joined;
}

/** Steps on the way to the horizons that are asked for: forgotten behind each call, so that all series share them. */
let way = new Float64Array(0);

export function startArima(parameters: Parameters, firstStep: number): PointForecaster {
  const curve = fourierCurve(parameters);
  const coefficients = {
    phi: arrayIn(parameters, 'arma.phi'),
    theta: arrayIn(parameters, 'arma.theta'),
    mean: numberIn(parameters, 'arma.mean'),
  };
  const x = savedArray(parameters, 'arma.x');
  const filter = startArmaFilter(coefficients, x && { x, innovations: arrayIn(parameters, 'arma.innovations') });
  let next = firstStep;
  return {
    predictAt(horizons, out) {
      const last = horizons[horizons.length - 1]!;
      if (way.length < last) way = new Float64Array(last);
      const ahead = way.subarray(0, last);
      filter.predict(ahead);
      for (let i = 0; i < horizons.length; i++) out[i] = ahead[horizons[i]! - 1]! + curve(next + horizons[i]! - 1);
    },
    save() {
      const { x, innovations } = filter.save();
      return { ...parameters, 'arma.x': x, 'arma.innovations': innovations };
    },
    observe(z) {
      filter.observe(z - curve(next));
      next += 1;
    },
    predict(out) {
      filter.predict(out);
      for (let i = 0; i < out.length; i++) out[i]! += curve(next + i);
    },
  };
}
