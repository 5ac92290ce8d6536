/** Known history and new steps as one series. */
import { endMs, type TimeSeries } from '../domain/time-series.ts';

/**
 * The window from `startMs` to the later of both ends. A fresh value replaces a known one (late samples complete a
 * step); a missing one never does. Neither argument is changed; where nothing new came, `known` itself is returned.
 *
 * @param known - on the grid of `fresh`
 * @param startMs - on the grid; what is older falls out
 */
export function merge(known: TimeSeries | undefined, fresh: TimeSeries, startMs: number): TimeSeries {
  if (known && endMs(known) <= startMs) return merge(undefined, fresh, startMs);
  const { stepMs } = fresh;
  const end = Math.max(known ? endMs(known) : startMs, endMs(fresh));
  const first = Math.max(startMs, Math.min(known?.startMs ?? fresh.startMs, fresh.startMs));
  const values = new Float64Array(Math.max(0, Math.round((end - first) / stepMs))).fill(Number.NaN);
  if (known) values.set(...placed(known, first));
  const [added, offset] = placed(fresh, first);
  added.forEach((value, i) => {
    if (!Number.isNaN(value)) values[offset + i] = value;
  });
  return unchanged(known, first, values) ? known : { startMs: first, stepMs, values };
}

/** The values of a series that are not older than `firstMs`, and where they go in an array that begins there. */
function placed(series: TimeSeries, firstMs: number): [values: Float64Array, offset: number] {
  const offset = Math.round((series.startMs - firstMs) / series.stepMs);
  return offset >= 0 ? [series.values, offset] : [series.values.subarray(Math.min(-offset, series.values.length)), 0];
}

function unchanged(known: TimeSeries | undefined, startMs: number, values: Float64Array): known is TimeSeries {
  if (known?.startMs !== startMs || known.values.length !== values.length) return false;
  return known.values.every((value, i) => Object.is(value, values[i]));
}
