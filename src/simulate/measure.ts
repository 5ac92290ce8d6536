/** Scores of one policy from its rows. Shares, thetas and taus are fractions; sums are over scored rows that are not blank. */
import type { Track } from './engine.ts';
import type { Workload } from './policy.ts';
import { stepAt, type Timetable } from './timetable.ts';

export interface Scores {
  readonly rows: number;
  /** Replicas asked for, summed over time: what is billed. */
  readonly replica_hours: number;
  readonly ready_hours: number;
  /** Share of rows with fewer replicas in service than needed. */
  readonly violation_share: number;
  readonly violation_rows: number;
  /** Share of the demand above what the replicas in service can carry. */
  readonly unserved_share: number;
  /** Elasticity metrics of SPEC RG (Herbst et al., SPEC-RG-2016-01): shortage and surplus relative to the need, */
  readonly theta_u: number;
  readonly theta_o: number;
  /** share of time short and in surplus, */
  readonly tau_u: number;
  readonly tau_o: number;
  /** and share of row-to-row moves in another direction than the need's. */
  readonly upsilon: number;
  /** Counted over all rows behind the warm-up, blank ones included. */
  readonly scale_ups: number;
  readonly scale_downs: number;
  /** Replicas added and taken away in them. */
  readonly replicas_changed: number;
}

/** @param needed - by step of the trace, 0 where blank (`neededByStep`) */
export function measure(track: Track, workload: Workload, needed: Uint32Array, timetable: Timetable): Scores {
  const sums = sumRows(track, workload, needed, timetable);
  const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
  const hours = timetable.decideMs / 3_600_000;
  return {
    rows: sums.rows,
    replica_hours: sums.desired * hours,
    ready_hours: sums.ready * hours,
    violation_share: share(sums.short, sums.rows),
    violation_rows: sums.short,
    unserved_share: share(sums.unserved, sums.demand),
    theta_u: share(sums.shortage, sums.rows),
    theta_o: share(sums.surplus, sums.rows),
    tau_u: share(sums.short, sums.rows),
    tau_o: share(sums.over, sums.rows),
    upsilon: share(sums.againstNeed, sums.moves),
    ...countChanges(track.desired, timetable),
  };
}

function sumRows(track: Track, workload: Workload, needed: Uint32Array, timetable: Timetable) {
  const sums = {
    rows: 0,
    desired: 0,
    ready: 0,
    short: 0,
    over: 0,
    shortage: 0,
    surplus: 0,
    demand: 0,
    unserved: 0,
    moves: 0,
    againstNeed: 0,
  };
  let lastNeed = 0;
  for (let row = timetable.warmUpRows; row < timetable.rows; row++) {
    const step = stepAt(timetable, row);
    const need = needed[step]!;
    if (need > 0) {
      const ready = track.ready[row]!;
      const demand = workload.trace.values[step]!;
      sums.rows++;
      sums.desired += track.desired[row]!;
      sums.ready += ready;
      if (ready < need) sums.short++;
      else if (ready > need) sums.over++;
      sums.shortage += Math.max(0, need - ready) / need;
      sums.surplus += Math.max(0, ready - need) / need;
      sums.demand += demand;
      sums.unserved += Math.max(0, demand - ready * workload.perReplica);
      if (lastNeed > 0) {
        sums.moves++;
        if (Math.sign(ready - track.ready[row - 1]!) !== Math.sign(need - lastNeed)) sums.againstNeed++;
      }
    }
    lastNeed = need;
  }
  return sums;
}

function countChanges(
  desired: Uint32Array,
  timetable: Timetable,
): Pick<Scores, 'scale_ups' | 'scale_downs' | 'replicas_changed'> {
  let ups = 0;
  let downs = 0;
  let changed = 0;
  for (let row = timetable.warmUpRows + 1; row < timetable.rows; row++) {
    const change = desired[row]! - desired[row - 1]!;
    if (change > 0) ups++;
    else if (change < 0) downs++;
    changed += Math.abs(change);
  }
  return { scale_ups: ups, scale_downs: downs, replicas_changed: changed };
}
