import { endMs, type TimeSeries } from '../domain/time-series.ts';

/** Steps of several series side by side, oldest first; NaN where one is missing. */
export interface Observations {
  readonly stepMs: number;
  readonly requests: Float64Array;
  readonly cpu: Float64Array;
  readonly latency: Float64Array;
  readonly replicas: Float64Array;
}

type Columns = { readonly [column in Exclude<keyof Observations, 'stepMs'>]?: TimeSeries };

/** One column over the common span, by whole steps; the series share the step and its phase. */
function column(series: TimeSeries | undefined, startMs: number, length: number): Float64Array {
  const values = new Float64Array(length).fill(Number.NaN);
  if (!series) return values;
  const offset = Math.round((series.startMs - startMs) / series.stepMs);
  const first = Math.max(0, offset);
  const end = Math.min(length, offset + series.values.length);
  if (end > first) values.set(series.values.subarray(first - offset, end - offset), first);
  return values;
}

/** Lays the series side by side over the span of `requests`; undefined without requests. */
export function observationsOf(series: Columns): Observations | undefined {
  const { requests } = series;
  if (!requests || requests.values.length === 0) return undefined;
  const { startMs, stepMs } = requests;
  const length = Math.round((endMs(requests) - startMs) / stepMs);
  return {
    stepMs,
    requests: requests.values,
    cpu: column(series.cpu, startMs, length),
    latency: column(series.latency, startMs, length),
    replicas: column(series.replicas, startMs, length),
  };
}
