import { hold, type Policy, pass } from '../policy.ts';

/** There is nothing to change. */
export const workloadMissing: Policy = {
  name: 'workload-missing',
  judge({ state, spec, from }) {
    if (state) return pass;
    const { namespace, kind, name } = spec.ref;
    return hold(from, 'workload-missing', `${kind} ${namespace}/${name} does not exist or could not be read`);
  },
};
