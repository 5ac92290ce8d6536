import { type CausalPolicy, eachWorkload } from '../policy.ts';
import { createSlidingMax } from '../sliding-max.ts';

/** The largest need of the last `windowMs`; holds what is there while nothing was seen in it. */
export function recentMax(name: string, windowMs: number): CausalPolicy {
  return eachWorkload(name, (card, timetable) => {
    const window = createSlidingMax();
    let seen = 0;
    return (view, { nowMs }) => {
      for (; seen < view.known; seen++) {
        const rate = view.rates[seen]!;
        if (!Number.isNaN(rate)) window.push(seen, card.need(rate));
      }
      const oldest = Math.ceil((nowMs - windowMs - timetable.startMs) / timetable.stepMs);
      return window.since(oldest) ?? view.desired;
    };
  });
}
