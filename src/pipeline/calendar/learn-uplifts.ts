/**
 * The uplift that each event is expected to have on each workload: its own occurrences, shrunk to events of its type and
 * these to the fleet, with what its owner declared as two occurrences of it.
 *
 * With n occurrences of mean v̄ and variance s² from time to time, and events of its type at m ± t:
 *
 *     mean = (n·v̄/s² + m/t²) / (n/s² + 1/t²)      variance of the next one = 1 / (n/s² + 1/t²) + s²
 */
import type { CalendarEvent, EventUplift, SeenOccurrence, Uplifts } from '../../domain/calendar.ts';
import { flatCourse } from './course.ts';
import { learnCourse } from './learn-course.ts';
import { bringsLoad, type EventMoments, learnPriors, momentsOf, type Priors } from './uplift-priors.ts';

/** Half as much load again, for an event that should bring load when nothing like it was ever seen. */
const ASSUMED = Math.log(1.5);
const DECLARED_COUNT = 2;
/** Normal score of 0.75. */
const UPPER_QUARTILE = 0.6745;

interface Known {
  readonly moments: EventMoments | undefined;
  readonly declared: number | undefined;
}

/** Nothing was measured, so nothing is allowed for. */
const UNMEASURED = { variance: 0, degrees: Number.POSITIVE_INFINITY };

/** An event that nobody has seen or sized: like its type, like the upper quartile of the fleet, or assumed. */
function unseen({ type }: CalendarEvent, { byType, fleet, within }: Priors): Omit<EventUplift, 'course'> {
  const spread = within() ?? UNMEASURED;
  const alike = byType[type];
  if (alike) {
    const { mean, variance, occurrences } = alike;
    return { mean, variance: variance + spread.variance, degrees: spread.degrees, source: 'type', occurrences };
  }
  if (fleet && bringsLoad(type)) {
    const mean = fleet.mean + UPPER_QUARTILE * Math.sqrt(fleet.variance);
    return { ...spread, mean, source: 'fleet', occurrences: fleet.occurrences };
  }
  return { ...UNMEASURED, mean: bringsLoad(type) ? ASSUMED : 0, source: 'assumed', occurrences: 0 };
}

/** Mean and count of what was seen and declared together. */
function together({ moments, declared }: Known): { readonly mean: number; readonly count: number } {
  const seen = moments?.count ?? 0;
  const count = seen + (declared === undefined ? 0 : DECLARED_COUNT);
  const sum = seen * (moments?.mean ?? 0) + (declared === undefined ? 0 : DECLARED_COUNT * declared);
  return { mean: sum / count, count };
}

function upliftOf(
  event: CalendarEvent,
  moments: EventMoments | undefined,
  priors: Priors,
): Omit<EventUplift, 'course'> {
  const declared = event.uplift === undefined ? undefined : Math.log(event.uplift);
  if (!moments && declared === undefined) return unseen(event, priors);
  const occurrences = moments?.count ?? 0;
  const source = occurrences > 0 ? 'learned' : 'declared';
  const within = priors.within(moments);
  // How far occurrences lie apart was never measured: the figure is taken at its word.
  if (within === undefined) return { ...UNMEASURED, mean: declared!, source, occurrences };
  const own = together({ moments, declared });
  const prior = priors.byType[event.type];
  const precision = own.count / within.variance + (prior ? 1 / prior.variance : 0);
  const mean = ((own.count * own.mean) / within.variance + (prior ? prior.mean / prior.variance : 0)) / precision;
  return { mean, variance: 1 / precision + within.variance, degrees: within.degrees, source, occurrences };
}

export interface WorkloadCalendar {
  readonly events: readonly CalendarEvent[];
  /** Of this workload, the oldest first. */
  readonly seen: readonly SeenOccurrence[];
}

/** @returns uplifts by workload, in their order; one for each event of its calendar */
export function learnUplifts(workloads: readonly WorkloadCalendar[]): readonly Uplifts[] {
  const byName = workloads.map(({ seen }) => Map.groupBy(seen, ({ name }) => name));
  const moments = byName.map((names) => new Map([...names].map(([name, seen]) => [name, momentsOf(seen)])));
  const priors = learnPriors(moments.flatMap((names) => [...names.values()].filter((each) => each !== undefined)));
  return workloads.map(({ events }, i) => {
    const uplifts = events.map((event) => {
      const seen = byName[i]!.get(event.name) ?? [];
      const course = seen.length > 0 ? learnCourse(seen) : flatCourse;
      return [event.name, { ...upliftOf(event, moments[i]!.get(event.name), priors), course }] as const;
    });
    return Object.fromEntries(uplifts);
  });
}
