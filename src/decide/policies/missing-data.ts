import { hold, type Policy, pass } from '../policy.ts';

/** Data that cannot be trusted may raise the number, never lower it; behind the budget, so that it cannot either. */
export const missingData: Policy = {
  name: 'missing-data',
  judge({ quality, from }, replicas) {
    if (replicas >= from) return pass;
    const faulty = quality.find(({ action }) => action !== 'use');
    if (!faulty) return pass;
    return hold(from, 'missing-data', `${faulty.signal} is ${faulty.state}: ${faulty.message}; stays at ${from}`);
  },
};
