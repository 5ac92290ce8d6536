/**
 * Predictive scaling of a cloud, after that of Amazon EC2 Auto Scaling
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/predictive-scaling-policy-overview.html): an hourly forecast
 * from up to 14 days of history, at least 24 hours of it, refreshed every 6 hours; at the start of each hour, or
 * earlier by the scheduling buffer, its capacity becomes a floor; it never scales in, which is left to the dynamic
 * scaling beside it, here the HPA at the same target. The cloud does not publish its forecast model, only that it looks
 * for daily and weekly patterns (`hourly-forecast.ts` does). The buffer is a variant, the target is the ladder.
 */
import type { WorkloadCard, WorkloadView } from '../policy.ts';
import { plannedStartUpMs } from '../start-up.ts';
import type { Timetable } from '../timetable.ts';
import { hourMs } from './calendar.ts';
import { forecastHours } from './hourly-forecast.ts';
import { hpaBeside, targetLadder } from './ladders.ts';
import type { Peer, StartAt } from './peer.ts';

const HISTORY_HOURS = 14 * 24;
const LEAST_HOURS = 24;
const REFRESH_HOURS = 6;
/** Hours that a forecast is used for: up to its refresh, and the buffer behind that. */
const USED_HOURS = REFRESH_HOURS + 2;

const minuteMs = 60_000;

export const hourlyProfile: Peer<number> = {
  variants: [5, 15, 30].map((minutes) => (card) => startHourlyProfile(card, minutes * minuteMs)),
  ladder: targetLadder,
};

export function startHourlyProfile(card: WorkloadCard, bufferMs: number): StartAt<number> {
  const forecasts = new Map<number, Float64Array>();
  const early = Math.min(hourMs - 1, Math.max(bufferMs, plannedStartUpMs(card.startUp)));
  return (target, timetable) => {
    const dynamic = hpaBeside(target, card, timetable);
    return (view, moment) => {
      const loadAt = (ms: number) => {
        const hour = Math.floor(ms / hourMs);
        const fresh = Math.floor(moment.nowMs / hourMs / REFRESH_HOURS) * REFRESH_HOURS;
        const known = forecasts.get(fresh) ?? forecastFrom(fresh, view, timetable);
        forecasts.set(fresh, known);
        return known[hour - fresh]!;
      };
      const load = Math.max(loadAt(moment.nowMs), loadAt(moment.nowMs + early));
      const floor = Math.ceil(load / (card.perReplica * target));
      return Math.max(1, floor, dynamic(view, moment));
    };
  };
}

/** Largest load to expect in the hours from `fresh` on; 0 where nothing is known. */
function forecastFrom(fresh: number, view: WorkloadView, timetable: Timetable): Float64Array {
  const hours = hourlyMaxima(fresh, view, timetable);
  const begun = hours.findIndex((load) => !Number.isNaN(load));
  if (begun < 0 || hours.length - begun < LEAST_HOURS) return new Float64Array(USED_HOURS);
  return forecastHours(hours.subarray(begun), USED_HOURS);
}

/** Of the hours before `fresh`, oldest first; NaN for an hour without load. */
function hourlyMaxima(fresh: number, view: WorkloadView, { startMs, stepMs }: Timetable): Float64Array {
  const first = fresh - HISTORY_HOURS;
  const maxima = new Float64Array(HISTORY_HOURS).fill(Number.NaN);
  const from = Math.max(0, Math.ceil((first * hourMs - startMs) / stepMs));
  const to = Math.min(view.known, Math.floor((fresh * hourMs - startMs) / stepMs));
  for (let step = from; step < to; step++) {
    const rate = view.rates[step]!;
    const hour = Math.floor((startMs + step * stepMs) / hourMs) - first;
    if (!(maxima[hour]! >= rate) && !Number.isNaN(rate)) maxima[hour] = rate;
  }
  return maxima;
}
