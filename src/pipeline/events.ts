/**
 * What the events of the calendar do to the forecast of a window.
 *
 *     load at quantile τ = ordinary load · exp(mean · share + √(spread² + t_τ² · variance · share²))
 *
 * where `spread` is what the forecast itself allows for at τ, as a logarithm: forecast and uplift err independently, so
 * their allowances add up by their squares. Until an event begins, and where it was never seen, the forecast is the ordinary
 * load. One that runs, or came before, is in the forecast already, and so is one that the forecaster was told of, which shows
 * in a forecast that is nearer to the lifted load; then the ordinary load is that of the days around it.
 *
 * An event that brings load raises the forecast and never lowers it; one that takes load away never raises it.
 */
import type { EventUplift, Occurrence, Uplifts } from '../domain/calendar.ts';
import type { ExplainedEvent } from '../domain/facts.ts';
import type { Forecast } from '../domain/forecast.ts';
import { endMs, type TimeSeries } from '../domain/time-series.ts';
import type { WorkloadSpec } from '../domain/workload.ts';
import { normalScore } from '../forecast/levels.ts';
import { greatestShare, reachMs, shareOver } from './calendar/course.ts';
import { learnUplifts } from './calendar/learn-uplifts.ts';
import { occurrencesBetween } from './calendar/occurrences.ts';
import { type OrdinaryLoad, ordinaryLoad } from './calendar/ordinary-load.ts';
import { type Belief, believed, expected } from './calendar/running-event.ts';
import type { Window } from './window.ts';

/** The longest that an event is felt behind its end. */
const LONGEST_REACH_MS = 12 * 3_600_000;

/** One occurrence that reaches into the window, and what it does to the load of a step of the forecast. */
export interface EventEffect extends ExplainedEvent {
  /** undefined where it has no effect. */
  readonly shape: (load: number, step: number) => number | undefined;
}

/** A factor for people, without the noise of its logarithm. */
function factorOf(logarithm: number): number {
  return Number(Math.exp(logarithm).toPrecision(12));
}

type Calendar = Pick<WorkloadSpec, 'events' | 'clock'>;

interface Scene {
  readonly series: TimeSeries;
  readonly forecast: Forecast;
  /** Normal score of the level that is planned with. */
  readonly score: number;
  /** The start of an event is looked for this much ahead, so that what is warmed up may take its p99. */
  readonly earlyMs: number;
}

/** The largest of what overlapping events make of the load: they do not add up. */
export function largestOf(events: readonly EventEffect[]): (load: number, step: number) => number {
  return (load, step) => {
    const shaped = events.flatMap(({ shape }) => shape(load, step) ?? []);
    return shaped.length > 0 ? Math.max(...shaped) : load;
  };
}

/** The ordinary load at a step, given the mean of its forecast and the logarithm that the event should add. */
type OrdinaryStep = (atMs: number, forecast: number, logarithm: number) => number;

/** Whether the forecast holds the event already: when it is nearer to the lifted load than to the ordinary one. */
function holdsEvent(forecast: number, ordinary: number, logarithm: number): boolean {
  return forecast > 0 && logarithm !== 0 && Math.log(forecast / ordinary) / logarithm > 0.5;
}

function ordinaryStep(isKnown: boolean, around: OrdinaryLoad): OrdinaryStep {
  return (atMs, forecast, logarithm) => {
    const ordinary = around(atMs);
    if (ordinary === undefined || !(ordinary > 0)) return forecast;
    return isKnown || holdsEvent(forecast, ordinary, logarithm) ? ordinary : forecast;
  };
}

/**
 * Largest share of the uplift that is felt from a time on, for as long as replicas are asked for early. One that takes load
 * away is not felt before it begins.
 */
