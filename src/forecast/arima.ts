/**
 * Harmonics of day and week with ARMA(p,q) errors: the linear forecaster. Seasons of a thousand steps are out of reach
 * of seasonal ARIMA, so the regular part is regression and only the errors go to the arima package. Refitted by the slow
 * clock, filtered in between.
 */
import type { ArimaEngine, ArimaFit } from '../domain/engines.ts';
import { startArmaFilter } from './arma-filter.ts';
import { fitFourier, fourierCurve } from './fourier.ts';
import { arrayIn, numberIn, type Parameters } from './parameters.ts';
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
  const order: readonly [number, number] = earlier
    ? [arrayIn(earlier, 'arma.phi').length, arrayIn(earlier, 'arma.theta').length]
    : chooseOrder(errors.subarray(-MOST_SCREENED), engine);
  const fit = fittedOr(engine, errors, order);
  return {
    ...regular,
    'arma.phi': fit.phi,
    'arma.theta': fit.theta,
    'arma.mean': fit.mean,
    'arma.variance': fit.variance,
  };
}

type Fitted = Extract<ArimaFit, { kind: 'fitted' }>;

function chooseOrder(errors: Float64Array, engine: ArimaEngine): readonly [number, number] {
  let best: { order: readonly [number, number]; aic: number } | undefined;
  let message = '';
  for (const order of ORDERS) {
    const fit = engine.fit({ values: errors, p: order[0], q: order[1], effort: 'screen' });
    if (fit.kind === 'rejected') message = fit.message;
    else if (!best || fit.aic < best.aic) best = { order, aic: fit.aic };
  }
  if (!best) throw new Error(`no order could be fitted: ${message}`);
  return best.order;
}

/** The order asked for, else the two that hardly ever fail. */
function fittedOr(engine: ArimaEngine, values: Float64Array, order: readonly [number, number]): Fitted {
  let message = '';
  for (const [p, q] of [order, [2, 0] as const, [1, 0] as const]) {
    const fit = engine.fit({ values, p, q, effort: 'full' });
    if (fit.kind === 'fitted') return fit;
    message ||= `ARMA(${p},${q}): ${fit.message}`;
  }
  throw new Error(message);
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

export function startArima(parameters: Parameters, firstStep: number): PointForecaster {
  const curve = fourierCurve(parameters);
  const filter = startArmaFilter({
    phi: arrayIn(parameters, 'arma.phi'),
    theta: arrayIn(parameters, 'arma.theta'),
    mean: numberIn(parameters, 'arma.mean'),
  });
  let next = firstStep;
  return {
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
