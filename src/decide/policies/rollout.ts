import { hold, type Policy, pass } from '../policy.ts';

/** While pods are being replaced nothing is taken away; load that rises is still served. */
export const rollout: Policy = {
  name: 'rollout',
  judge({ state, from }, replicas) {
    if (!state?.rolloutInProgress || replicas >= from) return pass;
    return hold(from, 'rollout-in-progress', `a rollout is in progress; stays at ${from} instead of ${replicas}`);
  },
};
