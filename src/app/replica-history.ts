/**
 * Ready replicas over time, noted by the loop itself: what latency and usage per replica are learned against. A step
 * in which no round was made is missing.
 */
import { endMs, type TimeSeries } from '../domain/time-series.ts';

/**
 * The series with `ready` in the step that holds `nowMs`; the last note of a step counts.
 *
 * @param windowMs - what is older falls off
 */
export function noteReplicas(
  series: TimeSeries | undefined,
  ready: number,
  nowMs: number,
  stepMs: number,
  windowMs: number,
): TimeSeries {
  const stepStart = Math.floor(nowMs / stepMs) * stepMs;
  if (!series || series.stepMs !== stepMs || stepStart < series.startMs) {
    return { startMs: stepStart, stepMs, values: Float64Array.of(ready) };
  }
  if (stepStart < endMs(series)) {
    series.values[(stepStart - series.startMs) / stepMs] = ready;
    return series;
  }
  return extended(series, ready, stepStart, windowMs);
}

function extended(
  { startMs, stepMs, values }: TimeSeries,
  ready: number,
  stepStart: number,
  windowMs: number,
): TimeSeries {
  const start = Math.max(startMs, stepStart + stepMs - Math.floor(windowMs / stepMs) * stepMs);
  const grown = new Float64Array((stepStart - start) / stepMs + 1).fill(Number.NaN);
  const kept = values.subarray(Math.min(values.length, (start - startMs) / stepMs));
  grown.set(kept);
  grown[grown.length - 1] = ready;
  return { startMs: start, stepMs, values: grown };
}
