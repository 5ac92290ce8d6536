/**
 * Goes through the past as if it were happening: at each origin every model forecasts from what was known then, and
 * refits learn from nothing later.
 *
 *     |—— known at the first origin ——|·|·|·|·|·|—— horizon ——|
 *      fit                             ↑ observe, forecast; refit at every refitEvery-th origin
 *
 * The models are those of production, fitted by the same function and followed by the same online forecasters.
 */
import type {
  FitRequest,
  FittedModel,
  FittedSeries,
  Forecast,
  ForecasterName,
  Mark,
  OnlineForecaster,
} from '../domain/forecast.ts';
import { forecasterNames } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { scoringLevels } from './levels.ts';
import type { Origins } from './origins.ts';

/** What the roll needs from the forecast stage. */
export interface Forecasting {
  /** Rejects when nothing can be learned from the series. */
  fit(request: FitRequest): Promise<FittedSeries>;
  start(
    model: FittedModel,
    history: TimeSeries,
    fitted: FittedSeries,
    markAt: (index: number) => Mark,
  ): OnlineForecaster;
}

export interface RollRequest extends Omit<FitRequest, 'acting' | 'previous'> {
  readonly origins: Origins;
}

export interface Roll {
  readonly request: RollRequest;
  /** Forecasts of each model by origin; undefined where it could not be fitted. */
  readonly forecasts: { readonly [model in ForecasterName]?: readonly (Forecast | undefined)[] };
  /** The model that the gate let act, by origin. */
  readonly acting: readonly ForecasterName[];
  /** What each refit found, oldest first. */
  readonly fits: readonly FittedSeries[];
}

/**
 * @param onOrigin - told how many origins are done
 * @throws RangeError when an origin does not have its whole horizon in the history (caller bug)
 */
export async function rollOrigins(
  request: RollRequest,
  forecasting: Forecasting,
  onOrigin?: (done: number) => void,
): Promise<Roll> {
  const { history, horizonSteps, origins } = request;
  if (origins.known.some((known) => known < 1 || known + horizonSteps > history.values.length)) {
    throw new RangeError(`${request.id}: every origin needs history before it and ${horizonSteps} steps behind it`);
  }
  const levels = scoringLevels(request.levels);
  const made = new Map<ForecasterName, (Forecast | undefined)[]>();
  const acting: ForecasterName[] = [];
  const fits: FittedSeries[] = [];
  let running = new Map<ForecasterName, OnlineForecaster>();
  for (const [i, known] of origins.known.entries()) {
    if (i % origins.refitEvery === 0) {
      fits.push(await refit(request, known, forecasting, fits.at(-1)));
      running = startAll(request, known, forecasting, fits.at(-1)!);
    } else {
      observeAll(running, request, origins.known[i - 1]!, known);
    }
    for (const [model, forecaster] of running) {
      forecastsOf(made, model, origins.known.length)[i] = forecaster.forecast(horizonSteps, levels);
    }
    acting.push(fits.at(-1)!.acting);
    onOrigin?.(i + 1);
  }
  return { request, forecasts: Object.fromEntries(made), acting, fits };
}

/** The part of a history that is known at an origin. A copy: nothing behind the origin is within reach, not even by its buffer. */
function knownAt(history: TimeSeries, known: number): TimeSeries {
  return { ...history, values: history.values.slice(0, known) };
}

function refit(
  { origins: _, marks, ...request }: RollRequest,
  known: number,
  forecasting: Forecasting,
  before: FittedSeries | undefined,
): Promise<FittedSeries> {
  const history = knownAt(request.history, known);
  return forecasting.fit({
    ...request,
    history,
    ...(marks && { marks: marks.slice(0, known) }),
    ...(before && { acting: before.acting, previous: before }),
  });
}

function startAll(
  { history, marks }: RollRequest,
  known: number,
  { start }: Forecasting,
  fitted: FittedSeries,
): Map<ForecasterName, OnlineForecaster> {
  const past = knownAt(history, known);
  const markAt = (index: number) => marks?.[index] ?? 'ok';
  return new Map(
    forecasterNames.flatMap((name) => {
      const model = fitted.models[name];
      return model ? [[name, start(model, past, fitted, markAt)] as const] : [];
    }),
  );
}

function observeAll(
  running: ReadonlyMap<ForecasterName, OnlineForecaster>,
  { history: { values }, marks }: RollRequest,
  from: number,
  to: number,
): void {
  for (const forecaster of running.values())
    for (let t = from; t < to; t++) forecaster.observe(values[t]!, marks?.[t] ?? 'ok');
}

function forecastsOf(
  made: Map<ForecasterName, (Forecast | undefined)[]>,
  model: ForecasterName,
  origins: number,
): (Forecast | undefined)[] {
  const list = made.get(model) ?? new Array<Forecast | undefined>(origins).fill(undefined);
  made.set(model, list);
  return list;
}
