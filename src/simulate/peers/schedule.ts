/**
 * Scheduled scaling, as operators write it with the cron scaler of KEDA (https://keda.sh/docs/latest/scalers/cron/) or
 * the scheduled actions of a cloud: fixed replica counts for spans of the week, read off the load of the past weeks
 * once and left alone. A span begins earlier by the start-up time, so that its replicas serve from its first minute.
 * How finely the week is cut is a variant; how far up the past loads of a span its count goes is the ladder. UTC.
 */
import type { WorkloadCard, WorkloadView } from '../policy.ts';
import { plannedStartUpMs } from '../start-up.ts';
import type { Timetable } from '../timetable.ts';
import { dayMs, hourMs, slotOfDay, weekdayOf } from './calendar.ts';
import { type Height, heightLadder } from './ladders.ts';
import type { Peer, StartAt } from './peer.ts';
import { quantileOf } from './sliding-quantile.ts';

/** How the week is cut into spans with one count each. */
export interface Cut {
  readonly slotMs: number;
  /** Days with a profile of their own: each of the week, workdays and weekends, or all alike. */
  readonly days: 'weekday' | 'weekend' | 'alike';
}

const cuts: readonly Cut[] = [
  { slotMs: hourMs / 2, days: 'weekend' },
  { slotMs: hourMs / 2, days: 'alike' },
  { slotMs: hourMs, days: 'weekday' },
];

export const schedule: Peer<Height> = {
  variants: cuts.map((cut) => (card) => startSchedule(card, cut)),
  ladder: heightLadder,
};

/** Before it has a profile: the largest need so far. */
export function startSchedule(card: WorkloadCard, cut: Cut): StartAt<Height> {
  return (height, timetable) => {
    const leadMs = plannedStartUpMs(card.startUp);
    let counts: ((ms: number) => number) | undefined;
    let [seen, peak] = [0, 0];
    return (view, { row, nowMs }) => {
      if (row < timetable.warmUpRows) {
        for (; seen < view.known; seen++) peak = Math.max(peak, needOf(card, view.rates[seen]!));
        return peak === 0 ? view.desired : peak;
      }
      counts ??= readProfile(card, cut, height, view, timetable);
      let count = counts(nowMs + leadMs);
      for (let ms = nowMs; ms < nowMs + leadMs; ms += cut.slotMs) count = Math.max(count, counts(ms));
      return count === 0 ? view.desired : count;
    };
  };
}

function needOf(card: WorkloadCard, rate: number): number {
  return Number.isNaN(rate) ? 0 : card.need(rate);
}

/** Replicas of the span at a time; a span without any load in the past takes that of all days, then the largest. */
function readProfile(
  card: WorkloadCard,
  cut: Cut,
  { quantile, headroom }: Height,
  view: WorkloadView,
  timetable: Timetable,
): (ms: number) => number {
  const countOf = (rates: readonly number[]) =>
    rates.length === 0 ? 0 : card.need(quantileOf(Float64Array.from(rates).sort(), quantile) * headroom);
  const countsOf = (by: Cut) => gather(by, view, timetable).map(countOf);
  const counts = countsOf(cut);
  const alike = countsOf({ ...cut, days: 'alike' });
  const largest = alike.reduce((most, count) => Math.max(most, count), 0);
  return (ms) => counts[spanOf(cut, ms)] || alike[slotOfDay(ms, cut.slotMs)] || largest;
}

function gather(cut: Cut, view: WorkloadView, { startMs, stepMs }: Timetable): number[][] {
  const spans = Array.from({ length: 7 * (dayMs / cut.slotMs) }, (): number[] => []);
  for (let step = 0; step < view.known; step++) {
    const rate = view.rates[step]!;
    if (!Number.isNaN(rate)) spans[spanOf(cut, startMs + step * stepMs)]!.push(rate);
  }
  return spans;
}

function spanOf({ slotMs, days }: Cut, ms: number): number {
  return dayKind(days, weekdayOf(ms)) * (dayMs / slotMs) + slotOfDay(ms, slotMs);
}

function dayKind(days: Cut['days'], weekday: number): number {
  switch (days) {
    case 'weekday':
      return weekday;
    case 'weekend':
      return weekday >= 5 ? 1 : 0;
    case 'alike':
      return 0;
  }
}
