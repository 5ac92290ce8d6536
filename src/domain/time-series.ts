/**
 * A regular series: `values[i]` belongs to `[startMs + i·stepMs, startMs + (i+1)·stepMs)` and is known
 * only when that step is over. NaN is a missing sample; it is never a zero.
 */
export interface TimeSeries {
  readonly startMs: number;
  readonly stepMs: number;
  readonly values: Float64Array;
}

/** The first instant behind the series: every value in it is known at this time. */
export function endMs(series: TimeSeries): number {
  return series.startMs + series.values.length * series.stepMs;
}

/** The part of a series that is known at `nowMs`: only steps that ended by then. Shares memory with `series`. */
export function knownBy(series: TimeSeries, nowMs: number): TimeSeries {
  const complete = Math.floor((nowMs - series.startMs) / series.stepMs);
  const length = Math.max(0, Math.min(series.values.length, complete));
  return { startMs: series.startMs, stepMs: series.stepMs, values: series.values.subarray(0, length) };
}

/** The last value that is not missing, with the end of its step; undefined when every value is missing. */
export function lastSample(series: TimeSeries): { readonly value: number; readonly atMs: number } | undefined {
  for (let i = series.values.length - 1; i >= 0; i--) {
    const value = series.values[i]!;
    if (!Number.isNaN(value)) return { value, atMs: series.startMs + (i + 1) * series.stepMs };
  }
  return undefined;
}

/** The part of a series from its first sample on; all of it when it holds none. Shares memory with `series`. */
export function sinceFirstSample(series: TimeSeries): TimeSeries {
  const { startMs, stepMs, values } = series;
  const skip = Math.max(
    0,
    values.findIndex((value) => !Number.isNaN(value)),
  );
  return skip === 0 ? series : { startMs: startMs + skip * stepMs, stepMs, values: values.subarray(skip) };
}
