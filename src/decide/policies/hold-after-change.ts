import { hold, type Policy, pass } from '../policy.ts';
import { largestWanted } from '../wanted.ts';

/**
 * On the way down: falls only to the largest count that was wanted within `holdMs`, so that a lull shorter than that
 * costs no restart. The rule of the HPA's scale-down stabilisation. On the way up it says nothing.
 */
export const holdAfterChange: Policy = {
  name: 'hold-after-change',
  judge({ nowMs, from, memory, settings }, replicas) {
    if (replicas >= from) return pass;
    const held = Math.min(from, largestWanted(memory, nowMs, settings.holdMs, from));
    if (held <= replicas) return pass;
    const minutes = +(settings.holdMs / 60_000).toFixed(1);
    return hold(held, 'hold-after-change', `${held} were wanted within the last ${minutes} min, now ${replicas}`);
  },
};
