import { hold, type Policy, pass } from '../policy.ts';

/** Several HPAs on one workload already fight; a floor on one of them would take sides. */
export const ambiguousHpa: Policy = {
  name: 'ambiguous-hpa',
  judge({ state, from }, replicas) {
    if (state?.hpa.kind !== 'ambiguous') return pass;
    const names = state.hpa.names.join(', ');
    return hold(from, 'ambiguous-hpa', `HPAs ${names} target it; stays at ${from}, the plan says ${replicas}`);
  },
};
