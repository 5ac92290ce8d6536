/**
 * The course of an event: ramp, plateau and decay. Its parts are short where it begins and longer later, because what
 * people do when a sale opens takes minutes however long the sale lasts.
 */
import type { Course } from '../../domain/calendar.ts';

const MINUTE_MS = 60_000;
const EDGES = [
  0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1080, 1440, 2160, 2880, 4320,
];
const AFTER_EDGES = [0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180];
/** No part is shorter than this share of the event. */
const LEAST_SHARE = 1 / 200;
/** What is left of an uplift is followed for so many half-lives, down to an eighth. */
const FOLLOWED_HALVES = 3;

export interface Part {
  readonly fromMs: number;
  readonly untilMs: number;
}

function between(edges: readonly number[]): readonly Part[] {
  return edges.slice(1).map((untilMs, i) => ({ fromMs: edges[i]!, untilMs }));
}

/** Parts of an event of that length, since its start. */
export function partsOf(lengthMs: number): readonly Part[] {
  const inside = EDGES.map((minutes) => minutes * MINUTE_MS).filter(
    (ms, i) => i === 0 || (ms >= lengthMs * LEAST_SHARE && ms < lengthMs * (1 - LEAST_SHARE)),
  );
  return between([...inside, lengthMs]);
}

/** Parts behind its end, since that end. */
export const partsAfter: readonly Part[] = between(AFTER_EDGES.map((minutes) => minutes * MINUTE_MS));

/** The whole uplift from the start to the end. */
export const flatCourse: Course = { atMs: [0], shares: [1], variance: 0, halfLifeMs: 0 };

/** What share of the uplift there is at a time since the start. */
export function shareAt({ atMs, shares }: Course, sinceMs: number): number {
  const above = atMs.findIndex((ms) => ms >= sinceMs);
  if (above <= 0) return above === 0 ? shares[0]! : shares[shares.length - 1]!;
  const way = (sinceMs - atMs[above - 1]!) / (atMs[above]! - atMs[above - 1]!);
  return shares[above - 1]! + way * (shares[above]! - shares[above - 1]!);
}

/** The same, behind the end too; 0 before the start and when it is over. */
export function shareOver(course: Course, lengthMs: number, sinceMs: number): number {
  if (sinceMs < 0 || sinceMs >= lengthMs + reachMs(course)) return 0;
  if (sinceMs < lengthMs) return shareAt(course, sinceMs);
  return shareAt(course, lengthMs) * 0.5 ** ((sinceMs - lengthMs) / course.halfLifeMs);
}

/** How long after its end an event is still felt. */
export function reachMs({ halfLifeMs }: Course): number {
  return FOLLOWED_HALVES * halfLifeMs;
}

export function greatestShare({ shares }: Course): number {
  return Math.max(...shares);
}