function shareAhead(
  { mean, course }: EventUplift,
  { startMs, endMs: end }: Occurrence,
  atMs: number,
  scene: Scene,
): number {
  const { stepMs } = scene.forecast;
  const earlyMs = mean < 0 ? 0 : scene.earlyMs;
  let most = 0;
  for (let ms = atMs; ms <= atMs + earlyMs; ms += stepMs) {
    // The part of the step that lies in the event.
    const middle = Math.max(startMs, ms) / 2 + Math.min(end, ms + stepMs) / 2;
    const since = ms + stepMs > startMs && ms < end ? middle - startMs : ms - startMs;
    most = Math.max(most, shareOver(course, end - startMs, since));
  }
  return most;
}

/** Quantile of Student's t from that of the normal (first term of the expansion of Cornish & Fisher). */
function studentScore(score: number, degrees: number): number {
  return score + (score ** 3 + score) / (4 * degrees);
}

/** Load at the quantile, from the ordinary load and the allowance that the forecast makes. */
function lifted(load: number, mean: number, base: number, share: number, belief: Belief, score: number): number {
  const spread = load > 0 && mean > 0 ? Math.log(load / mean) : 0;
  const variance = share * share * (belief.variance + belief.noise);
  const allowance = Math.sign(spread) * spread * spread + Math.sign(score) * score * score * variance;
  return base * Math.exp(belief.mean * share + Math.sign(allowance) * Math.sqrt(Math.abs(allowance)));
}

function shapeOf(scene: Scene, occurrence: Occurrence, uplift: EventUplift, calendar: Calendar): EventEffect['shape'] {
  const { series, forecast, score } = scene;
  const { events, clock } = calendar;
  const all = occurrencesBetween(events, series.startMs, Math.max(endMs(series), occurrence.endMs));
  const around = ordinaryLoad({ series, events: all, ...(clock && { clock }) }, occurrence);
  const runs = occurrence.startMs < endMs(series);
  const cameBefore = all.some(({ name, startMs }) => name === occurrence.name && startMs < occurrence.startMs);
  const ordinary = ordinaryStep(runs || cameBefore, around);
  const doubt = studentScore(score, uplift.degrees);
  const belief = runs ? believed(uplift, series, around, occurrence) : expected(uplift);
  return (load, step) => {
    const atMs = forecast.startMs + step * forecast.stepMs;
    const share = shareAhead(uplift, occurrence, atMs, scene);
    if (share === 0) return undefined;
    const mean = forecast.mean[step]!;
    const base = ordinary(atMs, mean, belief.mean * share);
    const result = lifted(load, mean, base, share, belief, doubt);
    return uplift.mean < 0 ? Math.min(load, result) : Math.max(load, result);
  };
}

/**
 * @param uplifts - as they were learned; by what is declared alone, or assumed, where an event is not among them
 * @param level - quantile of the load that is planned with
 * @param earlyMs - what p99 of the start-up time is longer than the lead that the window has
 */
export function eventEffects(
  calendar: Calendar,
  uplifts: Uplifts | undefined,
  series: TimeSeries,
  forecast: Forecast,
  window: Window,
  level: number,
  earlyMs: number,
): readonly EventEffect[] {
  if (calendar.events.length === 0) return [];
  const scene: Scene = { series, forecast, score: normalScore(level), earlyMs };
  const near = occurrencesBetween(calendar.events, window.startMs - LONGEST_REACH_MS, window.endMs + earlyMs);
  const known = near.length > 0 ? { ...learnUplifts([{ events: calendar.events, seen: [] }])[0], ...uplifts } : {};
  return near.flatMap((occurrence): readonly EventEffect[] => {
    const uplift = known[occurrence.name]!;
    // Nobody knows of any effect.
    if (uplift.mean === 0 && uplift.variance === 0) return [];
    if (occurrence.endMs + reachMs(uplift.course) <= window.startMs) return [];
    const { name, startMs, endMs: end, declared } = occurrence;
    const { source, occurrences, mean } = uplift;
    const shape = shapeOf(scene, occurrence, uplift, calendar);
    const height = factorOf(mean * (mean < 0 ? 1 : greatestShare(uplift.course)));
    const told = declared === undefined ? {} : { declared: factorOf(declared) };
    return [{ name, uplift: height, source, occurrences, startMs, endMs: end, shape, ...told }];
  });
}
