import type { Expert, ExpertSettings } from '../experts/expert.ts';
import { remembers } from '../experts/remembers.ts';

/** The load stays what it is: the last sample, or what was expected in its place. Awake from the first sample on. */
export function startPersistence({ past }: ExpertSettings): Expert {
  return {
    observe() {},
    predict(out) {
      out.fill(past.count > 0 ? past.filled(past.newest) : Number.NaN);
    },
    ...remembers({}),
  };
}
