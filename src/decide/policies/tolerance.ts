import { hold, type Policy, pass } from '../policy.ts';

/** On the way down only, and never above what is there: a change too small to be worth a restart is left alone. */
export const tolerance: Policy = {
  name: 'tolerance',
  judge({ from, settings }, replicas) {
    const fall = from - replicas;
    if (fall <= 0 || fall >= settings.tolerance * from - 1e-9) return pass;
    const percent = +(settings.tolerance * 100).toFixed(1);
    return hold(from, 'within-tolerance', `${from} to ${replicas} is less than ${percent} %`);
  },
};
