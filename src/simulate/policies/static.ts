import { type CausalPolicy, eachWorkload } from '../policy.ts';

/** A fixed fleet: the largest need seen so far, held from the end of the warm-up on. */
export const staticPeak: CausalPolicy = eachWorkload('static', (card, timetable) => {
  let seen = 0;
  let peak = 0;
  return (view, { row }) => {
    if (row > timetable.warmUpRows) return view.desired;
    for (; seen < view.known; seen++) {
      const rate = view.rates[seen]!;
      if (!Number.isNaN(rate)) peak = Math.max(peak, card.need(rate));
    }
    return peak === 0 ? view.desired : peak;
  };
});
