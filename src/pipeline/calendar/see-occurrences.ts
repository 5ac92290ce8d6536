/** What each past occurrence did to the load of one workload. */
import type { CalendarEvent, Occurrence, SeenOccurrence, Span } from '../../domain/calendar.ts';
import type { WallClock } from '../../domain/forecast.ts';
import { endMs, type TimeSeries } from '../../domain/time-series.ts';
import { type Part, partsAfter, partsOf } from './course.ts';
import { occurrencesBetween } from './occurrences.ts';
import { type OrdinaryLoad, ordinaryLoad, valueAt } from './ordinary-load.ts';

/** An occurrence of which less was seen teaches nothing. */
const LEAST_SEEN = 0.5;
/** At most so many samples of a part are looked at: an event of days has thousands. */
const MOST_SAMPLES = 30;
/** As a share of the ordinary load: an event that stops the load has a logarithm too. */
const LEAST_LOAD = 0.01;

/** Log of the load over the ordinary load in a part, in place by what is known of both; null when nothing is. */
function logRatio(series: TimeSeries, ordinary: OrdinaryLoad, { fromMs, untilMs }: Part): number | null {
  const strideMs = series.stepMs * Math.max(1, Math.floor((untilMs - fromMs) / series.stepMs / MOST_SAMPLES));
  let [load, usual] = [0, 0];
  for (let ms = fromMs; ms < untilMs; ms += strideMs) {
    const value = valueAt(series, ms);
    const without = value === undefined ? undefined : ordinary(ms);
    if (value === undefined || without === undefined) continue;
    load += value;
    usual += without;
  }
  return usual > 0 ? Math.log(Math.max(load / usual, LEAST_LOAD)) : null;
}

/** Mean over the parts that are known, by their length. */
function meanOver(parts: readonly Part[], values: readonly (number | null)[]): { mean: number; share: number } {
  let [sum, known, all] = [0, 0, 0];
  parts.forEach(({ fromMs, untilMs }, i) => {
    all += untilMs - fromMs;
    if (values[i] === null) return;
    sum += values[i]! * (untilMs - fromMs);
    known += untilMs - fromMs;
  });
  return { mean: sum / known, share: known / all };
}

function shifted({ fromMs, untilMs }: Part, byMs: number): Part {
  return { fromMs: fromMs + byMs, untilMs: untilMs + byMs };
}

/** Behind the end only up to the next event and to what is known. */
function afterOf(
  series: TimeSeries,
  ordinary: OrdinaryLoad,
  end: number,
  others: readonly Span[],
): SeenOccurrence['after'] {
  const next = Math.min(endMs(series), ...others.map(({ startMs }) => startMs).filter((ms) => ms >= end));
  return partsAfter.map((part) => {
    const moved = shifted(part, end);
    return moved.untilMs <= next ? logRatio(series, ordinary, moved) : null;
  });
}

function seen(
  series: TimeSeries,
  clock: WallClock | undefined,
  occurrence: Occurrence,
  all: readonly Occurrence[],
): readonly SeenOccurrence[] {
  const { name, type, startMs, endMs: end } = occurrence;
  const overlaps = all.some((other) => other !== occurrence && other.startMs < end && other.endMs > startMs);
  // Two at once cannot be told apart.
  if (overlaps) return [];
  const ordinary = ordinaryLoad({ series, events: all, ...(clock && { clock }) }, occurrence);
  const parts = partsOf(end - startMs);
  const values = parts.map((part) => logRatio(series, ordinary, shifted(part, startMs)));
  const { mean, share } = meanOver(parts, values);
  if (!(share >= LEAST_SEEN)) return [];
  return [{ name, type, startMs, endMs: end, mean, parts: values, after: afterOf(series, ordinary, end, all) }];
}

/** What is behind an event is looked at once more this long after it is over. */
const LATEST_LOOK_MS = 2 * 3_600_000;

/** Longer ago than any event lasts. */
const LONGEST_MS = 30 * 86_400_000;

/**
 * Every occurrence of the calendar that is over by the end of the series and of which enough was seen; the oldest first.
 *
 * @param before - seen earlier: they are left out, but for those whose hours behind the end were not over then
 */
export function seeOccurrences(
  series: TimeSeries,
  events: readonly CalendarEvent[],
  clock?: WallClock,
  before: readonly SeenOccurrence[] = [],
): readonly SeenOccurrence[] {
  const end = endMs(series);
  const all = occurrencesBetween(events, series.startMs - LONGEST_MS, end);
  const settledMs = end - partsAfter[partsAfter.length - 1]!.untilMs - LATEST_LOOK_MS;
  const settled = new Set(
    before.filter((each) => each.endMs <= settledMs).map(({ name, startMs }) => `${startMs} ${name}`),
  );
  return all
    .filter(({ name, startMs }) => startMs >= series.startMs && !settled.has(`${startMs} ${name}`))
    .filter((occurrence) => occurrence.endMs <= end)
    .flatMap((occurrence) => seen(series, clock, occurrence, all));
}
