/** What an event that is on shows of itself: its uplift is corrected by the load so far. */
import type { Course, EventUplift, Span } from '../../domain/calendar.ts';
import { endMs, type TimeSeries } from '../../domain/time-series.ts';
import { shareAt } from './course.ts';
import { type OrdinaryLoad, valueAt } from './ordinary-load.ts';

const MINUTE_MS = 60_000;
/** How far back is looked, and what is half as long ago counts half. */
const LOOK_BACK_MS = 60 * MINUTE_MS;
const HALF_MS = 15 * MINUTE_MS;
/** An event may begin late: before so long it is not expected to be weaker than it was said to be. */
const LATE_START_MS = 15 * MINUTE_MS;
/** Standard deviation of the uplift so far, however quiet the load is. */
const LEAST_NOISE = 0.03;
/** A few steps say less than many: their variance is larger by so many steps over their count. */
const FEW_STEPS = 5;
/** A figure that was taken at its word can still be wrong by so much, as a standard deviation. */
const DOUBT = 0.3;

/** An uplift, its variance, and that of the load at one time around its course. */
export interface Belief {
  readonly mean: number;
  readonly variance: number;
  readonly noise: number;
}

/** Before the event begins. */
export function expected({ mean, variance, course }: EventUplift): Belief {
  return { mean, variance, noise: course.variance };
}

interface Evidence {
  /** Means of log(load / ordinary load) and of the share of the uplift that was due. */
  readonly ratio: number;
  readonly share: number;
  readonly steps: number;
}

function evidenceOf(
  series: TimeSeries,
  ordinary: OrdinaryLoad,
  course: Course,
  { startMs, endMs: end }: Span,
): Evidence | undefined {
  const untilMs = Math.min(end, endMs(series));
  let [weights, ratio, share, steps] = [0, 0, 0, 0];
  for (let ms = Math.max(startMs, untilMs - LOOK_BACK_MS); ms < untilMs; ms += series.stepMs) {
    const [value, usual] = [valueAt(series, ms), ordinary(ms)];
    if (!value || !usual) continue;
    const weight = 0.5 ** ((untilMs - ms) / HALF_MS);
    weights += weight;
    ratio += weight * Math.log(value / usual);
    share += weight * shareAt(course, ms - startMs + series.stepMs / 2);
    steps += 1;
  }
  return steps > 0 ? { ratio: ratio / weights, share: share / weights, steps } : undefined;
}

/**
 * The posterior of the uplift after what was seen of the event so far, as one observation of mean × share.
 *
 * More load than was expected counts at once, less only when the event has had the time to begin. How far the load lies
 * from the course shows in it as well, so less and less is left to allow for.
 */
export function believed(uplift: EventUplift, series: TimeSeries, ordinary: OrdinaryLoad, span: Span): Belief {
  const { mean, variance, course } = uplift;
  const evidence = evidenceOf(series, ordinary, course, span);
  if (!evidence) return expected(uplift);
  const { ratio, share, steps } = evidence;
  const prior = variance > 0 ? variance : DOUBT ** 2;
  const noise = Math.max(course.variance, LEAST_NOISE ** 2) * (1 + FEW_STEPS / steps);
  const total = share * share * prior + noise;
  const corrected = mean + ((prior * share) / total) * (ratio - mean * share);
  const left = (course.variance * FEW_STEPS) / (FEW_STEPS + steps);
  const isEarly = endMs(series) - span.startMs < LATE_START_MS;
  if (corrected < mean && isEarly) return expected(uplift);
  return { mean: corrected, variance: Math.min(variance, (prior * noise) / total), noise: left };
}
