/**
 * What events are like before they are seen, from all that was seen in the fleet: moments of each type, drawn towards
 * those of all (Efron & Morris 1975, JASA 70). Logarithms throughout.
 */
import { type EventType, eventTypes, type SeenOccurrence } from '../../domain/calendar.ts';

/** Standard deviation from time to time, and how many degrees of freedom that guess is worth in fleet and event. */
const USUAL_DEVIATION = 0.12;
const FLEET_DEGREES = 2;
const EVENT_DEGREES = 4;
/** Standard deviation between events, and how many events that guess is worth. */
const USUAL_SPREAD = 0.3;
const SPREAD_EVENTS = 2;
/** Weight of the fleet's mean beside the events of a type, in events. */
const FLEET_EVENTS = 1;

/** Moments of one event of one workload. */
export interface EventMoments {
  readonly type: EventType;
  readonly count: number;
  readonly mean: number;
  /** Sum of squares around the mean. */
  readonly squares: number;
}

/** Variance from time to time, and the degrees of freedom that it was found with. */
export interface Within {
  readonly variance: number;
  readonly degrees: number;
}

/** Uplifts of events: normal with this mean and variance. */
export interface Prior {
  readonly mean: number;
  readonly variance: number;
  /** Occurrences behind it. */
  readonly occurrences: number;
}

export interface Priors {
  readonly byType: { readonly [type in EventType]?: Prior };
  /** Of events that are meant to bring load; absent where none was seen. */
  readonly fleet?: Prior;
  /** What is known from time to time of an event with these moments; undefined before any event was seen. */
  readonly within: (moments?: EventMoments) => Within | undefined;
}

/** Holidays and maintenance may as well lower the load: they say nothing about the others, nor those about them. */
export function bringsLoad(type: EventType): boolean {
  return type !== 'holiday' && type !== 'maintenance';
}

export function momentsOf(seen: readonly SeenOccurrence[]): EventMoments | undefined {
  const last = seen[seen.length - 1];
  if (!last) return undefined;
  const mean = seen.reduce((sum, each) => sum + each.mean, 0) / seen.length;
  const squares = seen.reduce((sum, each) => sum + (each.mean - mean) ** 2, 0);
  return { type: last.type, count: seen.length, mean, squares };
}

function pooledWithin(all: readonly EventMoments[]): Within {
  const squares = all.reduce((sum, each) => sum + each.squares, 0);
  const degrees = FLEET_DEGREES + all.reduce((sum, { count }) => sum + count - 1, 0);
  return { variance: (FLEET_DEGREES * USUAL_DEVIATION ** 2 + squares) / degrees, degrees };
}

function withinOf(pooled: Within, moments?: EventMoments): Within {
  if (!moments) return pooled;
  const degrees = EVENT_DEGREES + moments.count - 1;
  return { variance: (EVENT_DEGREES * pooled.variance + moments.squares) / degrees, degrees };
}

/** Mean and variance between events: the variance of their means less what each of them is uncertain by. */
function between(all: readonly EventMoments[], pooled: Within): Prior {
  const n = all.length;
  const mean = all.reduce((sum, each) => sum + each.mean, 0) / n;
  const total = n > 1 ? all.reduce((sum, each) => sum + (each.mean - mean) ** 2, 0) / (n - 1) : 0;
  const noise = all.reduce((sum, each) => sum + withinOf(pooled, each).variance / each.count, 0) / n;
  const measured = Math.max(0, total - noise);
  const variance = (SPREAD_EVENTS * USUAL_SPREAD ** 2 + (n - 1) * measured) / (SPREAD_EVENTS + n - 1);
  return { mean, variance, occurrences: all.reduce((sum, { count }) => sum + count, 0) };
}

export function learnPriors(all: readonly EventMoments[]): Priors {
  if (all.length === 0) return { byType: {}, within: () => undefined };
  const pooled = pooledWithin(all);
  const lifting = all.filter(({ type }) => bringsLoad(type));
  const fleet = lifting.length > 0 ? between(lifting, pooled) : undefined;
  const types = eventTypes.flatMap((type) => {
    const own = all.filter((each) => each.type === type);
    if (own.length === 0) return [];
    const prior = between(own, pooled);
    const drawn = bringsLoad(type) && fleet ? FLEET_EVENTS : 0;
    const mean = (own.length * prior.mean + drawn * (fleet?.mean ?? 0)) / (own.length + drawn);
    return [[type, { ...prior, mean }] as const];
  });
  return { byType: Object.fromEntries(types), ...(fleet && { fleet }), within: (moments) => withinOf(pooled, moments) };
}
