import { ambiguousHpa } from './policies/ambiguous-hpa.ts';
import { budget } from './policies/budget.ts';
import { dependencyLost } from './policies/dependency-lost.ts';
import { foreignHpa } from './policies/foreign-hpa.ts';
import { freeze } from './policies/freeze.ts';
import { holdAfterChange } from './policies/hold-after-change.ts';
import { limits } from './policies/limits.ts';
import { missingData } from './policies/missing-data.ts';
import { paused } from './policies/paused.ts';
import { rollout } from './policies/rollout.ts';
import { scaledToZero } from './policies/scaled-to-zero.ts';
import { stepSize } from './policies/step-size.ts';
import { tolerance } from './policies/tolerance.ts';
import { workloadMissing } from './policies/workload-missing.ts';
import type { Policy } from './policy.ts';

/** From what is needed to what the workload asks of the budget. */
export const proposing: readonly Policy[] = [
  limits, // first: what was wanted is remembered within the bounds
  holdAfterChange, // before the tolerance, which judges the fall that is left
  tolerance,
  stepSize,
];

/** From what the budget gave to what is done. Each one outranks those before it. */
export const settling: readonly Policy[] = [
  budget,
  missingData, // not even a budget shrinks on data that cannot be trusted
  dependencyLost,
  rollout,
  freeze, // from here on nothing moves at all
  scaledToZero,
  paused,
  ambiguousHpa,
  foreignHpa,
  workloadMissing,
];
