/** The calendar: changes of the load that are known beforehand, when they are, and what they do to it. */
import type { WallClock } from './forecast.ts';

export const eventTypes = ['promotion', 'flash-sale', 'holiday', 'launch', 'maintenance', 'other'] as const;
/** What an event is like; events of one type are expected to change the load in a like way until they were seen. */
export type EventType = (typeof eventTypes)[number];

/** A known change of the load, once or again and again. */
export interface CalendarEvent {
  readonly name: string;
  readonly type: EventType;
  /** Of the first occurrence. */
  readonly startMs: number;
  readonly endMs: number;
  /** Factor on the ordinary load that its owner expects; it counts as two occurrences beside those that were seen. */
  readonly uplift?: number;
  readonly repeat?: Repeat;
}

export type Repeat =
  /** After a fixed span, whatever the clocks show. */
  | { readonly kind: 'span'; readonly everyMs: number }
  | RepeatRule
  /** From a table, such as that of public holidays. Ascending, the first included. */
  | { readonly kind: 'dates'; readonly spans: readonly Span[] };

/** On the wall clock, so that an event at 20:00 stays at 20:00 when summer time begins. Ends are at the same time of day, too. */
export interface RepeatRule {
  readonly kind: 'rule';
  readonly unit: 'day' | 'week' | 'month' | 'year';
  /** Every how many of these; whole, at least 1. Weeks begin on Monday. */
  readonly interval: number;
  /** Weekdays for a week, days of the month for a month and a year; those of the first occurrence when empty. */
  readonly days: readonly DayChoice[];
  readonly clock: WallClock;
  /** Occurrences in all, those that `except` takes out included. */
  readonly count?: number;
  /** None starts later. */
  readonly untilMs?: number;
  /** Days on the wall clock on which none starts, as days since 1970. */
  readonly except: readonly number[];
}

/** A day that a month does not have (the 31st of April) is left out, as in RFC 5545. */
export type DayChoice =
  /** 0 is Sunday. */
  | { readonly kind: 'weekday'; readonly weekday: number }
  /** The nth of the month, −1 the last. */
  | { readonly kind: 'nth-weekday'; readonly weekday: number; readonly nth: number }
  /** From 1; −1 is the last of the month. */
  | { readonly kind: 'day-of-month'; readonly day: number };

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** One time that an event takes place. */
export interface Occurrence extends Span {
  readonly name: string;
  readonly type: EventType;
  /** Natural logarithm of the factor that the owner declared. */
  readonly declared?: number;
}

/**
 * How an uplift is known: by what its owner declared, from occurrences of the event itself, from other events of its type,
 * from all events of the fleet, or not at all.
 */
export type UpliftSource = 'declared' | 'learned' | 'type' | 'fleet' | 'assumed';

/** What the next occurrence of an event is expected to do to one workload. Logarithms are natural. */
export interface EventUplift {
  /** Expected mean, over the event, of log(load / ordinary load). */
  readonly mean: number;
  /** Of the next occurrence around it: what is not known of the mean, and what differs from time to time. */
  readonly variance: number;
  /** Degrees of freedom behind the variance: few make the tails of the next one heavy (Student's t). */
  readonly degrees: number;
  readonly source: UpliftSource;
  /** That it was learned from: of the event itself, of its type or of the fleet, as `source` says. */
  readonly occurrences: number;
  readonly course: Course;
}

/** How an uplift comes and goes: the logarithm at a time of the event is its mean × the share there. */
export interface Course {
  /** Since the start, ascending. */
  readonly atMs: readonly number[];
  /** One for each time; straight lines between them. */
  readonly shares: readonly number[];
  /** Of the logarithm at one time around what mean and share say. */
  readonly variance: number;
  /** In which what is left of the uplift halves after the end; 0: it ends with the event. */
  readonly halfLifeMs: number;
}

/** Of the events of one workload, by name. */
export type Uplifts = { readonly [event: string]: EventUplift };

/** What one occurrence did to one workload. Small, because it is kept for longer than the history. */
export interface SeenOccurrence extends Span {
  readonly name: string;
  readonly type: EventType;
  /** Mean of log(load / ordinary load) over the event. */
  readonly mean: number;
  /** The same by part of the event (see `partsOf`), null where nothing is known. */
  readonly parts: readonly (number | null)[];
  /** And behind its end. */
  readonly after: readonly (number | null)[];
}
