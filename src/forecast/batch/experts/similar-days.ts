/**
 * The mean of the days that are like the one to come: which days of the week are alike is learned from the series itself,
 * by how far their usual shapes lie apart against how much days of one kind differ (a kernel regression, Nadaraya 1964 and
 * Watson 1964). A few weeks know Tuesday from four Tuesdays; where Tuesdays are like Wednesdays they know it from eight.
 */
import { median } from '../../median.ts';
import { asleep, type Fitted, type Frame, type LocalExpert, type Past } from '../expert.ts';
import { naturalScale } from '../on-log.ts';
import { longestSeason, shortestSeason } from './seasonal.ts';

const LEAST_WEEKS = 2;
/** A day this many days older counts half. */
const HALF_LIFE = 21;
/** Of an hour and its neighbours in the shape by which days are compared. */
const SMOOTHING = [0.25, 0.5, 0.25] as const;
/** How much of the distance of the newest days from what was expected of them stays, the newest first. */
const LEVEL = [0.25, 0.15, 0.1] as const;

export const similarDays: LocalExpert = { name: 'similar-days', fit: learn };

function learn(past: Past, frame: Frame): Fitted {
  const [day, week] = [shortestSeason(frame), longestSeason(frame)];
  if (day === undefined || week === undefined || week === day || week % day !== 0) {
    return asleep('the series has no week of whole days');
  }
  if (past.values.length < LEAST_WEEKS * week) {
    return asleep(`it needs ${LEAST_WEEKS * week} points, found ${past.values.length}`);
  }
  const scale = naturalScale(past.values);
  return {
    kind: 'fitted',
    forecast: (history, out) => {
      const days = daysOf(scale.to(history), day);
      const likeness = likenessOf(days, week / day);
      const level = levelOf(days, likeness);
      for (let from = 0; from < out.length; from += day) {
        const mean = expected(days, days.length + from / day, days.length, likeness);
        for (let h = from; h < Math.min(out.length, from + day); h++) out[h] = scale.from(mean[h - from]! + level);
      }
    },
  };
}

type Days = readonly Float64Array[];

/** Whole days up to the end, the oldest first. */
function daysOf(z: Float64Array, day: number): Days {
  const count = Math.floor(z.length / day);
  return Array.from({ length: count }, (_, i) =>
    z.subarray(z.length - (count - i) * day, z.length - (count - i - 1) * day),
  );
}

/** Row-major, kinds × kinds: 1 for one kind of day, nearly 0 for kinds further apart than days of one kind are. */
interface Likeness {
  readonly kinds: number;
  readonly of: Float64Array;
}

function likenessOf(days: Days, kinds: number): Likeness {
  const shapes = days.map(smoothed);
  const usual = Array.from({ length: kinds }, (_, kind) => slotMedians(shapes.filter((_, i) => i % kinds === kind)));
  const within = usual.map((shape, kind) => {
    const own = shapes.filter((_, i) => i % kinds === kind);
    return own.reduce((sum, one) => sum + distance(one, shape), 0) / own.length;
  });
  const noise = within.reduce((sum, d) => sum + d, 0) / kinds;
  const of = new Float64Array(kinds * kinds);
  for (let a = 0; a < kinds; a++) {
    for (let b = 0; b < kinds; b++) {
      of[a * kinds + b] = a === b ? 1 : Math.exp(-distance(usual[a]!, usual[b]!) / Math.max(noise, Number.MIN_VALUE));
    }
  }
  return { kinds, of };
}

function smoothed(day: Float64Array): Float64Array {
  const n = day.length;
  const [before, own, after] = SMOOTHING;
  return day.map((y, h) => before * day[(h + n - 1) % n]! + own * y + after * day[(h + 1) % n]!);
}

function slotMedians(shapes: Days): Float64Array {
  return shapes[0]!.map((_, h) => median(Float64Array.from(shapes, (shape) => shape[h]!)));
}

/** Mean square. */
function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, y, h) => sum + (y - b[h]!) ** 2, 0) / a.length;
}

/** What the days before `end` say of the day at `place`, counted from the oldest. */
function expected(days: Days, place: number, end: number, { kinds, of }: Likeness): Float64Array {
  const mean = new Float64Array(days[0]!.length);
  let total = 0;
  for (let i = 0; i < end; i++) {
    const weight = of[(place % kinds) * kinds + (i % kinds)]! * 0.5 ** ((end - 1 - i) / HALF_LIFE);
    total += weight;
    for (let h = 0; h < mean.length; h++) mean[h]! += weight * days[i]![h]!;
  }
  return mean.map((sum) => sum / total);
}

function levelOf(days: Days, likeness: Likeness): number {
  let level = 0;
  for (const [back, share] of LEVEL.entries()) {
    const place = days.length - 1 - back;
    const mean = expected(days, place, place, likeness);
    level += share * (days[place]!.reduce((sum, y, h) => sum + y - mean[h]!, 0) / mean.length);
  }
  return level;
}
