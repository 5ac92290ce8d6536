/** Every check between settings. All of them run; their problems are sorted by line afterwards. */
import { certificateWithKey, noSecretsInHeaders, oneWayToAuthenticate } from './access.ts';
import { endsAfterStart, eventsDoNotOverlapThemselves, momentsExist } from './calendar.ts';
import type { Check } from './check.ts';
import { donorsAreOthers, donorsAreUsed, donorsExist, donorsHaveTheLoad } from './donors.ts';
import { holidaysAreKnown } from './holidays.ts';
import { maxIsGiven, minUpToMax } from './limits.ts';
import {
  budgetsLimitSomething,
  candidatesOnce,
  discoveryFindsSomething,
  expertsOnce,
  namespacesInReach,
  poolsExist,
  somethingToDo,
  workloadsOnce,
} from './names.ts';
import {
  daysFitUnit,
  endsAfterTheFirst,
  exceptionsHit,
  oneWayToRepeat,
  rulesDoNotOverlapThemselves,
  startsOnADay,
} from './repeats.ts';
import {
  objectivesCanBeSeen,
  patternsHaveOneGroup,
  queriesAreShared,
  templateNamesAreFree,
  templatesExist,
} from './signals.ts';
import {
  leaseOutlivesLoops,
  rateCoversStep,
  seasonsAscend,
  seasonsInSteps,
  someCandidate,
  staleAfterSteps,
  windowHoldsSeasons,
  windowInSteps,
} from './timing.ts';

export const checks: readonly Check[] = [
  noSecretsInHeaders,
  oneWayToAuthenticate,
  certificateWithKey,
  leaseOutlivesLoops,
  staleAfterSteps,
  rateCoversStep,
  windowInSteps,
  seasonsAscend,
  seasonsInSteps,
  windowHoldsSeasons,
  someCandidate,
  candidatesOnce,
  expertsOnce,
  somethingToDo,
  workloadsOnce,
  namespacesInReach,
  discoveryFindsSomething,
  minUpToMax,
  maxIsGiven,
  templatesExist,
  templateNamesAreFree,
  queriesAreShared,
  patternsHaveOneGroup,
  objectivesCanBeSeen,
  poolsExist,
  budgetsLimitSomething,
  momentsExist,
  endsAfterStart,
  eventsDoNotOverlapThemselves,
  oneWayToRepeat,
  daysFitUnit,
  startsOnADay,
  exceptionsHit,
  endsAfterTheFirst,
  rulesDoNotOverlapThemselves,
  holidaysAreKnown,
  donorsExist,
  donorsAreOthers,
  donorsHaveTheLoad,
  donorsAreUsed,
];
