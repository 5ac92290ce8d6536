import { limit, type Policy, pass } from '../policy.ts';

/** What the plan gave this workload. A budget never takes the last replica: it limits spending, it does not switch off. */
export const budget: Policy = {
  name: 'budget',
  judge({ allocation }, replicas) {
    if (!allocation) return pass;
    const given = Math.max(1, allocation.sizing.replicas);
    if (given >= replicas) return pass;
    const reason = allocation.reasons.find(({ code }) => code === 'budget' || code === 'infeasible-budget');
    return limit(given, reason?.code ?? 'budget', reason?.message ?? `${given} of ${replicas} fit the budget`);
  },
};
