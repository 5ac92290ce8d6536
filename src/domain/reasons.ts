/**
 * The closed list of reasons. One code serves as log field, Event reason, metric label and `plan` output,
 * so a code is never renamed lightly. The message beside it carries the numbers.
 */
export const reasonCodes = {
  // why a number was chosen
  'forecast-peak': 'the forecast peak inside the lead and review window needs this many replicas',
  'reactive-floor': 'the load of the last complete step needs this many replicas',
  steady: 'what is there already fits',
  event: 'a calendar event raises the expected load',
  // limits and holds
  'below-min': 'raised to the configured minimum',
  'above-max': 'capped at the configured maximum',
  'within-tolerance': 'the change is too small to act on',
  'hold-after-change': 'a recent change or a recent larger need keeps the replicas up',
  'step-size': 'the change was cut to the largest step allowed at once',
  'missing-data': 'the data cannot be trusted, so nothing shrinks',
  frozen: 'changes are frozen by configuration',
  budget: 'the budget does not allow what the objective needs',
  'infeasible-budget': 'the budget does not even allow the minimum',
  'dependency-lost': 'the load of several workloads collapsed at once, so nothing shrinks until it is back',
  'out-of-reach': 'the peak rises faster than a replica starts',
  // the cluster
  paused: 'forescale.dev/paused is set on the workload or its namespace',
  'scaled-to-zero': 'the workload has zero replicas, which switches scaling off',
  'foreign-hpa': 'the HPA belongs to another controller that would revert the change',
  'ambiguous-hpa': 'several HPAs target this workload',
  'workload-missing': 'the workload does not exist in the cluster',
  'rollout-in-progress': 'a rollout is in progress',
  'changed-by-others': 'somebody else changed what forescale had written, and it was left alone',
  'handed-over': 'an HPA appeared and takes over what was scaled directly',
  // floors
  'floor-raised': 'the floor of the HPA was raised under a lease',
  'floor-lowered': 'the floor of the HPA was lowered',
  'floor-expired': 'the lease of the floor ran out and the original was put back',
  'floor-restored': 'the original was put back on request',
  'requests-recommended': 'other requests would fit the measured usage better',
  'requests-applied': 'requests were changed together with the utilisation target',
  // models
  'no-model': 'no fitted model yet, so the reactive floor decides alone',
  'no-capacity': 'what one replica serves is not known yet, so nothing changes',
  'model-damaged': 'a model file was damaged or foreign and was set aside',
} as const;
export type ReasonCode = keyof typeof reasonCodes;

export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
}
