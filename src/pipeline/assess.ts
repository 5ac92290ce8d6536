/** What one workload's load needs: by forecast over the protection window, and by the last complete step. */
import { demandOver, expectedOver, reactiveDemand } from '../capacity/demand.ts';
import { replicasFor } from '../capacity/replicas-for.ts';
import type { CapacityModel, Demand } from '../domain/capacity.ts';
import type { WorkloadFacts } from '../domain/facts.ts';
import type { Forecast, OnlineForecaster } from '../domain/forecast.ts';
import { endMs, knownBy, type TimeSeries } from '../domain/time-series.ts';
import { type EventEffect, eventEffects, largestOf } from './events.ts';
import { protectionWindow, type Window } from './window.ts';

export interface Assessment {
  readonly capacity?: CapacityModel;
  readonly forecast?: Forecast;
  readonly demand?: Demand;
  readonly reactive?: Demand;
  readonly events: readonly EventEffect[];
  readonly byForecast?: number;
  readonly byReaction?: number;
  /** Replicas that the mean of the forecast needs over the window, and before new replicas can be ready. */
  readonly byMean?: number;
  readonly byMeanEarly?: number;
  /** The larger of forecast and reaction; undefined when neither is known. */
  readonly needed?: number;
}

/** A forecast that reaches over the window, even when the forecaster lags behind the series. */
function forecastOver(forecaster: OnlineForecaster, series: TimeSeries, untilMs: number, level: number): Forecast {
  const levels = [level];
  const steps = (fromMs: number) => Math.max(1, Math.ceil((untilMs - fromMs) / series.stepMs));
  const forecast = forecaster.forecast(steps(endMs(series)), levels);
  const missing = steps(forecast.startMs) > forecast.mean.length;
  return missing ? forecaster.forecast(steps(forecast.startMs), levels) : forecast;
}

function byForecast(
  facts: WorkloadFacts,
  capacity: CapacityModel,
  series: TimeSeries,
  window: Window,
  level: number,
): Assessment {
  const { spec, forecaster, startUp } = facts;
  if (!forecaster) return { events: [] };
  const forecast = forecastOver(forecaster, series, window.endMs, level);
  const earlyMs = startUp.p99Ms - startUp.p90Ms;
  const events = eventEffects(spec, facts.uplifts, series, forecast, window, level, earlyMs);
  const shape = events.length > 0 ? largestOf(events) : undefined;
  const demand = demandOver(forecast, level, window.startMs, window.endMs, shape);
  const early = window.startMs + startUp.p50Ms;
  return {
    forecast,
    demand,
    events,
    byForecast: replicasFor(capacity, demand.load),
    byMean: replicasFor(capacity, expectedOver(forecast, window.startMs, window.endMs)),
    byMeanEarly: replicasFor(capacity, expectedOver(forecast, window.startMs, early)),
  };
}

/**
 * Both needs of a workload. Nothing is known without a capacity model or without a series of its driver.
 *
 * @param level - quantile of the load that is planned with
 */
export function assess(facts: WorkloadFacts, nowMs: number, loopMs: number, level: number): Assessment {
  const { capacity } = facts;
  const series = capacity && facts.series[capacity.driver];
  if (!capacity || capacity.source === 'none' || !series) return { events: [] };
  const known = knownBy(series, nowMs);
  const window = protectionWindow(nowMs, facts.startUp.p90Ms, loopMs);
  const forecast = byForecast(facts, capacity, known, window, level);
  const reactive = reactiveDemand(known);
  const byReaction = reactive && replicasFor(capacity, reactive.load);
  const needs = [forecast.byForecast, byReaction].filter((need) => need !== undefined);
  return {
    ...forecast,
    capacity,
    ...(reactive && { reactive }),
    ...(byReaction !== undefined && { byReaction }),
    ...(needs.length > 0 && { needed: Math.max(...needs) }),
  };
}
