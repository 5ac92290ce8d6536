import { hold, type Policy, pass } from '../policy.ts';

/** An HPA that another controller writes is left to it: two writers would undo each other for ever. */
export const foreignHpa: Policy = {
  name: 'foreign-hpa',
  judge({ state, from }, replicas) {
    if (state?.hpa.kind !== 'foreign') return pass;
    const { hpa, owner } = state.hpa;
    return hold(
      from,
      'foreign-hpa',
      `HPA ${hpa.name} belongs to ${owner}; stays at ${from}, the plan says ${replicas}`,
    );
  },
};
