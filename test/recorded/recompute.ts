/**
 * A simulation worked out a second time from what was decided alone: load, need, service, bill and scores. Plain loops
 * over whole lists, and nothing of what it judges.
 */

/** By row; NaN where the trace is blank. */
export interface Recomputed {
  readonly demand: readonly number[];
  readonly needed: readonly number[];
  readonly ready: readonly number[];
}

export interface Physics {
  readonly perReplica: number;
  /** Largest share of waits beyond so many seconds; throughput alone when absent. */
  readonly wait?: { readonly share: number; readonly seconds: number };
  /** Rows from asking for a replica to its service. */
  readonly lead: number;
}

/** P(wait > seconds) in M/M/c by sums of Poisson terms: Erlang's C times exp(−(c·μ − λ)·seconds). */
function waitShare(servers: number, rate: number, { perReplica, wait }: Physics): number {
  const load = rate / perReplica;
  if (load >= servers) return 1;
  let term = 1;
  let sum = 0;
  for (let k = 0; k < servers; k++) {
    sum += term;
    term *= load / (k + 1);
  }
  const queued = (term * servers) / (servers - load);
  return (queued / (sum + queued)) * Math.exp(-(servers * perReplica - rate) * wait!.seconds);
}

function neededFor(rate: number, physics: Physics): number {
  if (Number.isNaN(rate)) return Number.NaN;
  let servers = 1;
  const isEnough = () =>
    physics.wait === undefined
      ? servers * physics.perReplica * (1 + 1e-12) >= rate
      : waitShare(servers, rate, physics) <= physics.wait.share;
  while (!isEnough()) servers++;
  return servers;
}

/** In service is the least that was wanted over the last `lead` rows and now. */
function leastOfLast(desired: readonly number[], lead: number): number[] {
  return desired.map((_, row) => Math.min(...desired.slice(Math.max(0, row - lead), row + 1)));
}

/** The largest need of this row and the next `lead`; blank rows need nothing. */
export function largestOfNext(needed: readonly number[], lead: number): number[] {
  return needed.map((_, row) =>
    Math.max(1, ...needed.slice(row, row + lead + 1).filter((need) => !Number.isNaN(need))),
  );
}

/** @param rates - per second, from the first of the rows on */
export function recompute(rates: readonly number[], desired: readonly number[], physics: Physics): Recomputed {
  const demand = rates.slice(0, desired.length);
  const needed = demand.map((rate) => neededFor(rate, physics));
  return { demand, needed, ready: leastOfLast(desired, physics.lead) };
}

export function needsOf(rates: readonly number[], physics: Physics): number[] {
  return rates.map((rate) => neededFor(rate, physics));
}

/** The figures of a report, by its names, from rows; `path` is what perfect foresight asks for. */
export function scoresFrom(
  { demand, needed, ready }: Recomputed,
  desired: readonly number[],
  path: readonly number[],
  perReplica: number,
  hoursPerRow: number,
): { readonly [name: string]: number } {
  const scored = demand.flatMap((rate, row) => (Number.isNaN(rate) ? [] : [row]));
  const sum = (of: (row: number) => number) => scored.reduce((total, row) => total + of(row), 0);
  const mean = (of: (row: number) => number) => sum(of) / scored.length;
  const changes = desired.slice(1).map((to, i) => to - desired[i]!);
  const moves = scored.filter((row) => row > 0 && !Number.isNaN(demand[row - 1]!));
  const against = moves.filter(
    (row) => Math.sign(ready[row]! - ready[row - 1]!) !== Math.sign(needed[row]! - needed[row - 1]!),
  );
  const short = mean((row) => (ready[row]! < needed[row]! ? 1 : 0));
  return {
    rows: scored.length,
    replica_hours: sum((row) => desired[row]!) * hoursPerRow,
    ready_hours: sum((row) => ready[row]!) * hoursPerRow,
    cost_over_oracle: sum((row) => desired[row]!) / sum((row) => path[row]!),
    violation_share: short,
    violation_rows: Math.round(short * scored.length),
    unserved_share: sum((row) => Math.max(0, demand[row]! - ready[row]! * perReplica)) / sum((row) => demand[row]!),
    theta_u: mean((row) => Math.max(0, needed[row]! - ready[row]!) / needed[row]!),
    theta_o: mean((row) => Math.max(0, ready[row]! - needed[row]!) / needed[row]!),
    tau_u: short,
    tau_o: mean((row) => (ready[row]! > needed[row]! ? 1 : 0)),
    upsilon: against.length / moves.length,
    scale_ups: changes.filter((change) => change > 0).length,
    scale_downs: changes.filter((change) => change < 0).length,
  };
}
