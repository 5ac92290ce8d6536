/**
 * Generated load for the shipped prior: archetypes of what services see, mixed at random, deterministic by seed. No
 * recorded trace went into the choice of a number; ranges are wide on purpose, for a prior should be surprised by little.
 */
import type { TimeSeries } from '../../src/domain/time-series.ts';
import type { CalendarView, EventAtStep } from '../../src/forecast/features/calendar.ts';
import { type Random, seededRandom } from '../../src/forecast/random.ts';

export interface Archetype {
  readonly name: string;
  readonly series: TimeSeries;
  /** A day and a week, in steps. */
  readonly seasons: readonly number[];
  /** What its owner has announced. */
  readonly calendar?: CalendarView;
}

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
/** A Thursday, like the epoch; days are counted from there, so that days 2 and 3 of a week are its weekend. */
const START_MS = 2_857 * 7 * DAY * MINUTE_MS;

/** Steps and days: the network has to serve all of them. */
const GRIDS = [
  { stepMinutes: 1, days: 10 },
  { stepMinutes: 5, days: 24 },
  { stepMinutes: 15, days: 35 },
  { stepMinutes: 60, days: 70 },
] as const;

/** Load as a factor around 1, minute by minute of the week; some have state. */
type Part = (minute: number) => number;

/** Series `index` of the fleet with this seed; any index ≥ 0. */
export function generateLoad(seed: number, index: number): Archetype {
  const random = seededRandom(seed * 1_000_003 + index);
  const grid = GRIDS[index % GRIDS.length]!;
  const { stepMinutes, days } = grid;
  const kind = KINDS[Math.floor(index / GRIDS.length) % KINDS.length]!;
  const events = random.uniform() < 0.25 ? declareEvents(random, days) : [];
  const parts = [kind.shape(random), ...commonParts(random, days * DAY), eventPart(events)];
  const mean = 10 ** between(random, 0.3, 4);
  const noise = noiseOf(random, mean);
  const length = (days * DAY) / stepMinutes;
  const looks = Math.min(5, stepMinutes);
  const values = Float64Array.from({ length }, (_, t) => {
    let factor = 0;
    // A step is the mean over its minutes, of which a few are looked at.
    for (let i = 0; i < looks; i++) {
      const minute = t * stepMinutes + Math.floor(((i + 0.5) * stepMinutes) / looks);
      factor += parts.reduce((product, part) => product * part(minute), 1) / looks;
    }
    return noise(mean * factor);
  });
  if (random.uniform() < 0.2) dropSome(values, random);
  const series = { startMs: START_MS, stepMs: stepMinutes * MINUTE_MS, values };
  const seasons = [DAY / stepMinutes, (7 * DAY) / stepMinutes];
  const calendar = events.length > 0 ? { calendar: calendarOf(events, stepMinutes) } : {};
  return { name: `${kind.name}-${index}`, series, seasons, ...calendar };
}

const KINDS: readonly { readonly name: string; readonly shape: (random: Random) => Part }[] = [
  { name: 'waves', shape: waves },
  { name: 'office', shape: office },
  { name: 'waves-with-batch', shape: (random) => times(waves(random), batchJobs(random, 1)) },
  { name: 'batch', shape: (random) => batchJobs(random, 10 ** between(random, 0, 1.3)) },
  { name: 'plateaus', shape: plateaus },
  { name: 'wander', shape: (random) => wander(random, between(random, 0.1, 0.6), between(random, 2, 48) * HOUR) },
  { name: 'waves-with-bursts', shape: (random) => times(waves(random), bursts(random, between(random, 1, 8))) },
  { name: 'flat', shape: () => () => 1 },
];

/** What happens to any service, each with some chance. */
function commonParts(random: Random, minutes: number): Part[] {
  const parts: Part[] = [wander(random, between(random, 0.01, 0.2), 10 ** between(random, 1, 3))];
  if (random.uniform() < 0.6) parts.push(dayMoods(random));
  if (random.uniform() < 0.4) parts.push(bursts(random, between(random, 0.1, 2)));
  if (random.uniform() < 0.3) parts.push(levelShifts(random, minutes));
  if (random.uniform() < 0.4) {
    const growth = between(random, -0.02, 0.03);
    parts.push((minute) => Math.exp((growth * minute) / DAY));
  }
  return parts;
}

