import { boundsOf } from '../bounds.ts';
import { limit, type Policy, pass } from '../policy.ts';

/** Least and most replicas, of the configuration and of the HPA. */
export const limits: Policy = {
  name: 'limits',
  judge({ spec, state }, replicas) {
    const { min, max, minFrom, maxFrom } = boundsOf(spec, state);
    if (replicas < min) return limit(min, 'below-min', `raised from ${replicas} to ${min}, ${minFrom}`);
    if (replicas > max) return limit(max, 'above-max', `${replicas} needed, capped at ${max}, ${maxFrom}`);
    return pass;
  },
};
