import { hold, type Policy, pass } from '../policy.ts';

/** Zero replicas are somebody's switch: the HPA stops at it too (`ScalingDisabled`). */
export const scaledToZero: Policy = {
  name: 'scaled-to-zero',
  judge({ state, from }) {
    if (!state || state.desiredReplicas > 0) return pass;
    return hold(from, 'scaled-to-zero', 'spec.replicas is 0; set it to 1 or more to have it scaled again');
  },
};
