import { hold, type Policy, pass } from '../policy.ts';

/** The annotation stops every write to the workload. */
export const paused: Policy = {
  name: 'paused',
  judge({ state, from }, replicas) {
    if (!state?.paused) return pass;
    return hold(from, 'paused', `forescale.dev/paused is set; stays at ${from}, the plan says ${replicas}`);
  },
};
