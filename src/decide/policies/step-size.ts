import { boundsOf } from '../bounds.ts';
import { limit, type Policy, pass } from '../policy.ts';

/**
 * Bounds one change: upwards by a factor on what runs, downwards by a share of what stands. At least one replica
 * either way, so that a small workload can move, and never in the way of the minimum.
 */
export const stepSize: Policy = {
  name: 'step-size',
  judge({ spec, state, from, settings }, replicas) {
    // Under an HPA more may run than its floor says; a floor below what runs adds nothing and is no step.
    const running = Math.max(from, state?.desiredReplicas ?? 0);
    const most = Math.max(running + 1, Math.floor(running * settings.maxStepUpFactor), boundsOf(spec, state).min);
    if (replicas > most) return limit(most, 'step-size', `${running} to ${replicas} cut to ${most} for now`);
    const least = from - Math.max(1, Math.floor(from * settings.maxStepDownShare));
    if (replicas < least) return limit(least, 'step-size', `${from} to ${replicas} cut to ${least} for now`);
    return pass;
  },
};
