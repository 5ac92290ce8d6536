import { leastCostPath } from '../least-cost-path.ts';
import { neededByStep } from '../needed.ts';
import type { ToldPolicy } from '../policy.ts';
import type { Prices } from '../prices.ts';
import { stepAt } from '../timetable.ts';
import { largestAhead, oracle } from './oracle.ts';

/**
 * Perfect foresight that pays for its changes too: the least cost of the scored rows among all paths without violations.
 * Rows that are not scored are not billed and their changes are not counted, as in the scores; the way there is free.
 */
function payingOracle(prices: Prices): ToldPolicy {
  return {
    kind: 'told',
    name: oracle.name,
    path(workload, timetable) {
      const path = largestAhead(workload, timetable);
      const needed = neededByStep(workload.trace, workload.need);
      const { warmUpRows, decideMs } = timetable;
      const isBilled = (row: number) => needed[stepAt(timetable, warmUpRows + row)]! > 0;
      const hold = (prices.perReplicaHour * decideMs) / 3_600_000;
      path.set(leastCostPath(path.subarray(warmUpRows), isBilled, { hold, change: prices.perChange }), warmUpRows);
      return path;
    },
  };
}

/** Where changes are free the plain oracle is the cheapest, and needs no search. */
export function oracleFor(prices: Prices | undefined): ToldPolicy {
  return prices === undefined || prices.perChange === 0 ? oracle : payingOracle(prices);
}
