import type { Change } from '../../domain/change.ts';

/**
 * Another pod template than the step before: what a replica can serve has to be learned anew, the demand has not changed.
 *
 * @param before - undefined when the workload was not there
 */
export function deploymentBetween(before: string | undefined, now: string, atStep: number): Change | undefined {
  if (before === undefined || before === now) return undefined;
  const message = 'another pod template runs: capacity is learned anew, the demand stays as it is known';
  return { kind: 'deployment', strength: 1, atStep, message };
}
