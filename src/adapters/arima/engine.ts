/**
 * The arima package behind a guard: what it is known to do wrong is refused before the call or rejected after it.
 * Never p = q = 0 (uninitialised memory), no differencing, no regressors, no gaps, at most 8,000 values (arguments go
 * on a 64 KB stack), CSS-ML with BFGS only (method 0, optimizer 5: the package's README names the methods wrongly, and
 * its default optimizer diverges on sparse bursts).
 */
import type { ArimaEngine, ArimaFit, ArimaTask } from '../../domain/engines.ts';
import { type ArimaModule, type FittedStruct, instantiateArima } from './wasm-module.ts';

const FEWEST_VALUES = 200;
const MOST_VALUES = 8000;
const MOST_ORDER = 3;
/** A season of 96 takes 39 s, one of 288 traps. */
const MOST_SEASON = 48;
/** Deviation over magnitude below which a series counts as constant. */
const CONSTANT = 1e-9;
const CHECK_STEPS = 12;
const METHODS = { full: 0, screen: 2 } as const;
const BFGS = 5;
const CONVERGED = 1;

/** One engine per thread. */
export function createArimaEngine(instantiate: () => ArimaModule = instantiateArima): ArimaEngine {
  let module: ArimaModule | undefined;
  return {
    fit(task) {
      const problem = refusal(task);
      if (problem) return rejected(problem);
      try {
        module ??= instantiate();
        return fitWith(module, task);
      } catch (error) {
        module = undefined;
        return rejected(`the arima code failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

function rejected(message: string): ArimaFit {
  return { kind: 'rejected', message };
}

function refusal({ values, p, q, season }: ArimaTask): string | undefined {
  if (![p, q].every((order) => Number.isInteger(order) && order >= 0 && order <= MOST_ORDER) || p + q === 0) {
    return `order (${p},0,${q}): expected whole numbers up to ${MOST_ORDER}, not both 0`;
  }
  if (season !== undefined && !(Number.isInteger(season) && season > MOST_ORDER && season <= MOST_SEASON)) {
    return `season ${season}: expected a whole number from ${MOST_ORDER + 1} to ${MOST_SEASON}`;
  }
  if (values.length < FEWEST_VALUES || values.length > MOST_VALUES) {
    return `${values.length} values: expected ${FEWEST_VALUES} to ${MOST_VALUES}`;
  }
  const hole = values.findIndex((value) => !Number.isFinite(value));
  return hole >= 0 ? `value ${hole} is ${values[hole]}: expected finite numbers` : undefined;
}

function fitWith(module: ArimaModule, task: ArimaTask): ArimaFit {
  const { centre, deviation } = moments(task.values);
  if (!(deviation > CONSTANT * Math.max(1, Math.abs(centre)))) return rejected('the series is constant');
  const scaled = Array.from(task.values, (value) => (value - centre) / deviation);
  const options = optionsFor(task);
  const model = module.create(options);
  try {
    model.train(scaled);
    const struct = module.read(model, options, scaled.length);
    const phi = multiplyOut(struct.phi, struct.seasonalPhi, options.s);
    const theta = multiplyOut(struct.theta, struct.seasonalTheta, options.s);
    const problem = fitProblem(struct, phi, theta) ?? forecastProblem(model.predict(CHECK_STEPS), scaled);
    if (problem) return rejected(problem);
    return {
      kind: 'fitted',
      phi,
      theta,
      mean: centre + deviation * struct.mean,
      variance: deviation ** 2 * struct.variance,
      aic: aicOf(task, struct),
    };
  } finally {
    model.destroy();
  }
}

function optionsFor({ p, q, season, effort }: ArimaTask): Parameters<ArimaModule['create']>[0] {
  const seasonal = season === undefined ? { P: 0, Q: 0, s: 0 } : { P: 1, Q: 1, s: season };
  return { p, d: 0, q, ...seasonal, D: 0, method: METHODS[effort], optimizer: BFGS, verbose: false };
}

/** `1 − Σ c_k·B^k = (1 − Σ a_i·B^i)·(1 − b·B^s)`. */
function multiplyOut(plain: Float64Array, seasonal: Float64Array, s: number): Float64Array {
  if (seasonal.length === 0) return plain;
  const b = seasonal[0]!;
  const product = new Float64Array(plain.length + s);
  product.set(plain);
  product[s - 1]! += b;
  for (let i = 0; i < plain.length; i++) product[s + i]! -= b * plain[i]!;
  return product;
}

/** Conditional least squares leaves the struct's AIC unset, so it is made from the variance; only good among screened fits. */
function aicOf({ values, p, q, season, effort }: ArimaTask, struct: FittedStruct): number {
  if (effort === 'full') return struct.aic;
  return values.length * Math.log(struct.variance) + 2 * (p + q + (season === undefined ? 0 : 2) + 2);
}

function moments(values: Float64Array): { centre: number; deviation: number } {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    centre,
    deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length),
  };
}

function fitProblem(
  { mean, variance, returnCode }: FittedStruct,
  phi: Float64Array,
  theta: Float64Array,
): string | undefined {
  if (returnCode !== CONVERGED) return `the optimiser ended with code ${returnCode}`;
  if (![...phi, ...theta, mean, variance].every(Number.isFinite)) return 'a coefficient is not finite';
  if (variance <= 0) return `the variance is ${variance}`;
  if (!isStable(phi)) return 'the autoregressive part is not stationary';
  if (!isStable(theta)) return 'the moving-average part is not invertible';
  return undefined;
}

/** All roots outside the unit circle: every partial autocorrelation of the Durbin-Levinson recursion, run backwards, is below 1. */
function isStable(coefficients: Float64Array): boolean {
  let a = Array.from(coefficients);
  while (a.length > 0) {
    const reflection = a[a.length - 1]!;
    if (Math.abs(reflection) >= 1) return false;
    const shrink = 1 - reflection * reflection;
    a = a.slice(0, -1).map((value, i) => (value + reflection * a[a.length - 2 - i]!) / shrink);
  }
  return true;
}

/** Beyond the range of the data widened by half a forecast has run away. */
function forecastProblem([means, variances]: [number[], number[]], values: readonly number[]): string | undefined {
  if (![...means, ...variances].every(Number.isFinite)) return 'a forecast is not finite';
  if (variances.some((variance) => variance <= 0)) return 'a forecast variance is not positive';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) / 2;
  const away = means.find((value) => value < low - margin || value > high + margin);
  return away === undefined ? undefined : 'a forecast leaves the range of the data';
}
