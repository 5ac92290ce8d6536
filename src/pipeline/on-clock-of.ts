import type { WallClock } from '../domain/forecast.ts';
import type { Marked } from '../forecast/fleet/borrowed-past.ts';
import { offsetAt } from './calendar/wall-clock.ts';

/**
 * What one workload had when its clock on the wall showed what the other's shows: people in Tokyo come at nine as those in
 * Berlin do. What those in the west do next is not known yet, and is missing.
 *
 * @param theirs - clock of the series; UTC when absent
 * @param own - clock of the result
 */
export function onClockOf(donor: Marked, theirs: WallClock | undefined, own: WallClock | undefined): Marked {
  if (theirs?.zone === own?.zone) return donor;
  const { series, marks } = donor;
  const offset = (clock: WallClock | undefined, ms: number) => (clock ? offsetAt(clock, ms) : 0);
  const at = Array.from(series.values, (_, i) => {
    const ms = series.startMs + i * series.stepMs;
    return i + Math.round((offset(own, ms) - offset(theirs, ms)) / series.stepMs);
  });
  return {
    series: { ...series, values: Float64Array.from(at, (index) => series.values[index] ?? Number.NaN) },
    marks: at.map((index) => marks[index] ?? 'ok'),
  };
}
