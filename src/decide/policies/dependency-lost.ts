import { hold, type Policy, pass } from '../policy.ts';

/** A load that collapsed together with others comes back as suddenly; until it does, or is believed, nothing shrinks. */
export const dependencyLost: Policy = {
  name: 'dependency-lost',
  judge({ memory, from }, replicas) {
    const { lost } = memory;
    if (replicas >= from || !lost) return pass;
    const since = new Date(lost.sinceMs).toISOString();
    const before = Number(lost.loadBefore.toPrecision(4));
    return hold(
      from,
      'dependency-lost',
      `the load of several workloads collapsed at ${since}, here from ${before}; stays at ${from}`,
    );
  },
};
