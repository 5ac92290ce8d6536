/**
 * Capacity for an upper quantile of the recent load: the horizontal scaling of Autopilot (Rzadca et al., Autopilot:
 * workload autoscaling at Google, EuroSys 2020), where the recommendation is a percentile or the maximum of the usage
 * over a window, divided by the target utilisation. The window is a variant; percentile and target are the ladder.
 */
import type { Height } from './ladders.ts';
import { heightLadder } from './ladders.ts';
import type { Peer, StartAt } from './peer.ts';
import { createSlidingQuantile } from './sliding-quantile.ts';

const minuteMs = 60_000;

export const reactiveQuantile: Peer<Height> = {
  variants: [60 * minuteMs, 10 * minuteMs, 24 * 60 * minuteMs].map(
    (windowMs) => (card) => startReactiveQuantile(card.need, windowMs),
  ),
  ladder: heightLadder,
};

/** Holds what is there while nothing was seen in the window. */
export function startReactiveQuantile(need: (rate: number) => number, windowMs: number): StartAt<Height> {
  return ({ quantile, headroom }, timetable) => {
    const window = createSlidingQuantile(Math.max(1, Math.round(windowMs / timetable.stepMs)));
    let seen = 0;
    return (view) => {
      for (; seen < view.known; seen++) window.push(view.rates[seen]!);
      const load = window.at(quantile);
      return load === undefined ? view.desired : need(load * headroom);
    };
  };
}
