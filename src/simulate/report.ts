/** What a simulation has to say: scores by policy, and the rows of each policy as CSV. */
import type { PolicyTracks, Track } from './engine.ts';
import { measure, type Scores } from './measure.ts';
import { neededByStep } from './needed.ts';
import { oracleFor } from './policies/paying-oracle.ts';
import type { Workload } from './policy.ts';
import type { Prices } from './prices.ts';
import { rowMs, stepAt, type Timetable } from './timetable.ts';

export interface PolicyReport extends Scores {
  readonly policy: string;
  /** Replica-hours over those of perfect foresight. */
  readonly cost_over_oracle: number;
  /** Replica-hours and changes at their prices, where prices are given. */
  readonly money?: number;
  readonly money_over_oracle?: number;
}

/**
 * Scores of every policy on one workload, beside the cost of perfect foresight on the same rows.
 *
 * @param prices - also of the foresight compared with, which pays for its changes too
 */
export function reportPolicies(
  workload: Workload,
  at: number,
  timetable: Timetable,
  results: readonly PolicyTracks[],
  prices?: Prices,
): readonly PolicyReport[] {
  const needed = neededByStep(workload.trace, workload.need);
  const path = oracleFor(prices).path(workload, timetable);
  const best = measure({ desired: path, ready: path }, workload, needed, timetable);
  return results.map(({ policy, tracks }) => {
    const scores = measure(tracks[at]!, workload, needed, timetable);
    const { rows, replica_hours, ...rest } = scores;
    const cost_over_oracle = ratio(replica_hours, best.replica_hours);
    const money = prices && {
      money: moneyOf(scores, prices),
      money_over_oracle: ratio(moneyOf(scores, prices), moneyOf(best, prices)),
    };
    return { policy, rows, replica_hours, cost_over_oracle, ...rest, ...money };
  });
}

/** What replica-hours and changes cost together. */
function moneyOf({ replica_hours, replicas_changed }: Scores, prices: Prices): number {
  return replica_hours * prices.perReplicaHour + replicas_changed * prices.perChange;
}

function ratio(own: number, best: number): number {
  return best === 0 ? 1 : own / best;
}

/** File name of a policy's rows: the name as typed with `:` as `-`. */
export function decisionsFileName(policy: string): string {
  return `${policy.replaceAll(':', '-')}.csv`;
}

/** `unix_s,demand_rps,needed,ready,desired`, one line for each decision row behind the warm-up. */
export function decisionsCsv(track: Track, workload: Workload, timetable: Timetable): string {
  const needed = neededByStep(workload.trace, workload.need);
  const lines = ['unix_s,demand_rps,needed,ready,desired'];
  for (let row = timetable.warmUpRows; row < timetable.rows; row++) {
    const step = stepAt(timetable, row);
    const load = needed[step] === 0 ? ',' : `${shortest(workload.trace.values[step]!)},${needed[step]}`;
    lines.push(`${rowMs(timetable, row) / 1000},${load},${track.ready[row]},${track.desired[row]}`);
  }
  lines.push('');
  return lines.join('\n');
}

/** Ten significant digits, without trailing zeros. */
function shortest(value: number): string {
  return String(Number(value.toPrecision(10)));
}