function times(a: Part, b: Part): Part {
  return (minute) => a(minute) * b(minute);
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** One to three bumps a day over a floor, other hours and heights at weekends. */
function waves(random: Random): Part {
  const bumps = Array.from({ length: 1 + random.below(3) }, () => ({
    at: between(random, 0, 24),
    width: between(random, 0.7, 5),
    height: between(random, 0.3, 1),
    weekend: between(random, 0.2, 1.3),
  }));
  const floor = 10 ** between(random, -1.7, 0);
  const later = between(random, 0, 2);
  const flavours = weekdayFactors(random, 0.08);
  return (minute) => {
    const day = Math.floor(minute / DAY);
    const isWeekend = day % 7 === 2 || day % 7 === 3;
    const hour = (minute % DAY) / HOUR - (isWeekend ? later : 0);
    let sum = floor;
    for (const { at, width, height, weekend } of bumps) {
      const apart = Math.abs(hour - at);
      const distance = Math.min(apart, 24 - apart) / width;
      sum += height * (isWeekend ? weekend : 1) * Math.exp(-0.5 * distance * distance);
    }
    return sum * flavours[day % 7]!;
  };
}

/** Open and closed, with edges of minutes to an hour and, often, a dip at noon; closed days at weekends. */
function office(random: Random): Part {
  const opens = between(random, 5, 10) * HOUR;
  const closes = between(random, 15, 22) * HOUR;
  const edge = 10 ** between(random, 0.3, 1.8);
  const closed = random.uniform() < 0.3 ? 0 : 10 ** between(random, -2, -0.5);
  const noon = random.uniform() < 0.5 ? between(random, 0.1, 0.4) : 0;
  const weekend = random.uniform() < 0.6 ? closed : between(random, 0.3, 1);
  const morning = between(random, -0.4, 0.4);
  return (minute) => {
    const day = Math.floor(minute / DAY);
    const at = minute % DAY;
    const isWeekend = day % 7 === 2 || day % 7 === 3;
    const open = clamp((at - opens) / edge) * clamp((closes - at) / edge);
    const tilt = 1 + morning * (0.5 - (at - opens) / (closes - opens));
    const dip = 1 - noon * Math.exp(-0.5 * ((at - 12.5 * HOUR) / 30) ** 2);
    return closed + (1 - closed) * open * tilt * dip * (isWeekend ? weekend : 1);
  };
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}

/** Jobs at a fixed beat, some minutes long, not quite on time. */
function batchJobs(random: Random, height: number): Part {
  const beat = [15, 30, HOUR, 4 * HOUR, DAY][random.below(5)]!;
  const length = Math.max(2, beat * between(random, 0.05, 0.4));
  const start = random.below(beat);
  const jitter = random.uniform() < 0.5 ? 0 : between(random, 0, 0.1) * beat;
  const lateness = rememberedPer(() => jitter * Math.abs(random.normal()));
  const size = rememberedPer(() => Math.exp(0.15 * random.normal()));
  return (minute) => {
    const job = Math.floor((minute - start) / beat);
    const since = minute - start - job * beat - lateness(job);
    return 1 + (since >= 0 && since < length ? height * size(job) : 0);
  };
}

/** A few levels that last from minutes to days (a Markov chain). */
function plateaus(random: Random): Part {
  const levels = Array.from({ length: 2 + random.below(4) }, () => 10 ** between(random, -1, 0.5));
  const stay = 10 ** between(random, 1.3, 3.5);
  let level = levels[0]!;
  return (minute) => {
    if (minute > 0 && random.uniform() < 1 / stay) level = levels[random.below(levels.length)]!;
    return level;
  };
}

/** Drift of interest: a first-order autoregression with a memory of `memory` minutes, `width` wide in log. */
function wander(random: Random, width: number, memory: number): Part {
  let [mood, before] = [0, 0];
  return (minute) => {
    const keep = Math.exp(-Math.max(0, minute - before) / memory);
    before = minute;
    mood = keep * mood + width * Math.sqrt(1 - keep * keep) * random.normal();
    return Math.exp(mood);
  };
}

/** No two days are equally strong. */
function dayMoods(random: Random): Part {
  const width = between(random, 0.02, 0.2);
  const mood = rememberedPer(() => Math.exp(width * random.normal()));
  return (minute) => mood(Math.floor(minute / DAY));
}

/** Sudden rises that ebb away, at no set time. */
function bursts(random: Random, perDay: number): Part {
  const [rise, half] = [10 ** between(random, 0, 1.5), 10 ** between(random, 0.5, 2)];
  const most = 10 ** between(random, -0.7, 0.7);
  let [since, lift] = [Number.POSITIVE_INFINITY, 0];
  let before = 0;
  return (minute) => {
    const passed = Math.max(0, minute - before);
    before = minute;
    since += passed;
    if (random.uniform() < 1 - Math.exp((-perDay * passed) / DAY)) [since, lift] = [0, most * random.uniform()];
    return 1 + lift * (since < rise ? since / rise : 0.5 ** ((since - rise) / half));
  };
}

/** A release, a new customer, a moved tenant: the level changes at once and stays. */
function levelShifts(random: Random, minutes: number): Part {
  const shifts = Array.from({ length: 1 + random.below(3) }, () => ({
    at: random.below(minutes),
    factor: Math.exp(0.7 * random.normal()),
  }));
  return (minute) => shifts.reduce((factor, shift) => (minute >= shift.at ? factor * shift.factor : factor), 1);
}

function weekdayFactors(random: Random, width: number): readonly number[] {
  return Array.from({ length: 7 }, () => Math.exp(width * random.normal()));
}

/** Counting noise, relative noise with light or heavy tails, or both. */
function noiseOf(random: Random, mean: number): (expected: number) => number {
  const counts = random.uniform() < 0.7;
  const relative = 10 ** between(random, -2.3, -0.7);
  const heavy = random.uniform() < 0.3;
  const unit = Math.max(1, mean / 10 ** between(random, 1, 4));
  return (expected) => {
    const tail = heavy ? Math.min(20, 1 / Math.sqrt(random.uniform() + 1e-3)) / 2 : 1;
    const disturbed = expected * Math.exp(relative * tail * random.normal());
    if (!counts) return disturbed;
    const events = disturbed / unit;
    return unit * Math.max(0, Math.round(events + Math.sqrt(events) * random.normal()));
  };
}

/** A few holes of minutes to hours. */
function dropSome(values: Float64Array, random: Random): void {
  for (let i = 0; i < 4; i++) {
    const at = random.below(values.length);
    values.fill(Number.NaN, at, at + 1 + random.below(30));
  }
}

/** A draw per index, the same when asked again for the newest. */
function rememberedPer(draw: () => number): (index: number) => number {
  let [newest, value] = [Number.NEGATIVE_INFINITY, 0];
  return (index) => {
    if (index !== newest) [newest, value] = [index, draw()];
    return value;
  };
}

interface Event {
  /** Minutes since the start of the series. */
  readonly from: number;
  readonly until: number;
  readonly logUplift: number;
  /** What its owner expected; 0 when nothing was said. */
  readonly declared: number;
}

/** One every few days, of an hour to a day; owners expect about what comes, or say nothing of its size. */
function declareEvents(random: Random, days: number): readonly Event[] {
  const count = 1 + Math.floor((days * random.uniform()) / 4);
  return Array.from({ length: count }, () => {
    const from = random.below(days * DAY);
    const logUplift = between(random, -0.5, 1.2);
    const declared = random.uniform() < 0.25 ? 0 : logUplift * Math.exp(0.3 * random.normal());
    return { from, until: from + HOUR + random.below(DAY), logUplift, declared };
  });
}

function eventPart(events: readonly Event[]): Part {
  return (minute) => {
    const on = events.find(({ from, until }) => minute >= from && minute < until);
    return on ? Math.exp(on.logUplift) : 1;
  };
}

function calendarOf(events: readonly Event[], stepMinutes: number): CalendarView {
  const firstStep = START_MS / (stepMinutes * MINUTE_MS);
  return {
    eventAt(step): EventAtStep {
      const minute = (step - firstStep) * stepMinutes;
      const on = events.find(({ from, until }) => minute >= from && minute < until);
      return { active: on !== undefined, logUplift: on?.declared ?? 0, holiday: false };
    },
  };
}
